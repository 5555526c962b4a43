using System.Net;
using System.Net.Sockets;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Net;

namespace Ouzel.Broker.Tests.Net;

public sealed class SocketListenerTests
{
    [Fact]
    public async Task A_port_belongs_to_one_listener()
    {
        await using var first = SocketListener.Bind("PLAINTEXT", new IPEndPoint(IPAddress.Loopback, 0), 10);
        var refused = Assert.Throws<SocketException>(() => SocketListener.Bind("PLAINTEXT", (IPEndPoint)first.LocalEndPoint, 10));
        Assert.Equal(SocketError.AddressAlreadyInUse, refused.SocketErrorCode);
    }

    [Fact]
    public async Task A_port_can_be_had_again_while_its_old_connections_linger()
    {
        var first = SocketListener.Bind("PLAINTEXT", new IPEndPoint(IPAddress.Loopback, 0), 10);
        using (var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            var connecting = client.ConnectAsync(first.LocalEndPoint);
            var accepted = await first.AcceptAsync();
            await connecting;

            // The side that closes first is the one that lingers.
            accepted!.Close();
            Assert.Equal(0, await client.ReceiveAsync(new byte[1]));
        }

        await first.DisposeAsync();
        await using var again = SocketListener.Bind("PLAINTEXT", (IPEndPoint)first.LocalEndPoint, 10);
        Assert.Equal(first.LocalEndPoint, again.LocalEndPoint);
    }

    [Fact]
    public async Task Localhost_is_both_loopback_addresses_on_one_port()
    {
        var opened = Listening.Open(new ListenerOptions("PLAINTEXT", "localhost", 0, "PLAINTEXT"), 10);
        Assert.Single(opened.Select(l => ((IPEndPoint)l.LocalEndPoint).Port).Distinct());
        Assert.All(opened, l => Assert.True(IPAddress.IsLoopback(((IPEndPoint)l.LocalEndPoint).Address)));
        foreach (var listener in opened)
        {
            await listener.DisposeAsync();
            Assert.Null(await listener.AcceptAsync());
        }
    }
}
