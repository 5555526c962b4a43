using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Ouzel.Storage;

namespace Ouzel.Broker.Net;

/// <summary>A connected TCP socket.</summary>
internal sealed class SocketTransport : Transport, IValueTaskSource
{
    /// <summary>
    /// The bytes copied where the socket takes no more: the wait for room costs a copy, and a connection holds so much while its peer does not read. The socket
    /// tells of room when a third of its buffer is free; the kernel goes on with the rest.
    /// </summary>
    private const int BlockedChunkBytes = 4 * 1024;

    /// <summary>
    /// The most that the kernel takes of responses before they can be sent, because the client does not read: without a bound some megabytes for each
    /// connection, outside of ouzel.memory.limit, and as many responses made for nobody. Bytes on their way do not count, so it slows down nobody who reads.
    /// </summary>
    private const int UnsentBytesMax = 256 * 1024;

    private readonly Socket _socket;
    private int _closed;
    private SocketTurns? _turns;
    private ManualResetValueTaskSourceCore<bool> _turn;
    private long _sentBytes;

    private SocketTransport(Socket socket)
    {
        _socket = socket;
        RemoteEndPoint = socket.RemoteEndPoint!;
        LocalEndPoint = socket.LocalEndPoint!;
    }

    public override EndPoint RemoteEndPoint { get; }

    public override EndPoint LocalEndPoint { get; }

    public override long SentBytes => Volatile.Read(ref _sentBytes);

    public override bool HasArrived
    {
        get
        {
            try
            {
                return _socket.Available > 0;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    public override Peer Peer => LinuxSocket.PeerOf(_socket);

    /// <summary>Takes over an accepted socket; null, with the socket closed, when the peer is gone already.</summary>
    public static SocketTransport? TryOpen(Socket socket)
    {
        try
        {
            // Responses are corked by the writer: what it hands over should leave at once.
            socket.NoDelay = true;
            LinuxSocket.BoundUnsent(socket, UnsentBytesMax);
            return new SocketTransport(socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    public override ValueTask<int> WaitReadableAsync() => _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer) => _socket.ReceiveAsync(buffer, SocketFlags.None);

    /// <summary>By way of the pool, and so is the accept loop: whoever reconnects for each request shares the pool's threads with its like, and those who stay have the socket threads.</summary>
    public override async ValueTask BeginAsync() => await Task.Yield();

    public override ValueTask YieldAsync()
    {
        _turns = SocketTurns.Find(_turns);
        return _turns is null ? base.YieldAsync() : YieldAsync(_turns);
    }

    /// <summary>Waits for a turn in that queue.</summary>
    public ValueTask YieldAsync(SocketTurns turns)
    {
        // The version is read before the turn can be taken: by then it may be over, and the next one begun.
        _turn.Reset();
        var version = _turn.Version;
        turns.Add(this);
        return new ValueTask(this, version);
    }

    /// <summary>Gives the turn that <see cref="YieldAsync"/> waited for.</summary>
    public void TakeTurn() => _turn.SetResult(true);

    void IValueTaskSource.GetResult(short token) => _turn.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _turn.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _turn.OnCompleted(continuation, state, token, flags);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var sent = await _socket.SendAsync(bytes, SocketFlags.None);
            bytes = bytes[sent..];
            _sentBytes += sent;
        }
    }

    public override ValueTask SendAheadAsync(ReadOnlyMemory<byte> bytes)
    {
        var sent = LinuxSocket.IsAvailable ? LinuxSocket.TrySendAhead(_socket, bytes.Span) : 0;
        return sent == bytes.Length ? default : SendAsync(bytes[sent..]);
    }

    /// <summary>From the page cache to the socket, by the kernel. Where the socket takes no more, one chunk goes the ordinary way, which waits until it does.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask SendAsync(FileSlice slice)
    {
        if (slice.File.Handle is not { } file || !LinuxSocket.IsAvailable)
        {
            await base.SendAsync(slice);
            return;
        }

        for (var sent = 0; sent < slice.Length;)
        {
            switch (LinuxSocket.TrySendFile(_socket, file, slice.Position + sent, slice.Length - sent))
            {
                case > 0 and var count:
                    sent += count;
                    _sentBytes += count;
                    break;
                case 0:
                    throw Truncated(slice);
                default:
                    sent += await SendChunkAsync(slice, sent);
                    break;
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> SendChunkAsync(FileSlice slice, int offset)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(BlockedChunkBytes);
        try
        {
            var read = slice.Read(offset, chunk.AsSpan(0, BlockedChunkBytes));
            await SendAsync(chunk.AsMemory(0, read > 0 ? read : throw Truncated(slice)));
            return read;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
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
