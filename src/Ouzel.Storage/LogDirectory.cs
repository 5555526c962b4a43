using Microsoft.Extensions.Logging;
using Ouzel.Protocol;
using Ouzel.Storage.Compaction;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Storage;

/// <summary>
/// One directory of log.dirs: its lock and identity, the logs in it, the checkpoints and the clean-stop marker. When its disk fails once, the whole directory
/// is offline until the next start: nothing is retried as if nothing had happened.
/// </summary>
public sealed partial class LogDirectory
{
    /// <summary>The raft log of a node's metadata; Kafka keeps it out of the checkpoints.</summary>
    internal const string MetadataTopic = "__cluster_metadata";

    /// <summary>Closing waits for syncs, not for processors, and file systems put syncs that wait together into one.</summary>
    private const int ClosingThreads = 16;

    private readonly Disk _disk;
    private readonly StorageOptions _options;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly LogContext _context;
    private readonly GroupCommit _commit;
    private readonly FaultGuard _faults;
    private readonly DiskPace _pace;
    private readonly IDisposable _directoryLock;
    private readonly Lock _lock = new();
    private readonly Lock _checkpointLock = new();
    private readonly List<(long AtMs, string Path)> _deletions = [];
    private readonly Lock _logsLock = new(); // held for a look or a change only: whoever holds a log's lock may take it
    private readonly Dictionary<TopicPartition, PartitionLog> _logs = [];
    private readonly HashSet<TopicPartition> _stillCheckpointed = []; // named by the checkpoints, and their logs are gone; under _logsLock
    private PartitionLog[]? _listed;
    private DiskException? _failure;
    private Dictionary<TopicPartition, long> _compactedWritten = [];
    private bool _isLoaded;

    private LogDirectory(Disk disk, string path, StorageOptions options, Random random, BlockingWork work, ILogger logger, IDisposable directoryLock)
    {
        (_disk, Path, _options, _random, _logger, _directoryLock) = (disk, path, options, random, logger, directoryLock);
        Work = work;
        _pace = new DiskPace(work, options.Clock, TellSlow);
        _faults = new FaultGuard(logger, options.Clock ?? TimeProvider.System);
        _commit = new GroupCommit(work, options.Clock, _faults.Tell);
        _context = new LogContext(disk, options, random, logger) { Failed = (_, e) => TakeOffline(e), DirectoryFailure = () => Failure, Rolled = _commit.Schedule, MarksLowered = WriteOffsets, Pace = _pace, Entries = new DirectoryEntries(disk, path) };
    }

    /// <summary>The directory's path.</summary>
    public string Path { get; }

    /// <summary>directory.id of meta.properties.</summary>
    public Uuid DirectoryId { get; private set; }

    /// <summary>True when the run before closed every log.</summary>
    public bool WasCleanShutdown { get; private set; }

    /// <summary>The broker epoch of the run before, -1 when unknown or when it did not end cleanly.</summary>
    public long PreviousBrokerEpoch { get; private set; } = -1;

    /// <summary>True after the disk failed.</summary>
    public bool IsOffline => Volatile.Read(ref _failure) != null;

    /// <summary>The fault that took it offline.</summary>
    public DiskException? Failure => Volatile.Read(ref _failure);

    /// <summary>Raised once, from the thread that met the failure; it may hold a log's lock, so receivers only take note.</summary>
    public event Action<LogDirectory, DiskException>? WentOffline;

    /// <summary>The logs, in no order.</summary>
    public IReadOnlyCollection<PartitionLog> Logs
    {
        get
        {
            lock (_logsLock)
            {
                return _listed ??= [.. _logs.Values];
            }
        }
    }

    /// <summary>The number of logs.</summary>
    public int LogCount
    {
        get
        {
            lock (_logsLock)
            {
                return _logs.Count;
            }
        }
    }

    /// <summary>The counts and times of its logs' syncs.</summary>
    public SyncCounts Syncs => _commit.Counts;

