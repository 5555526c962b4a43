using Microsoft.Extensions.Logging;
using Ouzel.Protocol;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Storage;

public sealed partial class LogDirectory
{
    /// <summary>
    /// Opens a log directory, or makes a new one: takes the lock, checks whose it is, loads and if need be recovers every log.
    /// </summary>
    /// <param name="disk">Where it is.</param>
    /// <param name="path">The directory.</param>
    /// <param name="options">The node's storage settings; ClusterId and NodeId must fit those in the directory.</param>
    /// <param name="random">For the directory's id, roll jitter and names of deleted directories.</param>
    /// <param name="work">Runs the syncs; the caller disposes it after <see cref="Close"/>.</param>
    /// <param name="logger">Where recovery and failures are told.</param>
    /// <param name="nowMs">The present time in Unix milliseconds.</param>
    /// <exception cref="LogDirectoryException">It is locked, or belongs to another cluster or node, or holds a log twice.</exception>
    public static LogDirectory Open(Disk disk, string path, StorageOptions options, Random random, BlockingWork work, ILogger logger, long nowMs)
    {
        CreateDurably(disk, path);
        var held = disk.TryLockFile(path + "/.lock")
            ?? throw InUse(path);
        try
        {
            var directory = new LogDirectory(disk, path, options, random, work, logger, held);
            directory.Identify(nowMs);
            if (!options.IsMetadataAlone(path))
            {
                (directory.WasCleanShutdown, directory.PreviousBrokerEpoch) = CleanShutdown.Take(disk, path);
            }

            directory.LoadLogs(nowMs);
            directory._isLoaded = true;
            return directory;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    internal static LogDirectoryException InUse(string path) =>
        new($"{path} is in use by another broker (it holds .lock); stop that one, or choose another directory with --data or log.dirs");

    /// <summary>Creates the directory and those above it, each name synced: a log is not durable in a directory that may vanish.</summary>
    private static void CreateDurably(Disk disk, string path)
    {
        if (disk.Exists(path))
        {
            return;
        }

        var parent = System.IO.Path.GetDirectoryName(path.TrimEnd('/')) is { Length: > 0 } above ? above : path.StartsWith('/') ? "/" : ".";
        CreateDurably(disk, parent);
        disk.CreateDirectory(path);
        disk.SyncDirectory(parent);
    }

    private void Identify(long nowMs)
    {
        var found = MetaProperties.Read(_disk, Path);
        if (found != null && found.ClusterId != _options.ClusterId)
        {
            throw new LogDirectoryException($"{Path} belongs to cluster {found.ClusterId}, this node to {_options.ClusterId}; choose the directory of this cluster");
        }

        if (found != null && found.NodeId != _options.NodeId)
        {
            throw new LogDirectoryException($"{Path} belongs to node {found.NodeId}, this is node {_options.NodeId}; set node.id={found.NodeId} or choose another directory");
        }

        DirectoryId = found is { Version: 1 } && found.DirectoryId != Uuid.Zero ? found.DirectoryId : Uuid.Random(_random);
        if (found is not { Version: 1 } || found.DirectoryId != DirectoryId)
        {
            new MetaProperties(1, _options.ClusterId, _options.NodeId, DirectoryId).Write(_disk, Path, nowMs);
        }
    }

    private void LoadLogs(long nowMs)
    {
        var recoveryPoints = Read(OffsetCheckpoint.RecoveryPoints);
        var logStarts = Read(OffsetCheckpoint.LogStarts);
        var highWatermarks = Read(OffsetCheckpoint.HighWatermarks);
        var partitions = new List<TopicPartition>();
        foreach (var name in _disk.ListDirectories(Path))
        {
            if (DirectoryNames.IsDeleted(name))
            {
                _deletions.Add((nowMs + LogOptions.Default.FileDeleteDelayMs, Path + "/" + name));
            }
            else if (DirectoryNames.TryPartition(name, out var partition))
            {
                if (IsClaimed(partition, nowMs))
                {
                    partitions.Add(partition);
                }
            }
            else
            {
                StorageEvents.NoPartitionInUse(_logger, Path, name);
            }
        }

        if (!WasCleanShutdown)
        {
            _disk.SyncDirectory(Path); // what the run before had not synced yet
        }

        if (partitions.Count > 0 && !WasCleanShutdown && !_options.IsMetadataAlone(Path))
        {
            StorageEvents.LogsChecked(_logger, Path, partitions.Count);
        }

        var loaded = new PartitionLog[partitions.Count];
        Work.RunAll([.. partitions.Select((partition, i) => (Action)(() => loaded[i] = Load(partition,
            new LogCheckpoint(WasCleanShutdown, recoveryPoints.GetValueOrDefault(partition), logStarts.GetValueOrDefault(partition), highWatermarks.GetValueOrDefault(partition)), nowMs)))],
            _options.RecoveryThreads);
        if (_context.ChecksTold.Withheld is > 0 and var checks)
        {
            StorageEvents.MoreLogsChecked(_logger, Path, checks);
        }

        if (_context.RepairsTold.Withheld is > 0 and var repairs)
        {
            StorageEvents.MoreIndexesRebuilt(_logger, Path, repairs);
        }

        Change(logs => Array.ForEach(loaded, l => logs.Add(l.TopicPartition, l)));
        _compactedWritten = Read(OffsetCheckpoint.Compacted);
        KeepUnopened(OffsetCheckpoint.RecoveryPoints, recoveryPoints);
        KeepUnopened(OffsetCheckpoint.LogStarts, logStarts);
        KeepUnopened(OffsetCheckpoint.HighWatermarks, highWatermarks);
        KeepUnopened(OffsetCheckpoint.Compacted, _compactedWritten);
        Array.ForEach(loaded, log => log.CompactedTo = _compactedWritten.TryGetValue(log.TopicPartition, out var offset) ? offset : null);
        WriteLostPoints(loaded, recoveryPoints);
    }

    /// <summary>
    /// Writes recovery points that a clean stop had written and that were lost since: without them a start after a crash would check these logs from their
    /// beginning, and cut them at damage that is old.
    /// </summary>
    private void WriteLostPoints(PartitionLog[] logs, Dictionary<TopicPartition, long> read)
    {
        if (WasCleanShutdown && Array.Exists(logs, log => log.Topic != MetadataTopic && log.RecoveryPoint > read.GetValueOrDefault(log.TopicPartition)))
        {
            WriteOffsets();
        }
    }

    /// <summary>A partition that cannot be opened, for damage that nothing here knows how to mend or an unreadable sector, costs no other: it is there, offline, its files as they are.</summary>
    private PartitionLog Load(TopicPartition partition, LogCheckpoint checkpoint, long nowMs)
    {
        var options = _options.LogOptionsOf(partition.Topic);
        try
        {
            return LogLoader.Open(_context, PathOf(partition), partition, options, checkpoint, nowMs);
        }
        catch (Exception e) when (e is not DiskException { Errno: not DiskException.InputOutputError } and not OutOfMemoryException)
        {
            StorageEvents.LogNotOpened(_logger, e, PathOf(partition), e.Message);
            return PartitionLog.Unreadable(_context, LogLoader.Unreadable(_context, PathOf(partition), partition, options, checkpoint));
        }
    }

    private Dictionary<TopicPartition, long> Read(string file)
    {
        var offsets = OffsetCheckpoint.Read(_disk, Path + "/" + file);
        if (offsets == null && CheckpointFile.HasContent(_disk, Path + "/" + file))
        {
            StorageEvents.CheckpointDamaged(_logger, Path, file, KeptAside.Move(_disk, Path + "/" + file));
        }

        return offsets ?? [];
    }
}
