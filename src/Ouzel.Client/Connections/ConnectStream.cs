using System.Net.Sockets;

namespace Ouzel.Client;

/// <summary>Opens a stream of bytes to a broker: the seam between this client and the network.</summary>
/// <param name="host">Name or address, as in the bootstrap list or in the broker's advertised listener.</param>
/// <param name="port">Port.</param>
/// <param name="cancellation">Ends the attempt.</param>
/// <returns>A duplex stream, disposed by the client. Disposing it ends reads and writes that are under way.</returns>
public delegate ValueTask<Stream> ConnectStream(string host, int port, CancellationToken cancellation);

/// <summary>Streams over TCP.</summary>
public static class TcpStream
{
    /// <summary>Connects to the first of the host's addresses that answers; small writes are sent at once.</summary>
    /// <exception cref="SocketException">No address answers.</exception>
    public static async ValueTask<Stream> ConnectAsync(string host, int port, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
