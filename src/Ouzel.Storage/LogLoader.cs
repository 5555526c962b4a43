using Ouzel.Protocol;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>
/// Opens the directory of one partition, in the order that docs/internals/storage.md explains: leftovers, segments, recovery when the stop was unclean,
/// epochs, producers. After a clean stop no segment is read but the end of the last one.
/// </summary>
internal sealed class LogLoader(LogContext context, string directory, TopicPartition partition, LogOptions options, LogCheckpoint checkpoint, long nowMs, LeaderEpochs epochs)
{
    private readonly Disk _disk = context.Disk;
    private readonly LeaderEpochs _epochs = epochs;
    private List<Segment> _segments = [];
    private ProducerSnapshots _snapshots = new(context.Disk, directory, []);
    private ProducerState? _recovered;
    private long _recoveredTo = -1; // the segment that was read last as a whole
    private bool _isTruncated;
    private bool? _tellsChecks;
    private bool? _tellsRepairs;

    /// <summary>Creates the directory of a partition that is new.</summary>
    public static PartitionLog Create(LogContext context, string directory, TopicPartition partition, Uuid topicId, LogOptions options, long nowMs)
    {
        var isFresh = !context.Disk.Exists(directory);
        context.Disk.CreateDirectory(directory);
        var number = context.Entries?.Made() ?? 0;
        if (topicId != Uuid.Zero)
        {
            PartitionMetadata.Write(context.Disk, directory, topicId);
        }

        var checkpoint = new LogCheckpoint(true, 0, 0, 0);
        return isFresh
            ? new PartitionLog(context, new LogLoader(context, directory, partition, options, checkpoint, nowMs, LeaderEpochs.None(context.Disk, directory)).Make(topicId, number))
            : new PartitionLog(context, new LogLoader(context, directory, partition, options, checkpoint, nowMs, Epochs(context, directory)).Load(number));
    }

    public static PartitionLog Open(LogContext context, string directory, TopicPartition partition, LogOptions options, LogCheckpoint checkpoint, long nowMs) =>
        new(context, new LogLoader(context, directory, partition, options, checkpoint, nowMs, Epochs(context, directory)).Load(0));

    /// <summary>Makes a log whose files cannot be used from what is known of it: the checkpoints' entries.</summary>
    public static LoadedLog Unreadable(LogContext context, string directory, TopicPartition partition, LogOptions options, LogCheckpoint checkpoint)
    {
        var id = Uuid.Zero;
        try
        {
            id = PartitionMetadata.Read(context.Disk, directory);
        }
        catch (DiskException e)
        {
            StorageEvents.TopicIdUnreadable(context.Logger, directory, e.Message);
        }

        return new LoadedLog
        {
            TopicPartition = partition,
            TopicId = id,
            Directory = directory,
            Options = options,
            Producers = new ProducerState(context.Options.ProducerIdExpirationMs),
            Snapshots = new ProducerSnapshots(context.Disk, directory, []),
            Epochs = LeaderEpochs.None(context.Disk, directory),
            Segments = [Segment.Nothing(context.Disk, directory)],
            LogStartOffset = checkpoint.LogStartOffset,
            LogEndOffset = Math.Max(checkpoint.LogStartOffset, Math.Max(checkpoint.RecoveryPoint, checkpoint.HighWatermark)),
            RecoveryPoint = checkpoint.RecoveryPoint,
            HighWatermark = checkpoint.HighWatermark,
        };
    }

    private static LeaderEpochs Epochs(LogContext context, string directory) => LeaderEpochs.Open(context.Disk, directory, path => StorageEvents.EpochsDamaged(context.Logger, path));

    /// <summary>Draws the time by which a new segment lives less than segment.ms.</summary>
    public static long Jitter(Random random, LogOptions options) =>
        options.SegmentJitterMs == 0 ? 0 : random.NextInt64(Math.Min(options.SegmentJitterMs, options.SegmentMs));

    /// <summary>A new directory has nothing to be read.</summary>
    private LoadedLog Make(Uuid topicId, long number)
    {
        var segment = Segment.Create(_disk, directory, 0, options, nowMs, Jitter(context.Random, options));
        segment.LetGo();
        var producers = new ProducerState(context.Options.ProducerIdExpirationMs);
        producers.Reset(0, [], nowMs);
        return new LoadedLog
        {
            TopicPartition = partition,
            TopicId = topicId,
            Directory = directory,
            Options = options,
            Producers = producers,
            Snapshots = _snapshots,
            Epochs = _epochs,
            Segments = [segment],
            LogStartOffset = 0,
            LogEndOffset = 0,
            RecoveryPoint = 0,
            HighWatermark = 0,
            DirectoryNumber = number,
        };
    }

