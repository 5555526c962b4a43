using System.Net;
using System.Net.Sockets;
using Ouzel.Broker.Net;

namespace Ouzel.Broker.Tests.Net;

public sealed class SocketTurnsTests
{
    [Fact]
    public async Task Who_waits_for_a_turn_goes_on_though_the_pair_fails()
    {
        if (!LinuxSocket.TryMakePair(out var caller, out var called))
        {
            Assert.False(OperatingSystem.IsLinux());
            return;
        }

        var turns = new SocketTurns(caller, called);
        var (client, server) = await ConnectAsync();
        for (var i = 0; i < 100; i++)
        {
            await Soon(server.YieldAsync(turns));
        }

        // Whether the call fails that this one sends, or the receive that it is sent for: nobody is left waiting.
        var caught = server.YieldAsync(turns);
        caller.Dispose();
        called.Dispose();
        await Soon(caught);
        await Soon(server.YieldAsync(turns));
        client.Dispose();
        server.Dispose();
    }

    private static Task Soon(ValueTask task) => task.AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    private static async Task<(Socket Client, SocketTransport Server)> ConnectAsync()
    {
        await using var listener = SocketListener.Bind("PLAINTEXT", new IPEndPoint(IPAddress.Loopback, 0), 10);
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var connecting = client.ConnectAsync(listener.LocalEndPoint);
        var server = await listener.AcceptAsync();
        await connecting;
        return (client, Assert.IsType<SocketTransport>(server));
    }
}
