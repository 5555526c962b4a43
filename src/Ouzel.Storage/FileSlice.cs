using Ouzel.Protocol.Records;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>
/// A range of a log file, to be sent as it is. Nothing has been read yet. It keeps the file open, also when the segment is deleted meanwhile, until it is
/// disposed; then it can be filled again. A read that comes back short means that the log was truncated under it: the length was promised, so the connection must end.
/// </summary>
public sealed class FileSlice : RecordsData, IDisposable
{
    private DiskFile? _file;
    private int _length;

    /// <summary>A slice of nothing, to be filled by <see cref="PartitionLog.Read"/>.</summary>
    public FileSlice()
    {
    }

    /// <summary>Takes over one reference to the file.</summary>
    public FileSlice(DiskFile file, long position, int length) => Reset(file, position, length);

    /// <summary>The file.</summary>
    public DiskFile File => _file ?? throw new ObjectDisposedException(nameof(FileSlice));

    /// <summary>The range's first byte in the file.</summary>
    public long Position { get; private set; }

    /// <inheritdoc/>
    public override int Length => _length;

    /// <summary>Reads from an offset inside the slice, at most to its end.</summary>
    public int Read(int offset, Span<byte> buffer) =>
        File.ReadFully(Position + offset, buffer[..Math.Min(buffer.Length, _length - offset)]);

    /// <summary>The whole slice in memory.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[_length];
        var read = Read(0, bytes);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>Lets go of the file. Doing it twice is harmless.</summary>
    public void Dispose() => Interlocked.Exchange(ref _file, null)?.Release();

    internal void Reset(DiskFile file, long position, int length) => (_file, Position, _length) = (file, position, length);
}
