using System.Net;
using System.Net.Sockets;
using Ouzel.Broker.Security;

namespace Ouzel.Broker.Net;

/// <summary>A TCP listener.</summary>
internal sealed class SocketListener : Listener
{
    private readonly Socket _socket;
    private volatile bool _closed;

    private SocketListener(string name, SecurityProtocol protocol, Socket socket)
    {
        (Name, Protocol) = (name, protocol);
        _socket = socket;
        LocalEndPoint = socket.LocalEndPoint!;
    }

    public override string Name { get; }

    public override SecurityProtocol Protocol { get; }

    public override EndPoint LocalEndPoint { get; }

    /// <summary>Binds and listens. Throws <see cref="SocketException"/> when the address is taken or not ours.</summary>
    /// <param name="name">The listener's.</param>
    /// <param name="address">Where.</param>
    /// <param name="backlog">socket.listen.backlog.size.</param>
    /// <param name="protocol">How its clients speak.</param>
    public static SocketListener Bind(string name, IPEndPoint address, int backlog, SecurityProtocol protocol = SecurityProtocol.Plaintext)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6 && address.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            // No ReuseAddress: on Unix the runtime would also share the port with another process that asks for it, silently.
            // A port whose old connections linger can be had all the same.
            socket.Bind(address);
            socket.Listen(backlog);
            return new SocketListener(name, protocol, socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override async ValueTask<Transport?> AcceptAsync()
    {
        // Off the socket threads: while clients come in a row no accept waits, and whoever has a connection on this thread would.
        await Task.Yield();
        while (!_closed)
        {
            Socket client;
            try
            {
                client = await _socket.AcceptAsync();
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset or SocketError.NetworkDown or SocketError.HostUnreachable)
            {
                // This one client left between its SYN and our accept.
                continue;
            }
            catch (Exception e) when (_closed && e is SocketException or ObjectDisposedException)
            {
                return null;
            }

            if (SocketTransport.TryOpen(client) is { } transport)
            {
                return transport;
            }
        }

        return null;
    }

    public override ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    public void Close()
    {
        _closed = true;
        _socket.Dispose();
    }
}
