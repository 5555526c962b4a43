using Microsoft.Extensions.Logging;
using Ouzel.Protocol;

namespace Ouzel.Storage;

public sealed partial class LogDirectory
{
    /// <summary>Partitions whose directories are left alone. Filled while loading; under _logsLock.</summary>
    private readonly Dictionary<TopicPartition, string> _leftAlone = [];

    /// <summary>The checkpoints' lines of partitions that no log was opened for, by file: they stay until the partition is deleted or made anew. Under _logsLock.</summary>
    /// <remarks>A directory that is missing may come back, with the disk or the backup it is on: without its lines nobody would know where its log begins.</remarks>
    private readonly Dictionary<string, Dictionary<TopicPartition, long>> _unopened = [];

    /// <summary>True when a directory of this partition is here that is neither served nor touched.</summary>
    public bool IsLeftAlone(TopicPartition partition)
    {
        lock (_logsLock)
        {
            return _leftAlone.ContainsKey(partition);
        }
    }

    /// <summary>True when the checkpoints that the start found know a log of this partition, though its directory is not here.</summary>
    public bool RemembersLog(TopicPartition partition)
    {
        lock (_logsLock)
        {
            return _unopened.Values.Any(offsets => offsets.ContainsKey(partition));
        }
    }

    /// <summary>The partitions that checkpoints know a log of, though no directory of them is served.</summary>
    internal IReadOnlyCollection<TopicPartition> Remembered
    {
        get
        {
            lock (_logsLock)
            {
                return [.. _unopened.Values.SelectMany(offsets => offsets.Keys).Distinct()];
            }
        }
    }

    /// <summary>Drops what the checkpoints say of partitions without a log. Directories that are left alone keep their lines.</summary>
    internal void Forget(IReadOnlyCollection<TopicPartition> partitions)
    {
        lock (_logsLock)
        {
            foreach (var partition in partitions.Where(partition => !_leftAlone.ContainsKey(partition)))
            {
                foreach (var offsets in _unopened.Values)
                {
                    if (offsets.Remove(partition))
                    {
                        _stillCheckpointed.Add(partition);
                    }
                }
            }
        }
    }

    /// <summary>Makes room for a new log of the same name: the directory that was left alone is renamed and kept.</summary>
    public void SetAsideLeftAlone(TopicPartition partition)
    {
        lock (_lock)
        {
            lock (_logsLock)
            {
                if (!_leftAlone.Remove(partition))
                {
                    return;
                }

                _stillCheckpointed.Add(partition); // its lines were kept: they must not speak for the next log
            }

            Forget([partition]);

            Guarded(() =>
            {
                var target = Path + "/" + DirectoryNames.Aside(partition, Uuid.Random(_random), DirectoryNames.StraySuffix);
                _disk.Move(PathOf(partition), target);
                _disk.SyncDirectory(Path);
                StorageEvents.NameTaken(_logger, PathOf(partition), target);
            });
        }
    }

    /// <summary>Makes the names of logs durable that were made anew at a start: the next start takes a missing one for lost.</summary>
    public void SyncNames()
    {
        lock (_lock)
        {
            ThrowIfOffline();
            Guarded(() => _disk.SyncDirectory(Path));
        }
    }

    /// <summary>True when a log is to be opened in a partition's directory; if not, it is dealt with.</summary>
    private bool IsClaimed(TopicPartition partition, long nowMs)
    {
        var path = PathOf(partition);
        if (_options.IsMetadataAlone(Path) && partition.Topic != MetadataTopic)
        {
            return false;
        }

        var id = PartitionMetadata.Read(_disk, path);
        var claim = _options.ClaimOf(path, partition, id);
        switch (claim.Use)
        {
            case DirectoryUse.Deleted:
                _deletions.Add((nowMs + LogOptions.Default.FileDeleteDelayMs, MoveAside(partition, DirectoryNames.DeleteSuffix)));
                StorageEvents.TopicWasDeleted(_logger, path);
                return false;
            case DirectoryUse.Stray:
                StorageEvents.StrayKept(_logger, path, claim.Reason, MoveAside(partition, DirectoryNames.StraySuffix));
                return false;
            case DirectoryUse.LeaveAlone:
                _leftAlone.Add(partition, claim.Reason);
                StorageEvents.LeftAlone(_logger, path, claim.Reason);
                return false;
            default:
                if (claim.TopicId != Uuid.Zero && id != claim.TopicId)
                {
                    Adopt(path, claim.TopicId);
                }

                return true;
        }
    }

    /// <summary>Before anything is loaded: what lies in a partition's directory gets another name, and no checkpoint speaks for the next log of the old one.</summary>
    private string MoveAside(TopicPartition partition, string suffix)
    {
        var target = Path + "/" + DirectoryNames.Aside(partition, Uuid.Random(_random), suffix);
        _disk.Move(PathOf(partition), target);
        lock (_logsLock)
        {
            _stillCheckpointed.Add(partition);
        }

        return target;
    }

    /// <summary>Gives a directory of a known partition the topic id that it lacks; a damaged file is kept beside.</summary>
    private void Adopt(string path, Uuid topicId)
    {
        var file = PartitionMetadata.PathIn(path);
        if (_disk.Exists(file))
        {
            StorageEvents.PartitionMetadataDamaged(_logger, file, topicId, KeptAside.Move(_disk, file));
        }

        PartitionMetadata.Write(_disk, path, topicId);
    }

    /// <summary>Lines of a checkpoint that belong to partitions without a log.</summary>
    private IEnumerable<KeyValuePair<TopicPartition, long>> KeptLines(string file)
    {
        lock (_logsLock)
        {
            return _unopened.TryGetValue(file, out var offsets) ? [.. offsets] : [];
        }
    }

    /// <summary>After loading: what the checkpoints said of partitions that have no log now. A log that is made for one of them must not begin with it.</summary>
    private void KeepUnopened(string file, Dictionary<TopicPartition, long> offsets)
    {
        lock (_logsLock)
        {
            // What was moved aside before anything was loaded is nobody's any more.
            var unopened = offsets.Where(line => !_logs.ContainsKey(line.Key) && !_stillCheckpointed.Contains(line.Key)).ToDictionary();
            if (unopened.Count > 0)
            {
                _unopened[file] = unopened;
            }
        }
    }
}