    private LoadedLog Load(long number)
    {
        var files = new Leftovers(_disk, directory, context.Logger).Remove();
        _snapshots = new ProducerSnapshots(_disk, directory, Offsets(files, LogFiles.Snapshot));
        OpenSegments(files);
        if (checkpoint.WasClean)
        {
            CheckEnd();
        }
        else
        {
            RecoverUnflushed();
        }

        if (_segments.Count > 0 && EndOffset() < checkpoint.LogStartOffset)
        {
            DropAll();
        }

        if (_segments.Count == 0)
        {
            _segments.Add(Segment.Create(_disk, directory, checkpoint.LogStartOffset, options, nowMs, Jitter(context.Random, options)));
        }

        var end = EndOffset();
        var start = Math.Max(checkpoint.LogStartOffset, _segments[0].BaseOffset);
        _epochs.TruncateFromEnd(end);
        _epochs.TruncateFromStart(start);
        var producers = LoadProducers(start, end);
        _segments.ForEach(s => s.LetGo());
        return new LoadedLog
        {
            TopicPartition = partition,
            TopicId = files.ContainsKey(PartitionMetadata.FileName) ? PartitionMetadata.Read(_disk, directory) : Uuid.Zero,
            Directory = directory,
            Options = options,
            Producers = producers,
            Snapshots = _snapshots,
            Epochs = _epochs,
            Segments = _segments,
            LogStartOffset = start,
            LogEndOffset = end,
            RecoveryPoint = checkpoint.WasClean && !_isTruncated ? end : Math.Min(checkpoint.RecoveryPoint, end),
            HighWatermark = Math.Clamp(checkpoint.HighWatermark, start, end),
            DirectoryNumber = number,
        };
    }

    private long EndOffset() => _segments[^1].FindEndOffset();

    private void OpenSegments(Dictionary<string, DiskEntry> files)
    {
        foreach (var baseOffset in Offsets(files, LogFiles.Log).Order())
        {
            var segment = Segment.Open(_disk, directory, baseOffset, files, nowMs, Jitter(context.Random, options), options, TellRepaired);
            segment.IsDirty = !checkpoint.WasClean;
            if (segment.Size == 0 && checkpoint.WasClean)
            {
                segment.ResetIndexes(); // an empty log is closed without a sync, so a power loss after it may have left the indexes at their full length
            }

            _segments.Add(segment);
        }

        foreach (var segment in _segments.ToList())
        {
            if (HasSoundIndexes(segment, files))
            {
                continue;
            }

            if (_tellsRepairs ??= context.RepairsTold.Next())
            {
                StorageEvents.IndexesMissing(context.Logger, directory, segment.BaseOffset);
            }

            if (Recover(segment))
            {
                break;
            }
        }
    }

    /// <summary>Checks what a directory listing shows: both indexes are there and hold whole entries; and the entries of transaction indexes, which few segments have.</summary>
    private static bool HasSoundIndexes(Segment segment, Dictionary<string, DiskEntry> files) =>
        files.TryGetValue(LogFiles.Name(segment.BaseOffset, LogFiles.OffsetIndex), out var index) && index.Length % OffsetIndex.EntryBytes == 0
        && files.TryGetValue(LogFiles.Name(segment.BaseOffset, LogFiles.TimeIndex), out var timeIndex) && timeIndex.Length % TimeIndex.EntryBytes == 0
        && segment.Transactions.IsSound();

    /// <summary>
    /// A clean stop synced everything, but what happened to the files since nobody knows: appends behind a torn batch would be lost with it. The end of the log is
    /// read, and the last segment as a whole when something is wrong there.
    /// </summary>
    private void CheckEnd()
    {
        if (_segments.Count == 0 || _segments[^1] is var last && (_recoveredTo == last.BaseOffset || last.FindFlaw() is not { } flaw))
        {
            return;
        }

        StorageEvents.ChangedSinceStop(context.Logger, directory, flaw, last.BaseOffset);
        Recover(last);
    }

    private void RecoverUnflushed()
    {
        var from = Math.Max(0, PartitionLog.IndexOf([.. _segments], checkpoint.RecoveryPoint));
        long? end = null;
        foreach (var segment in _segments.Skip(from).ToList())
        {
            if (_tellsChecks ??= context.ChecksTold.Next())
            {
                StorageEvents.SegmentChecked(context.Logger, directory, segment.BaseOffset, checkpoint.RecoveryPoint);
            }

            if (end < segment.BaseOffset && !options.Compact)
            {
                // Compaction leaves gaps, and the topic may have been compacted once whatever its settings say today. After a loss of power the end of a segment may
                // be missing while the next one is there: nothing above that was acknowledged with acks=all, and nobody is helped by throwing it away.
                StorageEvents.NoRecordsBetween(context.Logger, directory, end.Value, segment.BaseOffset);
            }

            if (Recover(segment))
            {
                break;
            }

            end = _recovered!.EndOffset;
        }
    }

