using System.Threading.Channels;

namespace Ouzel.Client.Tests.Support;

/// <summary>A duplex stream without a network; disposing either end ends both.</summary>
internal sealed class MemoryStreamPair : Stream
{
    private readonly ChannelReader<byte[]> _incoming;
    private readonly ChannelWriter<byte[]> _outgoing;
    private readonly CancellationTokenSource _broken;
    private ReadOnlyMemory<byte> _rest;

    private MemoryStreamPair(ChannelReader<byte[]> incoming, ChannelWriter<byte[]> outgoing, CancellationTokenSource broken)
    {
        (_incoming, _outgoing, _broken) = (incoming, outgoing, broken);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public static (Stream Client, Stream Server) Create()
    {
        var up = Channel.CreateUnbounded<byte[]>();
        var down = Channel.CreateUnbounded<byte[]>();
        var broken = new CancellationTokenSource();
        return (new MemoryStreamPair(down.Reader, up.Writer, broken), new MemoryStreamPair(up.Reader, down.Writer, broken));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty)
        {
            // What was written before the end can still be read, as with a socket.
            if (!_incoming.TryRead(out var next))
            {
                if (_broken.IsCancellationRequested || !await WaitAsync(cancellationToken))
                {
                    return 0;
                }

                continue;
            }

            _rest = next;
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_broken.IsCancellationRequested || !_outgoing.TryWrite(buffer.ToArray()))
        {
            throw new IOException("the other end is closed");
        }

        return ValueTask.CompletedTask;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _outgoing.TryComplete();
        _broken.Cancel();
        base.Dispose(disposing);
    }

    private async ValueTask<bool> WaitAsync(CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _broken.Token);
        try
        {
            return await _incoming.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return true;
        }
    }
}
