namespace Ouzel.Storage.Disks;

/// <summary>The content of a file in memory: parts never written take no room and read as zeros.</summary>
internal class SparseBytes
{
    private const int ChunkBytes = 16 * 1024;
    private readonly List<byte[]?> _chunks = [];

    public long Length { get; private set; }

    public int Read(long position, Span<byte> buffer)
    {
        var count = (int)Math.Min(buffer.Length, Math.Max(0, Length - position));
        for (var done = 0; done < count;)
        {
            var (index, inside) = Place(position + done);
            var part = Math.Min(ChunkBytes - inside, count - done);
            var target = buffer.Slice(done, part);
            if (index < _chunks.Count && _chunks[index] is { } chunk)
            {
                chunk.AsSpan(inside, part).CopyTo(target);
            }
            else
            {
                target.Clear();
            }

            done += part;
        }

        return count;
    }

    public void Write(long position, ReadOnlySpan<byte> bytes)
    {
        Length = Math.Max(Length, position + bytes.Length);
        while (bytes.Length > 0)
        {
            var (index, inside) = Place(position);
            while (_chunks.Count <= index)
            {
                _chunks.Add(null);
            }

            var chunk = _chunks[index] ??= new byte[ChunkBytes];
            var part = Math.Min(ChunkBytes - inside, bytes.Length);
            bytes[..part].CopyTo(chunk.AsSpan(inside));
            bytes = bytes[part..];
            position += part;
        }
    }

    public void SetLength(long length)
    {
        if (length < Length)
        {
            var (index, inside) = Place(length);
            if (index < _chunks.Count)
            {
                _chunks[index]?.AsSpan(inside).Clear();
                _chunks.RemoveRange(index + 1, _chunks.Count - index - 1);
            }
        }

        Length = length;
    }

    public void CopyFrom(SparseBytes other)
    {
        _chunks.Clear();
        _chunks.AddRange(other._chunks.Select(c => (byte[]?)c?.Clone()));
        Length = other.Length;
    }

    private static (int Index, int Inside) Place(long position) => ((int)(position / ChunkBytes), (int)(position % ChunkBytes));
}

/// <summary>A file of a <see cref="MemoryDisk"/>.</summary>
internal class FileNode : SparseBytes
{
    public long ModifiedMs { get; set; }
}
