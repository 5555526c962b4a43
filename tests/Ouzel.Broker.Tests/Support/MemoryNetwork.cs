using System.Net;
using Ouzel.Broker.Net;

namespace Ouzel.Broker.Tests.Support;

/// <summary>A listener without sockets: a test connects by a method call and everything runs on the caller's thread.</summary>
internal sealed class MemoryListener(string name = "PLAINTEXT") : Listener
{
    private readonly Lock _gate = new();
    private readonly Queue<Transport> _arrived = new();
    private TaskCompletionSource<Transport?>? _accepting;
    private bool _closed;

    public override string Name => name;

    public override EndPoint LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 9092);

    /// <summary>The client's end of a new connection.</summary>
    public MemoryTransport Connect(IPAddress? from = null)
    {
        var upstream = new ByteQueue();
        var downstream = new ByteQueue();
        var client = new IPEndPoint(from ?? IPAddress.Loopback, 40000);
        Arrive(new MemoryTransport(upstream, downstream, (IPEndPoint)LocalEndPoint, client));
        return new MemoryTransport(downstream, upstream, client, (IPEndPoint)LocalEndPoint);
    }

    /// <summary>Hands the broker its end of a connection.</summary>
    public void Arrive(Transport server)
    {
        TaskCompletionSource<Transport?>? accepting;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            (accepting, _accepting) = (_accepting, null);
            if (accepting is null)
            {
                _arrived.Enqueue(server);
            }
        }

        accepting?.SetResult(server);
    }

    public override async ValueTask<Transport?> AcceptAsync()
    {
        Task<Transport?> next;
        lock (_gate)
        {
            if (_closed)
            {
                return null;
            }

            if (_arrived.TryDequeue(out var transport))
            {
                return transport;
            }

            _accepting = new TaskCompletionSource<Transport?>();
            next = _accepting.Task;
        }

        return await next;
    }

    public override ValueTask DisposeAsync()
    {
        TaskCompletionSource<Transport?>? accepting;
        lock (_gate)
        {
            _closed = true;
            (accepting, _accepting) = (_accepting, null);
        }

        accepting?.SetResult(null);
        return ValueTask.CompletedTask;
    }
}

/// <summary>One end of a connection in memory.</summary>
internal sealed class MemoryTransport(ByteQueue incoming, ByteQueue outgoing, IPEndPoint local, IPEndPoint remote) : Transport
{
    private long _sentBytes;

    public override EndPoint RemoteEndPoint => remote;

    public override EndPoint LocalEndPoint => local;

    /// <summary>Bytes that have arrived and were not received yet.</summary>
    public int Unanswered => incoming.Count;

    public override long SentBytes => _sentBytes;

    public override bool HasArrived => incoming.Count > 0;

    public override Peer Peer => outgoing.IsBroken ? Peer.Gone : incoming.HasEnded ? Peer.SendsNoMore : Peer.There;

    public override async ValueTask<int> WaitReadableAsync()
    {
        await incoming.WaitAsync();
        return 0;
    }

    public override async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        await incoming.WaitAsync();
        return incoming.Read(buffer.Span);
    }

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            await outgoing.RoomAsync();
            var sent = outgoing.Write(bytes.Span);
            _sentBytes += sent;
            bytes = bytes[sent..];
        }
    }

    /// <summary>Sends no more, but goes on receiving.</summary>
    public void CloseSending() => outgoing.End();

    public override void Close()
    {
        outgoing.End();
        incoming.Break();
    }
}

/// <summary>A bounded one-way pipe of bytes.</summary>
internal sealed class ByteQueue
{
    private const int BytesMax = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly byte[] _ring = new byte[BytesMax];
    private int _start;
    private int _count;
    private bool _ended;
    private bool _broken;
    private TaskCompletionSource? _reader;
    private TaskCompletionSource? _writer;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>Nobody writes any more.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _ended;
            }
        }
    }

    /// <summary>Nobody reads any more.</summary>
    public bool IsBroken
    {
        get
        {
            lock (_gate)
            {
                return _broken;
            }
        }
    }

    public ValueTask WaitAsync()
    {
        lock (_gate)
        {
            if (_count > 0 || _ended || _broken)
            {
                return ValueTask.CompletedTask;
            }

            _reader ??= new TaskCompletionSource();
            return new ValueTask(_reader.Task);
        }
    }

    public ValueTask RoomAsync()
    {
        lock (_gate)
        {
            if (_count < BytesMax || _ended || _broken)
            {
                return ValueTask.CompletedTask;
            }

            _writer ??= new TaskCompletionSource();
            return new ValueTask(_writer.Task);
        }
    }

    public int Read(Span<byte> buffer)
    {
        int count;
        TaskCompletionSource? writer;
        lock (_gate)
        {
            if (_broken)
            {
                throw new IOException("closed");
            }

            count = Math.Min(buffer.Length, _count);
            for (var i = 0; i < count; i++)
            {
                buffer[i] = _ring[(_start + i) % BytesMax];
            }

            _start = (_start + count) % BytesMax;
            _count -= count;
            (writer, _writer) = (_writer, null);
        }

        writer?.SetResult();
        return count;
    }

    public int Write(ReadOnlySpan<byte> bytes)
    {
        int count;
        TaskCompletionSource? reader;
        lock (_gate)
        {
            if (_ended || _broken)
            {
                throw new IOException("the peer has gone");
            }

            count = Math.Min(bytes.Length, BytesMax - _count);
            for (var i = 0; i < count; i++)
            {
                _ring[(_start + _count + i) % BytesMax] = bytes[i];
            }

            _count += count;
            (reader, _reader) = (_reader, null);
        }

        reader?.SetResult();
        return count;
    }

    /// <summary>The writer has finished: what is there can still be read.</summary>
    public void End() => Finish(ended: true);

    /// <summary>The reader has gone: nothing can be written any more.</summary>
    public void Break() => Finish(ended: false);

    private void Finish(bool ended)
    {
        TaskCompletionSource? reader, writer;
        lock (_gate)
        {
            _ended |= ended;
            _broken |= !ended;
            (reader, _reader) = (_reader, null);
            (writer, _writer) = (_writer, null);
        }

        reader?.SetResult();
        writer?.SetResult();
    }
}
