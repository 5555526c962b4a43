using Ouzel.Protocol;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>A log directory as someone sees it who only reads: whose it is, which partitions lie in it, what else does.</summary>
public sealed record DirectoryLook
{
    private const string LockFile = ".lock";

    /// <summary>Names that may lie in a directory that is still nobody's: a lock, the system's own folder of a volume, a start that was interrupted.</summary>
    private static readonly string[] Neutral = [LockFile, "lost+found", MetaProperties.FileName + ".tmp"];

    /// <summary>The directory.</summary>
    public required string Path { get; init; }

    /// <summary>Its meta.properties; null without one.</summary>
    public required MetaProperties? Identity { get; init; }

    /// <summary>The log of a cluster's metadata lies here.</summary>
    public required bool HasMetadata { get; init; }

    /// <summary>Names of the directories that hold a partition's files, in order; the metadata log's is not among them.</summary>
    public required IReadOnlyList<string> Partitions { get; init; }

    /// <summary>Every directory that is named like a partition's, whatever it holds; the metadata log's is not among them.</summary>
    public required IReadOnlyList<TopicPartition> Logs { get; init; }

    /// <summary>Names of all files and directories that are not neutral, in order.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The broker epoch of the run that closed every log (-1: it did not say); null when the last stop was not clean.</summary>
    public required long? CleanEpoch { get; init; }

    /// <summary>Looks at a directory; a missing one shows nothing. Writes nothing.</summary>
    /// <exception cref="LogDirectoryException">Another broker is using it, or its meta.properties says nothing.</exception>
    public static DirectoryLook At(Disk disk, string path)
    {
        ThrowIfInUse(disk, path);
        var directories = disk.ListDirectories(path);
        return new DirectoryLook
        {
            Path = path,
            Identity = MetaProperties.Read(disk, path),
            HasMetadata = directories.Any(name => DirectoryNames.TryPartition(name, out var partition) && partition.Topic == LogDirectory.MetadataTopic),
            Partitions = [.. directories.Where(name => IsPartition(disk, path, name)).Order(StringComparer.Ordinal)],
            Logs = [.. directories.Select(name => DirectoryNames.TryPartition(name, out var partition) ? partition : default).Where(log => log.Topic is not (null or LogDirectory.MetadataTopic))],
            Names = [.. directories.Concat(disk.ListFiles(path).Select(file => file.Name)).Except(Neutral).Order(StringComparer.Ordinal)],
            CleanEpoch = CleanShutdown.Look(disk, path),
        };
    }

    /// <summary>The topic id in the directory of one of <see cref="Partitions"/>; zero without one, or when it cannot be read.</summary>
    public Uuid TopicIdIn(Disk disk, string partition) => PartitionMetadata.Read(disk, $"{Path}/{partition}");

    /// <summary>The place of a partition's directory, there or not.</summary>
    public string PathOf(TopicPartition partition) => $"{Path}/{partition}";

    /// <summary>True when the directory of a partition holds a record, as far as the sizes of its files tell.</summary>
    public bool HasRecords(Disk disk, TopicPartition partition) =>
        disk.ListFiles(PathOf(partition)).Any(file => file.Length > 0 && LogFiles.TryOffset(file.Name, LogFiles.Log, out _));

    private static bool IsPartition(Disk disk, string path, string name) =>
        DirectoryNames.TryPartition(name, out var partition) && partition.Topic != LogDirectory.MetadataTopic
        && disk.ListFiles($"{path}/{name}").Any(file => file.Name == PartitionMetadata.FileName || LogFiles.TryOffset(file.Name, LogFiles.Log, out _));

    /// <summary>A file that is not there is held by nobody, and is not made for the asking.</summary>
    private static void ThrowIfInUse(Disk disk, string path)
    {
        var file = $"{path}/{LockFile}";
        if (!disk.Exists(file))
        {
            return;
        }

        using var held = disk.TryLockFile(file) ?? throw LogDirectory.InUse(path);
    }
}
