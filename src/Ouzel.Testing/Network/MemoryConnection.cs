using System.Net;
using Ouzel.Broker.Net;

namespace Ouzel.Testing;

/// <summary>The broker's end of a connection without a socket.</summary>
internal sealed class MemoryTransport(MemoryPipe incoming, MemoryPipe outgoing, IPEndPoint local, IPEndPoint remote) : Transport
{
    private long _sentBytes;

    public override EndPoint RemoteEndPoint => remote;

    public override EndPoint LocalEndPoint => local;

    public override long SentBytes => Volatile.Read(ref _sentBytes);

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
        await outgoing.WriteAsync(bytes);
        Interlocked.Add(ref _sentBytes, bytes.Length);
    }

    public override void Close()
    {
        outgoing.End();
        incoming.Break();
    }
}

/// <summary>The client's end.</summary>
internal sealed class MemoryConnection(MemoryPipe incoming, MemoryPipe outgoing) : Stream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await incoming.WaitAsync().WaitAsync(cancellationToken);
        return incoming.Read(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return outgoing.WriteAsync(buffer);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        outgoing.End();
        incoming.Break();
        base.Dispose(disposing);
    }
}