    /// <summary>True when the segment had to be cut: the segments after it are gone then.</summary>
    private bool Recover(Segment segment)
    {
        var producers = new ProducerState(context.Options.ProducerIdExpirationMs);
        var start = Math.Max(checkpoint.LogStartOffset, _segments[0].BaseOffset);
        new ProducerReplay(_segments, producers, _snapshots) { Unreadable = TellUnreadable }.Rebuild(Math.Min(start, segment.BaseOffset), segment.BaseOffset, nowMs);
        var recovery = new SegmentRecovery(_disk, segment, options, producers, _epochs);
        recovery.Run();
        if (producers.EndOffset > start)
        {
            _snapshots.Take(producers);
        }

        (_recovered, _recoveredTo) = (producers, segment.BaseOffset);
        if (recovery.RemovedBytes == 0)
        {
            return false;
        }

        CutFrom(segment.BaseOffset + 1, recovery.Reason + " in", producers.EndOffset, recovery.RemovedBytes);
        return true;
    }

    /// <summary>Takes the segments from the offset on away, newest first so that a crash leaves no hole, and says what happened.</summary>
    private void CutFrom(long baseOffset, string reason, long endOffset, long removedBytes)
    {
        _isTruncated = true;
        var later = _segments.Where(s => s.BaseOffset >= baseOffset).Reverse().ToList();
        foreach (var gone in later)
        {
            gone.Close();
            KeepAside(gone);
            _snapshots.Remove(gone.BaseOffset);
        }

        _segments = [.. _segments.Where(s => s.BaseOffset < baseOffset)];
        if (later.Count > 0)
        {
            _disk.SyncDirectory(directory);
        }

        StorageEvents.LogCut(
            context.Logger, directory, reason, removedBytes > 0 ? baseOffset - 1 : baseOffset, endOffset, removedBytes, later.Count, "*" + LogFiles.Removed);
    }

    private void KeepAside(Segment segment)
    {
        segment.Close();
        foreach (var path in segment.RenameToDeleted().Where(p => p.EndsWith(LogFiles.Log + LogFiles.Deleted, StringComparison.Ordinal)))
        {
            _disk.Move(path, KeptAside.NameFor(_disk, path[..^LogFiles.Deleted.Length]));
        }
    }

    private void DropAll()
    {
        StorageEvents.EndsBeforeStart(context.Logger, directory, EndOffset(), checkpoint.LogStartOffset, "*" + LogFiles.Removed);
        foreach (var segment in _segments)
        {
            if (segment.Size > 0)
            {
                KeepAside(segment);
                continue;
            }

            segment.Close();
            segment.RenameToDeleted();
        }

        _segments.Clear();
        _epochs.Clear();
        _snapshots.RemoveAll();
    }

    private ProducerState LoadProducers(long start, long end)
    {
        var bases = _segments.Select(s => s.BaseOffset).ToHashSet();
        foreach (var stray in _snapshots.Offsets.Where(o => !bases.Contains(o) && o != _snapshots.Latest).ToList())
        {
            _snapshots.Remove(stray);
        }

        if (_recovered?.EndOffset == end && _segments[^1].BaseOffset < end)
        {
            // Better than the snapshot just written: it still knows each producer's last five batches, so that their retries are recognised.
            _recovered.RemoveExpired(nowMs, context.Options.ProducerIdExpirationMs);
            return _recovered;
        }

        var producers = new ProducerState(context.Options.ProducerIdExpirationMs);
        var replay = new ProducerReplay(_segments, producers, _snapshots) { Unreadable = TellUnreadable };
        if (checkpoint.WasClean && _snapshots.Latest == null)
        {
            replay.StartEmpty(start, end, nowMs);
        }
        else
        {
            replay.Rebuild(start, end, nowMs);
        }

        return producers;
    }

    private void TellRepaired(string path) => StorageEvents.IndexesRebuilt(context.Logger, path);

    private void TellUnreadable(string path) => StorageEvents.SnapshotUnreadable(context.Logger, path);

    private static IEnumerable<long> Offsets(Dictionary<string, DiskEntry> files, string suffix)
    {
        foreach (var name in files.Keys)
        {
            if (LogFiles.TryOffset(name, suffix, out var offset))
            {
                yield return offset;
            }
        }
    }
}
