using System.Net.Sockets;
using System.Reflection;
using Ouzel.Broker.Configs;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Hosting;

/// <summary>Says in one line why a broker does not run and what to do about it.</summary>
internal static class StartFailure
{
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;
    private const int NoSpace = DiskException.OutOfSpace;
    private const int ReadOnly = 30;
    private const int QuotaExceeded = 122;

    public static string Explain(Exception failure, BrokerOptions options, Disk disk)
    {
        var listeners = string.Join(", ", options.Listeners.Select(l => l.Address));
        var data = string.Join(", ", options.DataDirectories);
        return Cause(failure) switch
        {
            SettingException or LogDirectoryException => Cause(failure).Message,
            SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } =>
                $"the address {listeners} is in use: stop the program that has it, or choose another port with --port N (0 takes any free one)",
            SocketException { SocketErrorCode: SocketError.AccessDenied } =>
                $"this user may not open {listeners}: choose a port above 1023 with --port N",
            SocketException { SocketErrorCode: SocketError.AddressNotAvailable or SocketError.HostNotFound or SocketError.NoData } =>
                $"this machine has no address for {listeners}: set listeners to an address of its own, or to PLAINTEXT://:9092 for all of them",
            DiskException { Errno: NoSpace or QuotaExceeded } e => $"the disk of {data} is full ({e.Message}): make room there, or choose another place with --data DIR",
            DiskException { Errno: ReadOnly } e => $"the disk of {data} is read-only ({e.Message}): mount it for writing, choose another place with --data DIR, or use --memory",
            DiskException { Errno: NotPermitted or AccessDenied } e =>
                $"this user may not write in {data} ({e.Message}): make it writable, choose another place with --data DIR, or use --memory",
            DiskException when options.DataDirectories.Select(d => FileInTheWay(disk, d)).FirstOrDefault(f => f is not null) is { } file =>
                $"{file} is a file, not a directory: choose another place with --data DIR, or use --memory",
            DiskException e => $"the data cannot be kept in {data} ({e.Message}): repair the disk or make the folder writable, choose another place with --data DIR, or use --memory",
            var other => $"{other.Message.ReplaceLineEndings(" ")} ({other.GetType().Name}; --set ouzel.log.level=debug shows where)",
        };
    }

    /// <summary>The file that stands where the directory or one above it should be; null when there is none or it cannot be seen.</summary>
    private static string? FileInTheWay(Disk disk, string directory)
    {
        try
        {
            var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
            while (!disk.Exists(path) && Path.GetDirectoryName(path) is { } parent)
            {
                path = parent;
            }

            return Path.GetDirectoryName(path) is { } above && disk.ListFiles(above).Any(f => f.Name == Path.GetFileName(path)) ? path : null;
        }
        catch (DiskException)
        {
            // What failed first is told then.
            return null;
        }
    }

    /// <summary>Finds what lies inside the wrappings; of several failures the one that says most.</summary>
    public static Exception Cause(Exception failure) => failure switch
    {
        AggregateException { InnerExceptions.Count: > 0 } several =>
            several.Flatten().InnerExceptions.Select(Cause).OrderByDescending(e => e is SettingException or LogDirectoryException or DiskException or SocketException).First(),
        TypeInitializationException or TargetInvocationException when failure.InnerException is { } inner => Cause(inner),
        _ => failure,
    };
}
