using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ouzel.Storage.Disks;

/// <summary>The calls that .NET hides or weakens: its own flush returns normally when the kernel reports EIO or ENOSPC.</summary>
internal static partial class Posix
{
    private const int OpenDirectoryFlags = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC on Linux
    private const int KeepSize = 1;
    private const int LimitedDescriptors = 7; // RLIMIT_NOFILE on Linux
    private const int LimitedDescriptorsOfMac = 8;

    public static void SyncData(SafeFileHandle file, string path)
    {
        while (fdatasync(file) != 0)
        {
            ThrowUnlessInterrupted("sync", path);
        }
    }

    public static void SyncDirectory(string path)
    {
        var descriptor = open(path, OperatingSystem.IsLinux() ? OpenDirectoryFlags : 0);
        if (descriptor < 0)
        {
            throw Failure("open", path);
        }

        try
        {
            while (fsync(descriptor) != 0)
            {
                ThrowUnlessInterrupted("sync", path);
            }
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    public static void Rename(string from, string to)
    {
        if (rename(from, to) != 0)
        {
            throw Failure("rename", from);
        }
    }

    /// <summary>A hint only: whether the file system can do it is not our concern, whether the later write succeeds is.</summary>
    public static void Reserve(SafeFileHandle file, long position, long bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = fallocate(file, KeepSize, position, bytes);
        }
    }

    /// <summary>A hint only: the sync that follows tells of failures, this takes none away from it.</summary>
    public static void StartWriteback(SafeFileHandle file, long position, long bytes)
    {
        const uint write = 2;
        if (OperatingSystem.IsLinux())
        {
            _ = sync_file_range(file, position, bytes, write);
        }
    }

    /// <summary>Raises the number of descriptors this process may have to what it may raise it to, and returns what it is then.</summary>
    public static long RaiseDescriptorLimit()
    {
        const ulong greatest = 1 << 20; // a system may say "unlimited" and still refuse it
        var kind = OperatingSystem.IsLinux() ? LimitedDescriptors : LimitedDescriptorsOfMac;
        if (getrlimit(kind, out var limit) != 0)
        {
            return 256;
        }

        var wanted = new Limit { Soft = Math.Min(limit.Hard, Math.Max(limit.Soft, greatest)), Hard = limit.Hard };
        if (wanted.Soft > limit.Soft && setrlimit(kind, wanted) == 0)
        {
            limit = wanted;
        }

        return (long)Math.Min(limit.Soft, greatest);
    }

    private static void ThrowUnlessInterrupted(string operation, string path)
    {
        const int interrupted = 4;
        if (Marshal.GetLastPInvokeError() != interrupted)
        {
            throw Failure(operation, path);
        }
    }

    private static DiskException Failure(string operation, string path)
    {
        var errno = Marshal.GetLastPInvokeError();
        return new DiskException(operation, path, errno, Marshal.GetPInvokeErrorMessage(errno));
    }

#pragma warning disable IDE1006, SYSLIB1054 // the names are the C library's
    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string from, string to);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrlimit(int kind, out Limit limit);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setrlimit(int kind, in Limit limit);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sync_file_range(SafeFileHandle descriptor, long offset, long length, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(SafeFileHandle descriptor, int mode, long offset, long length);
#pragma warning restore IDE1006, SYSLIB1054

    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
