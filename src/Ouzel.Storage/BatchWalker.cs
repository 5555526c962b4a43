using Ouzel.Protocol.Records;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>Steps over the batches of a log file by their headers, one read for as many small batches as fit into the buffer.</summary>
internal ref struct BatchWalker(DiskFile file, long position, long end, Span<byte> buffer)
{
    /// <summary>A good size for the buffer: a page of the page cache.</summary>
    public const int BufferBytes = 4096;

    private readonly Span<byte> _buffer = buffer;
    private long _bufferAt = position;
    private int _buffered;

    /// <summary>The position of the next batch.</summary>
    public long Position { get; private set; } = position;

    /// <summary>The next batch; false at the end, before a batch that is cut off, and before bytes that are no batch.</summary>
    public bool TryNext(out BatchHeader header)
    {
        header = default;
        var left = end - Position;
        if (left < BatchHeader.OverheadBytes)
        {
            return false;
        }

        var wanted = (int)Math.Min(RecordBatch.HeaderSize, left);
        if (Position < _bufferAt || Position + wanted > _bufferAt + _buffered)
        {
            _bufferAt = Position;
            _buffered = file.ReadFully(Position, _buffer[..(int)Math.Min(_buffer.Length, left)]);
        }

        var bytes = _buffer[(int)(Position - _bufferAt).._buffered];
        if (BatchHeader.Parse(bytes[..Math.Min(bytes.Length, wanted)], Position) is not { } parsed || parsed.SizeBytes > left)
        {
            return false;
        }

        header = parsed;
        Position += parsed.SizeBytes;
        return true;
    }
}
