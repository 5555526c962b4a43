using System.Net;
using System.Net.Sockets;

namespace Ouzel.Broker.Net;

/// <summary>A connected TCP socket.</summary>
internal sealed class SocketTransport : Transport
{
    private readonly Socket _socket;
    private int _closed;

    private SocketTransport(Socket socket)
    {
        _socket = socket;
        RemoteEndPoint = socket.RemoteEndPoint!;
        LocalEndPoint = socket.LocalEndPoint!;
    }

    public override EndPoint RemoteEndPoint { get; }

    public override EndPoint LocalEndPoint { get; }

    /// <summary>Takes over an accepted socket; null, with the socket closed, when the peer is gone already.</summary>
    public static SocketTransport? TryOpen(Socket socket)
    {
        try
        {
            // Answers are corked by the writer: what it hands over should leave at once.
            socket.NoDelay = true;
            return new SocketTransport(socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    public override async ValueTask WaitReadableAsync()
    {
        try
        {
            await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException(e.Message, e);
        }
    }

    public override async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer, SocketFlags.None);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException(e.Message, e);
        }
    }

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                int sent = await _socket.SendAsync(bytes, SocketFlags.None);
                bytes = bytes[sent..];
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException(e.Message, e);
        }
    }

    public override void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The peer was faster; the descriptor still has to go.
        }

        _socket.Dispose();
    }
}
