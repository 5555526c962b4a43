namespace Ouzel.Storage.Disks;

/// <summary>Everything the product asks of a file system. The only door to files: tests put a memory or a faulty disk behind it.</summary>
/// <remarks>
/// Paths are absolute or relative to the process, with '/' between names. A file's bytes are durable after <see cref="DiskFile.Sync"/>, its name only after
/// <see cref="SyncDirectory"/> of its directory. All failures are <see cref="DiskException"/>. Members may be called from any thread.
/// </remarks>
public abstract class Disk
{
    /// <summary>The files kept open between uses.</summary>
    internal OpenFiles OpenFiles { get; } = new();

    /// <summary>True when what is synced outlives the process: what syncs took is told of such a disk alone.</summary>
    public virtual bool IsLasting => true;

    /// <summary>Opens a file for reading and writing; the caller owns one reference to it.</summary>
    public abstract DiskFile OpenFile(string path, DiskOpen mode);

    /// <summary>True when a file or a directory has this path.</summary>
    public abstract bool Exists(string path);

    /// <summary>The one name of the place that a path leads to, whatever dots and links it goes through; of what is missing, the name that it would get.</summary>
    public virtual string Resolve(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>The files directly inside a directory, in no particular order; empty when the directory is missing.</summary>
    public abstract IReadOnlyList<DiskEntry> ListFiles(string directory);

    /// <summary>The names (not paths) of the directories directly inside a directory; empty when it is missing.</summary>
    public abstract IReadOnlyList<string> ListDirectories(string directory);

    /// <summary>Creates a directory and the missing ones above it.</summary>
    public abstract void CreateDirectory(string path);

    /// <summary>Renames a file or a directory in one step; a file already at the target is replaced.</summary>
    public abstract void Move(string from, string to);

    /// <summary>Removes a file; nothing happens when it is missing. Open files stay readable.</summary>
    public abstract void Delete(string path);

    /// <summary>Removes a directory and everything in it; nothing happens when it is missing.</summary>
    public abstract void DeleteDirectory(string path);

    /// <summary>Makes the names inside a directory durable: what was created, renamed or removed.</summary>
    public abstract void SyncDirectory(string path);

    /// <summary>Creates the file if needed and holds an exclusive lock on it until disposed; null when somebody else holds it.</summary>
    public abstract IDisposable? TryLockFile(string path);

    /// <summary>Total and available bytes of the volume that holds the path.</summary>
    public abstract DiskSpace Space(string path);

    /// <summary><see cref="OpenFile"/>; when the system has no descriptor left, idle files are closed and it is tried once more.</summary>
    internal DiskFile Open(string path, DiskOpen mode)
    {
        try
        {
            return OpenFile(path, mode);
        }
        catch (DiskException e) when (e.IsOutOfDescriptors && OpenFiles.LetGo(OpenFiles.LetGoWhenExhausted))
        {
            return OpenFile(path, mode);
        }
    }

    /// <summary>Reads a whole file.</summary>
    public byte[] ReadAllBytes(string path)
    {
        var file = Open(path, DiskOpen.Read);
        try
        {
            var bytes = new byte[file.Length];
            var read = file.ReadFully(0, bytes);
            return read == bytes.Length ? bytes : bytes[..read];
        }
        finally
        {
            file.Release();
        }
    }

    /// <summary>Replaces a file in one durable step: a temporary file is written and synced, renamed, and the directory synced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">All of its new bytes.</param>
    /// <param name="sync">False leaves everything to chance: a crash may leave the old file, the new one, or a part of it.</param>
    /// <param name="syncName">False leaves it to chance which of the two a crash leaves; each is whole.</param>
    public void ReplaceFile(string path, ReadOnlySpan<byte> content, bool sync = true, bool syncName = true)
    {
        var temporary = path + ".tmp";
        var file = Open(temporary, DiskOpen.Truncate);
        try
        {
            file.Write(0, content);
            if (sync)
            {
                file.Sync();
            }
        }
        finally
        {
            file.Release();
        }

        Move(temporary, path);
        if (sync && syncName)
        {
            SyncDirectory(Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".");
        }
    }
}

/// <summary>The way <see cref="Disk.OpenFile"/> treats a file that is there or missing.</summary>
public enum DiskOpen
{
    /// <summary>The file must exist and is only read: it may be somebody else's, or lie on a disk that is mounted for reading.</summary>
    Read,

    /// <summary>The file must exist.</summary>
    Existing,

    /// <summary>The file is created empty when missing.</summary>
    OrCreate,

    /// <summary>The file is created, or emptied when it exists.</summary>
    Truncate,
}

/// <summary>A file found by <see cref="Disk.ListFiles"/>: name without directory, length in bytes, last change in Unix milliseconds.</summary>
public readonly record struct DiskEntry(string Name, long Length, long ModifiedMs);

/// <summary>Size of a volume in bytes.</summary>
public readonly record struct DiskSpace(long TotalBytes, long UsableBytes);

/// <summary>A disk operation failed. The log directory it happened in must stop taking writes (a failed sync may already have dropped the data).</summary>
public sealed class DiskException(string operation, string path, int errno, string reason, Exception? inner = null)
    : IOException($"{operation} of {path} failed: {reason}", inner)
{
    /// <summary>No space left on device.</summary>
    public const int OutOfSpace = 28;

    /// <summary>Input/output error.</summary>
    public const int InputOutputError = 5;

    /// <summary>No such file or directory.</summary>
    public const int NotFound = 2;

    /// <summary>ENFILE and EMFILE: the system or the process has no descriptor left. The disk is well; the operation may be tried again.</summary>
    public bool IsOutOfDescriptors => Errno is 23 or 24;

    /// <summary>The operation that failed: open, read, write, sync, ...</summary>
    public string Operation { get; } = operation;

    /// <summary>The file or directory it was asked for.</summary>
    public string FilePath { get; } = path;

    /// <summary>The system's error number, 0 when it is not known.</summary>
    public int Errno { get; } = errno;
}
