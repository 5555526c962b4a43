namespace Ouzel.Testing;

/// <summary>A bounded one-way pipe of bytes between two ends in one process.</summary>
/// <remarks>Whoever waits is woken on the thread pool: neither end ever runs inside the other's call.</remarks>
internal sealed class MemoryPipe
{
    /// <summary>The most that one end may be ahead of the other; about what a socket's buffers hold.</summary>
    private const int BytesMax = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly byte[] _ring = new byte[BytesMax];
    private int _start;
    private int _count;
    private bool _hasEnded;
    private bool _isBroken;
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
                return _hasEnded;
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
                return _isBroken;
            }
        }
    }

    /// <summary>Completes when there is something to read, or nothing will come.</summary>
    public Task WaitAsync()
    {
        lock (_gate)
        {
            return _count > 0 || _hasEnded || _isBroken ? Task.CompletedTask : (_reader ??= NewWait()).Task;
        }
    }

    /// <summary>Reads the bytes that are there; 0 when none are, or none will come.</summary>
    /// <exception cref="IOException">This end was closed.</exception>
    public int Read(Span<byte> buffer)
    {
        int count;
        TaskCompletionSource? writer;
        lock (_gate)
        {
            if (_isBroken)
            {
                throw new IOException("the connection is closed");
            }

            count = Math.Min(buffer.Length, _count);
            var first = Math.Min(count, BytesMax - _start);
            _ring.AsSpan(_start, first).CopyTo(buffer);
            _ring.AsSpan(0, count - first).CopyTo(buffer[first..]);
            _start = (_start + count) % BytesMax;
            _count -= count;
            (writer, _writer) = (_writer, null);
        }

        writer?.SetResult();
        return count;
    }

    /// <summary>Writes all of it, waiting for room.</summary>
    /// <exception cref="IOException">One of the ends has gone.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            await RoomAsync();
            bytes = bytes[Write(bytes.Span)..];
        }
    }

    /// <summary>The writer has finished: what is there can still be read.</summary>
    public void End() => Finish(hasEnded: true, isBroken: false);

    /// <summary>The reader has gone: nothing can be written any more.</summary>
    public void Break() => Finish(hasEnded: false, isBroken: true);

    private Task RoomAsync()
    {
        lock (_gate)
        {
            return _count < BytesMax || _hasEnded || _isBroken ? Task.CompletedTask : (_writer ??= NewWait()).Task;
        }
    }

    private int Write(ReadOnlySpan<byte> bytes)
    {
        int count;
        TaskCompletionSource? reader;
        lock (_gate)
        {
            if (_hasEnded || _isBroken)
            {
                throw new IOException("the peer has gone");
            }

            count = Math.Min(bytes.Length, BytesMax - _count);
            var at = (_start + _count) % BytesMax;
            var first = Math.Min(count, BytesMax - at);
            bytes[..first].CopyTo(_ring.AsSpan(at));
            bytes[first..count].CopyTo(_ring);
            _count += count;
            (reader, _reader) = (_reader, null);
        }

        reader?.SetResult();
        return count;
    }

    private void Finish(bool hasEnded, bool isBroken)
    {
        TaskCompletionSource? reader, writer;
        lock (_gate)
        {
            _hasEnded |= hasEnded;
            _isBroken |= isBroken;
            (reader, _reader) = (_reader, null);
            (writer, _writer) = (_writer, null);
        }

        reader?.SetResult();
        writer?.SetResult();
    }

    private static TaskCompletionSource NewWait() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
