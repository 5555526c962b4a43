using Microsoft.Extensions.Logging;
using Ouzel.Protocol;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Storage;

/// <summary>All log directories of a node (log.dirs). A new partition goes to the one that holds the fewest.</summary>
public sealed class LogDirectories
{
    private LogDirectories(IReadOnlyList<LogDirectory> all, LogDirectory metadata) => (All, Metadata) = (all, metadata);

    /// <summary>The directories in the order of the setting, offline ones included.</summary>
    public IReadOnlyList<LogDirectory> All { get; }

    /// <summary>The directory with the metadata log: one of <see cref="All"/>, or one beside them that holds nothing else.</summary>
    public LogDirectory Metadata { get; }

    /// <summary>Every log that is being served.</summary>
    public IEnumerable<PartitionLog> Logs => All.Where(d => !d.IsOffline).SelectMany(d => d.Logs);

    /// <summary>Opens each directory; all or none.</summary>
    /// <exception cref="LogDirectoryException">One cannot be used, or a partition is in two of them.</exception>
    public static LogDirectories Open(Disk disk, StorageOptions options, Random random, Func<string, BlockingWork> workOf, ILogger logger, long nowMs)
    {
        var opened = new List<LogDirectory>();
        try
        {
            foreach (var path in options.Directories)
            {
                opened.Add(LogDirectory.Open(disk, path, options, random, workOf(path), logger, nowMs));
            }

            var metadata = options.MetadataDirectory is { } own ? opened.Find(directory => directory.Path == own) : opened[0];
            if (metadata is null)
            {
                opened.Add(metadata = LogDirectory.Open(disk, options.MetadataDirectory!, options, random, workOf(options.MetadataDirectory!), logger, nowMs));
            }

            var twice = opened.SelectMany(d => d.Logs).GroupBy(l => l.TopicPartition).FirstOrDefault(g => g.Skip(1).Any());
            if (twice != null)
            {
                throw new LogDirectoryException($"{twice.Key} is in two log directories: {string.Join(" and ", twice.Select(l => l.DirectoryPath))}; move one of them away");
            }

            return new LogDirectories([.. opened.Take(options.Directories.Count)], metadata);
        }
        catch
        {
            foreach (var directory in opened)
            {
                directory.Close();
            }

            throw;
        }
    }

    /// <summary>The log of a partition and the directory it is in.</summary>
    public bool TryGet(TopicPartition partition, out PartitionLog log, out LogDirectory directory)
    {
        foreach (var candidate in All)
        {
            if (!candidate.IsOffline && candidate.TryGet(partition, out log))
            {
                directory = candidate;
                return true;
            }
        }

        (log, directory) = (null!, null!);
        return false;
    }

    /// <summary>True when a directory of this partition is in one of them that is neither served nor touched.</summary>
    public bool IsLeftAlone(TopicPartition partition) => All.Any(d => d.IsLeftAlone(partition));

    /// <summary>True when a checkpoint that the start found knows a log of this partition, though no directory of it is there.</summary>
    public bool RemembersLog(TopicPartition partition) => All.Any(d => d.RemembersLog(partition));

    /// <summary>Finds the directory of the next new partition.</summary>
    /// <param name="cordoned">Paths of directories that get nothing new. When nothing else is left they do: the cluster has placed the partition on this node.</param>
    /// <exception cref="DiskException">Every directory is offline.</exception>
    public LogDirectory ForNewPartition(IReadOnlySet<string>? cordoned = null) =>
        All.Where(d => !d.IsOffline).MinBy(d => (cordoned?.Contains(d.Path) == true, d.LogCount)) ?? throw EveryDirectoryOffline();

    /// <summary>Drops what checkpoints say of a partition whose directory is missing: it is deleted.</summary>
    public void Forget(TopicPartition partition)
    {
        foreach (var directory in All)
        {
            directory.Forget([partition]);
        }
    }

    /// <summary>After a start has told which partitions are this node's: drops what checkpoints say of partitions that are neither here nor missing.</summary>
    /// <param name="isMissing">This node should have it, and no directory of it was found.</param>
    public void ForgetAllBut(Func<TopicPartition, bool> isMissing)
    {
        foreach (var directory in All)
        {
            directory.Forget([.. directory.Remembered.Where(name => !isMissing(name))]);
        }
    }

    private DiskException EveryDirectoryOffline()
    {
        var failure = All[0].Failure!;
        return new DiskException("create", "log.dirs", failure.Errno, "every log directory is offline, the first because " + failure.Message, failure);
    }

    /// <summary>Closes all; see <see cref="LogDirectory.Close"/>.</summary>
    public void Close(long brokerEpoch = -1)
    {
        foreach (var directory in All)
        {
            directory.Close(brokerEpoch);
        }

        if (!All.Contains(Metadata))
        {
            Metadata.Close(brokerEpoch);
        }
    }
}