    internal BlockingWork Work { get; }

    /// <summary>The log of a partition, if it is here.</summary>
    public bool TryGet(TopicPartition partition, out PartitionLog log)
    {
        lock (_logsLock)
        {
            return _logs.TryGetValue(partition, out log!);
        }
    }

    /// <summary>
    /// Completes when everything of the log below the offset is on the disk, with one sync for all that wait at the same time. False when that can no longer
    /// happen: the disk failed, or the log was closed or truncated. Await once.
    /// </summary>
    /// <param name="log">One of <see cref="Logs"/>.</param>
    /// <param name="offset">The offset after the last record that must be there.</param>
    /// <param name="isBrief">What comes after the wait is short and waits for nothing: it runs on the thread that synced, without a hop to another one.</param>
    public ValueTask<bool> WaitDurable(PartitionLog log, long offset, bool isBrief = false) => _commit.WaitDurable(log, offset, isBrief);

    /// <summary>
    /// True while the disk makes writers wait: appends then go through <see cref="TryQueue"/>, so that no thread that serves others waits with them.
    /// </summary>
    public bool IsSlow => _pace.IsSlow;

    /// <summary>
    /// Runs an append on the directory's own thread, in the order of the calls. Until all are done <see cref="IsSlow"/> stays true, so that who asks before each
    /// append keeps his order. False when more bytes wait than may: nothing will run.
    /// </summary>
    /// <param name="bytes">Size of what is appended.</param>
    /// <param name="append">Must not throw.</param>
    public bool TryQueue(int bytes, Action append) => _pace.TryQueue(bytes, append);

    /// <summary>The same for bytes that nobody copied: never refused, because their owner waits with everything else until they are written.</summary>
    /// <param name="append">Must not throw.</param>
    public void QueueInPlace(Action append) => _pace.QueueInPlace(append);

    /// <summary>Runs something that may wait for the disk on one of the directory's own threads, beside other work there.</summary>
    /// <param name="work">Must not throw.</param>
    public void StartBeside(Action work) => Work.StartBeside(work);

