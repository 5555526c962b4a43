using System.Buffers;
using Ouzel.Protocol.Records;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage.Compaction;

/// <summary>Reads a log file batch by batch, each whole and checked.</summary>
internal sealed class BatchSource(DiskFile file, long from, long end, int blockBytes) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(blockBytes, 4096));
    private long _bufferAt = from;
    private int _buffered;
    private int _size;

    /// <summary>The position of the next batch.</summary>
    public long Position { get; private set; } = from;

    /// <summary>The batch; valid until the next step.</summary>
    public ReadOnlySpan<byte> Current => _buffer.AsSpan((int)(Position - _size - _bufferAt), _size);

    /// <summary>Steps to the next batch; false at the end.</summary>
    /// <exception cref="RecordFormatException">The file is damaged here.</exception>
    public bool MoveNext()
    {
        _size = 0;
        while (Position < end)
        {
            var rest = _buffer.AsSpan((int)(Position - _bufferAt), (int)(_bufferAt + _buffered - Position));
            var status = RecordBatch.Read(rest, out var batch, out var size);
            if (status == BatchReadStatus.Damaged || size > end - Position || (status == BatchReadStatus.Partial && rest.Length == end - Position))
            {
                throw new RecordFormatException($"bytes that are no batch at position {Position} of {file.Path}");
            }

            if (status == BatchReadStatus.Partial)
            {
                Fill(size, rest.Length);
                continue;
            }

            if (!batch.IsCrcValid())
            {
                throw new RecordFormatException($"a batch with a wrong checksum at position {Position} of {file.Path}");
            }

            _size = (int)size;
            Position += size;
            return true;
        }

        return false;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Fill(long size, int had)
    {
        if (size > _buffer.Length)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent((int)size);
        }

        _bufferAt = Position;
        _buffered = file.ReadFully(Position, _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, end - Position)));
        if (_buffered <= had)
        {
            throw new RecordFormatException($"{file.Path} ends inside a batch at position {Position}");
        }
    }
}
