using Microsoft.Win32.SafeHandles;

namespace Ouzel.Storage.Disks;

/// <summary>An open file. Counts its users, so that a slice that still has to be sent keeps a deleted segment's file open.</summary>
public abstract class DiskFile
{
    private int _references = 1;

    /// <summary>The file's path when it was opened.</summary>
    public abstract string Path { get; }

    /// <summary>Length in bytes.</summary>
    public abstract long Length { get; }

    /// <summary>The system's handle, for sendfile; null when the file exists only inside this process.</summary>
    public virtual SafeFileHandle? Handle => null;

    /// <summary>Reads at a position; returns the number of bytes read, 0 at or behind the end.</summary>
    public abstract int Read(long position, Span<byte> buffer);

    /// <summary>Writes all bytes at a position; a gap before it reads as zeros.</summary>
    public abstract void Write(long position, ReadOnlySpan<byte> bytes);

    /// <summary>Cuts the file, or extends it with zeros.</summary>
    public abstract void SetLength(long length);

    /// <summary>Makes content and length durable (fdatasync). After a failure the written data may be lost for good: never retry.</summary>
    public abstract void Sync();

    /// <summary>Reserves space without changing the length. A hint: a file system that cannot do it is no error.</summary>
    public virtual void Reserve(long position, long bytes)
    {
    }

    /// <summary>Begins to write a range to the disk and waits for nothing, so that a later <see cref="Sync"/> finds it done. A hint like <see cref="Reserve"/>.</summary>
    public virtual void StartWriteback(long position, long bytes)
    {
    }

    /// <summary>Fills the buffer unless the file ends before; returns the number of bytes read.</summary>
    public int ReadFully(long position, Span<byte> buffer)
    {
        var done = 0;
        while (done < buffer.Length)
        {
            var read = Read(position + done, buffer[done..]);
            if (read == 0)
            {
                break;
            }

            done += read;
        }

        return done;
    }

    /// <summary>Adds a user; false when the last one has already gone and the file is closed.</summary>
    public bool TryRetain()
    {
        var seen = Volatile.Read(ref _references);
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>Removes a user; the last one closes the file.</summary>
    public void Release()
    {
        var left = Interlocked.Decrement(ref _references);
        if (left == 0)
        {
            Close();
        }
        else if (left < 0)
        {
            throw new InvalidOperationException($"{Path} was released more often than retained");
        }
    }

    /// <summary>Takes the one reference there is, so that nobody can retain the file any more; false when others use it.</summary>
    internal bool TryTakeLast() => Interlocked.CompareExchange(ref _references, 0, 1) == 1;

    /// <summary>Closes a file whose last reference was taken.</summary>
    internal void CloseTaken() => Close();

    /// <summary>Frees what the system holds for the file.</summary>
    protected abstract void Close();
}