    /// <summary>The same, for whoever waits for what comes of it.</summary>
    public Task<T> RunBesideAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.StartBeside(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception fault)
            {
                done.SetException(fault);
            }
        });
        return done.Task;
    }

    /// <summary>Makes a new, empty log. Its directory becomes durable with the first commit of the log, not before.</summary>
    public PartitionLog Create(TopicPartition partition, Uuid topicId, LogOptions options, long nowMs)
    {
        lock (_lock)
        {
            ThrowIfOffline();
            if (TryGet(partition, out _))
            {
                throw new InvalidOperationException($"{Path} already holds {partition}");
            }

            Forget([partition]);
            if (IsNamedByCheckpoints(partition))
            {
                WriteOffsets(); // first, else a crash would give the new log the start and recovery point of the deleted one
            }

            try
            {
                var log = LogLoader.Create(_context, PathOf(partition), partition, topicId, options, nowMs);
                Change(logs => logs.Add(partition, log));
                return log;
            }
            catch (DiskException e)
            {
                TakeOffline(e);
                throw;
            }
        }
    }

    /// <summary>Takes a log away: its directory is renamed at once and deleted after file.delete.delay.ms. Returns false when it is not here.</summary>
    public bool Delete(TopicPartition partition, long nowMs) => SetAside([partition], DirectoryNames.DeleteSuffix, nowMs) > 0;

    /// <summary>Takes many logs away, with one sync for all. Returns how many of them were here.</summary>
    public int Delete(IReadOnlyCollection<TopicPartition> partitions, long nowMs) => SetAside(partitions, DirectoryNames.DeleteSuffix, nowMs);

    /// <summary>Takes away a log that the cluster's metadata does not know: its directory is renamed and kept for a human to look at.</summary>
    public bool SetAsideStray(TopicPartition partition, long nowMs) => SetAside([partition], DirectoryNames.StraySuffix, nowMs) > 0;

    /// <summary>
    /// Compacts every log whose topic asks for it and that is due, one after the other. Blocks on the disk, possibly for long.
    /// </summary>
    /// <param name="options">What it may use.</param>
    /// <param name="nowMs">The present time in Unix milliseconds.</param>
    /// <param name="isStopped">Asked often; true ends it soon.</param>
    /// <returns>How many passes over a log were made.</returns>
    public int Compact(CompactionOptions options, long nowMs, Func<bool> isStopped) => new LogCleaner(this, options, _random, _logger, isStopped, nowMs).Run();

    /// <summary>Retention of every log, and deletion of what was taken away long enough ago. Returns how many segments went.</summary>
    public int RunRetention(long nowMs)
    {
        var removed = 0;
        foreach (var log in Logs)
        {
            if (IsOffline)
            {
                return removed;
            }

            try
            {
                removed += log.RunRetention(nowMs);
            }
            catch (DiskException e)
            {
                TakeOffline(e);
            }
            catch (Exception e)
            {
                _faults.Tell($"retention of {log.TopicPartition}", e);
            }
        }

        DeleteDue(nowMs);
        return removed;
    }

    /// <summary>Deletes directories and files whose delay has passed, without looking at retention.</summary>
    public void DeleteDue(long nowMs)
    {
        if (IsOffline)
        {
            return;
        }

        List<string> due;
        lock (_lock)
        {
            due = [.. _deletions.Where(d => d.AtMs <= nowMs).Select(d => d.Path)];
            _deletions.RemoveAll(d => d.AtMs <= nowMs);
        }

        foreach (var path in due)
        {
            Guarded(() => _disk.DeleteDirectory(path));
        }

        foreach (var log in Logs)
        {
            try
            {
                log.DeleteFilesDue(nowMs);
            }
            catch (DiskException e)
            {
                TakeOffline(e);
            }
            catch (Exception e)
            {
                _faults.Tell($"deletion of files of {log.TopicPartition}", e);
            }
        }
    }

    /// <summary>Total and usable bytes of the volume.</summary>
    public DiskSpace Space() => _disk.Space(Path);

    /// <summary>
    /// Flushes and closes every log, writes the checkpoints and, if nothing failed and loading had finished, the clean-stop marker. Releases the lock.
    /// </summary>
    /// <param name="brokerEpoch">This run's broker epoch, -1 without one.</param>
    public void Close(long brokerEpoch = -1)
    {
        try
        {
            if (IsOffline)
            {
                foreach (var log in Logs)
                {
                    log.Abandon();
                }

                return;
            }

            Work.RunAll([.. Logs.Select(log => (Action)(() => CloseLog(log)))], ClosingThreads);
            if (_options.IsMetadataAlone(Path))
            {
                return; // Kafka keeps neither checkpoints nor a marker there: the next start checks the one log
            }

            WriteOffsets();
            WriteHighWatermarks();
            TellSyncs();
            if (_isLoaded && !IsOffline && !Logs.Any(l => l.IsFailed))
            {
                Guarded(() => CleanShutdown.Write(_disk, Path, brokerEpoch));
            }
        }
        catch (DiskException e)
        {
            TakeOffline(e);
        }
        finally
        {
            _directoryLock.Dispose();
        }
    }

    private void TellSlow(TimeSpan waited) => StorageEvents.DiskIsSlow(
        _logger, Path, waited.TotalMilliseconds, DiskPace.QueuedBytesMax >> 20);

    private void TellSyncs()
    {
        if (_disk.IsLasting && Syncs.Syncs is > 0 and var syncs)
        {
            StorageEvents.Synced(
                _logger, Path, syncs, (double)Syncs.Records / syncs, Syncs.Percentile(0.5).TotalMilliseconds, Syncs.Percentile(0.99).TotalMilliseconds);
        }
    }

    private void CloseLog(PartitionLog log)
    {
        try
        {
            log.Close();
        }
        catch (DiskException e)
        {
            log.MarkFailed(); // no clean-stop marker then: the next start checks
            TakeOffline(e);
            log.Abandon();
        }
        catch (Exception e)
        {
            log.FailAlone(e); // no clean-stop marker either
            log.Abandon();
        }
    }

    private bool IsNamedByCheckpoints(TopicPartition partition)
    {
        lock (_logsLock)
        {
            return _stillCheckpointed.Contains(partition);
        }
    }

    /// <summary>The logs, and the deleted ones that a checkpoint written now will no longer name.</summary>
    private (IReadOnlyCollection<PartitionLog> Logs, List<TopicPartition> Deleted) LogsAndDeleted()
    {
        lock (_logsLock)
        {
            return (Logs, [.. _stillCheckpointed]);
        }
    }

    private int SetAside(IReadOnlyCollection<TopicPartition> partitions, string suffix, long nowMs)
    {
        lock (_lock)
        {
            ThrowIfOffline();
            var aside = new List<PartitionLog>();
            Change(logs =>
            {
                foreach (var partition in partitions)
                {
                    if (!logs.Remove(partition, out var log))
                    {
                        continue;
                    }

                    aside.Add(log);
                    _stillCheckpointed.Add(partition); // until the next checkpoint, at most a minute
                }
            });
            if (aside.Count == 0)
            {
                return 0;
            }

            Guarded(() =>
            {
                foreach (var log in aside)
                {
                    var target = Path + "/" + DirectoryNames.Aside(log.TopicPartition, Uuid.Random(_random), suffix);
                    log.Abandon();
                    if (!_disk.Exists(log.DirectoryPath))
                    {
                        StorageEvents.DirectoryGone(_logger, log.DirectoryPath);
                        continue;
                    }

                    _disk.Move(log.DirectoryPath, target);
                    if (suffix == DirectoryNames.DeleteSuffix)
                    {
                        _deletions.Add((nowMs + log.Options.FileDeleteDelayMs, target));
                    }
                }

                _disk.SyncDirectory(Path);
            });
            return aside.Count;
        }
    }

    private void Change(Action<Dictionary<TopicPartition, PartitionLog>> change)
    {
        lock (_logsLock)
        {
            change(_logs);
            _listed = null;
        }
    }

    private void Write(string file, IEnumerable<PartitionLog> logs, Func<PartitionLog, long> offset) =>
        OffsetCheckpoint.Write(_disk, Path + "/" + file, [.. logs.Select(l => KeyValuePair.Create(l.TopicPartition, offset(l))), .. KeptLines(file)]);

    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (DiskException e)
        {
            TakeOffline(e);
            throw;
        }
    }

    /// <summary>Checkpoints only shorten the next start: the next one does.</summary>
    private void UnlessOutOfDescriptors(Action checkpoint)
    {
        try
        {
            checkpoint();
        }
        catch (DiskException e) when (e.IsOutOfDescriptors)
        {
            StorageEvents.CheckpointLeftOut(_logger, Path, e.Message);
        }
    }

    private void TakeOffline(DiskException e)
    {
        if (e.IsOutOfDescriptors)
        {
            StorageEvents.OutOfDescriptors(_logger, Path, e.Message);
            return;
        }

        if (Interlocked.CompareExchange(ref _failure, e, null) != null)
        {
            return;
        }

        StorageEvents.DirectoryOffline(_logger, e, Path, e.Message);
        foreach (var log in Logs)
        {
            log.MarkFailed();
        }

        WentOffline?.Invoke(this, e);
    }

    private void ThrowIfOffline()
    {
        if (Failure is { } failure)
        {
            throw new DiskException("use", Path, failure.Errno, "the log directory is offline: " + failure.Message, failure);
        }
    }

    private string PathOf(TopicPartition partition) => Path + "/" + partition;
}
