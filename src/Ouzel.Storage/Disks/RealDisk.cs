using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;

namespace Ouzel.Storage.Disks;

/// <summary>The machine's own file system.</summary>
public sealed class RealDisk : Disk
{
    private const int IdleFilesMax = 100_000;

    /// <summary>As many links as the system follows; more are a circle.</summary>
    private const int LinksMax = 40;

    /// <summary>Lets half of the descriptors be files that nobody uses just now; the other half is for connections, files in use, and the runtime.</summary>
    public RealDisk() => OpenFiles.Max = (int)Math.Clamp(DescriptorsMax / 2, 16, IdleFilesMax);

    /// <summary>The most descriptors that the process may have, once its limit was raised as far as it may be.</summary>
    public static long DescriptorsMax { get; } = OperatingSystem.IsWindows() ? long.MaxValue : Posix.RaiseDescriptorLimit();

#pragma warning disable RS0030 // this is the Disk behind the ban
    /// <inheritdoc/>
    public override DiskFile OpenFile(string path, DiskOpen mode)
    {
        var how = mode switch { DiskOpen.Existing or DiskOpen.Read => FileMode.Open, DiskOpen.Truncate => FileMode.Create, _ => FileMode.OpenOrCreate };
        return Guarded("open", path, () =>
            new RealFile(path, File.OpenHandle(path, how, mode == DiskOpen.Read ? FileAccess.Read : FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete)));
    }

    /// <inheritdoc/>
    public override bool Exists(string path) => Path.Exists(path);

    /// <inheritdoc/>
    public override string Resolve(string path) => OperatingSystem.IsWindows() ? base.Resolve(path) : Guarded("resolve", path, () =>
    {
        var rest = new Stack<string>(Path.Combine(Directory.GetCurrentDirectory(), path).Split('/').Reverse());
        var (resolved, links) = ("", 0);
        while (rest.TryPop(out var name))
        {
            if (name is "" or ".")
            {
                continue;
            }

            if (name == "..")
            {
                resolved = resolved[..Math.Max(0, resolved.LastIndexOf('/'))];
            }
            else if (new FileInfo($"{resolved}/{name}").LinkTarget is { } target && links++ < LinksMax)
            {
                resolved = target.StartsWith('/') ? "" : resolved;
                Array.ForEach([.. target.Split('/').Reverse()], rest.Push);
            }
            else
            {
                resolved = $"{resolved}/{name}";
            }
        }

        return resolved.Length == 0 ? "/" : resolved;
    });

    /// <inheritdoc/>
    public override IReadOnlyList<DiskEntry> ListFiles(string directory) => Retried("list", directory, () =>
        !Directory.Exists(directory) ? [] : (IReadOnlyList<DiskEntry>)new FileSystemEnumerable<DiskEntry>(directory,
            static (ref FileSystemEntry entry) => new DiskEntry(entry.FileName.ToString(), entry.Length, entry.LastWriteTimeUtc.ToUnixTimeMilliseconds()),
            AllEntries)
        { ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.IsDirectory }.ToArray());

    /// <inheritdoc/>
    public override IReadOnlyList<string> ListDirectories(string directory) => Retried("list", directory, () =>
        !Directory.Exists(directory) ? [] : (IReadOnlyList<string>)new FileSystemEnumerable<string>(directory,
            static (ref FileSystemEntry entry) => entry.FileName.ToString(), AllEntries)
        { ShouldIncludePredicate = static (ref FileSystemEntry entry) => entry.IsDirectory }.ToArray());

    /// <inheritdoc/>
    public override void CreateDirectory(string path) => Guarded("create", path, () => Directory.CreateDirectory(path));

    /// <inheritdoc/>
    public override void Move(string from, string to) => Posix.Rename(from, to);

    /// <inheritdoc/>
    public override void Delete(string path) => Guarded("delete", path, () =>
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }

        return true;
    });

    /// <inheritdoc/>
    public override void DeleteDirectory(string path) => Retried("delete", path, () =>
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        return true;
    });

    /// <inheritdoc/>
    public override void SyncDirectory(string path) => Retried("sync", path, () =>
    {
        Posix.SyncDirectory(path);
        return true;
    });

    /// <inheritdoc/>
    public override IDisposable? TryLockFile(string path)
    {
        FileStream? stream = null;
        try
        {
            // Two locks: FileShare.None is flock, which also excludes a second node in this process; Lock is fcntl, which is what the JVM's brokers take.
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            if (OperatingSystem.IsLinux())
            {
                stream.Lock(0, long.MaxValue);
            }

            return stream;
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException) && IsHeldByAnother(e))
        {
            stream?.Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            stream?.Dispose();
            throw Failure("lock", path, e);
        }
    }

    /// <inheritdoc/>
    public override DiskSpace Space(string path) => Guarded("stat", path, () =>
    {
        var volume = new DriveInfo(Path.GetFullPath(path));
        return new DiskSpace(volume.TotalSize, volume.AvailableFreeSpace);
    });
#pragma warning restore RS0030

    private static EnumerationOptions AllEntries { get; } = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>EWOULDBLOCK from either lock, EACCES from fcntl: anything else (no space, read-only) is a fault and must be told as such.</summary>
    private static bool IsHeldByAnother(IOException e) => (e.HResult & 0xffff) is 11 or 13 or 32 or 33;

    private T Retried<T>(string operation, string path, Func<T> action)
    {
        try
        {
            return Guarded(operation, path, action);
        }
        catch (DiskException e) when (e.IsOutOfDescriptors && OpenFiles.LetGo(OpenFiles.LetGoWhenExhausted))
        {
            return Guarded(operation, path, action);
        }
    }

    internal static T Guarded<T>(string operation, string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException and not DiskException or UnauthorizedAccessException)
        {
            throw Failure(operation, path, e);
        }
    }

    internal static DiskException Failure(string operation, string path, Exception e)
    {
        const int accessDenied = 13;
        var errno = e switch
        {
            FileNotFoundException or DirectoryNotFoundException => DiskException.NotFound,
            UnauthorizedAccessException => accessDenied,
            _ => e.HResult & 0xffff,
        };
        return new DiskException(operation, path, errno, e.Message, e);
    }

    private sealed class RealFile(string path, SafeFileHandle handle) : DiskFile
    {
        public override string Path => path;

        public override SafeFileHandle Handle => handle;

        public override long Length => RandomAccess.GetLength(handle);

        public override int Read(long position, Span<byte> buffer)
        {
            try
            {
                return RandomAccess.Read(handle, buffer, position);
            }
            catch (IOException e)
            {
                throw Failure("read", path, e);
            }
        }

        public override void Write(long position, ReadOnlySpan<byte> bytes)
        {
            try
            {
                RandomAccess.Write(handle, bytes, position);
            }
            catch (IOException e)
            {
                throw Failure("write", path, e);
            }
        }

        public override void SetLength(long length)
        {
            try
            {
                RandomAccess.SetLength(handle, length);
            }
            catch (IOException e)
            {
                throw Failure("resize", path, e);
            }
        }

        public override void Sync() => Posix.SyncData(handle, path);

        public override void Reserve(long position, long bytes) => Posix.Reserve(handle, position, bytes);

        public override void StartWriteback(long position, long bytes) => Posix.StartWriteback(handle, position, bytes);

        protected override void Close() => handle.Dispose();
    }
}
