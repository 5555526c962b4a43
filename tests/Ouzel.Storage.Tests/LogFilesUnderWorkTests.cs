using Ouzel.Protocol;
using Ouzel.Storage.Compaction;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Tests.Support;

namespace Ouzel.Storage.Tests;

/// <summary>
/// The rules of a log's files that lie between two instructions (docs/internals/stress.md): each test takes the step that a rule is there for while another thread is
/// held at a named operation on a named file, and fails when the rule is taken out.
/// </summary>
public sealed class LogFilesUnderWorkTests
{
    private static readonly TopicPartition Name = new("t", 0);
    private static readonly TopicPartition Other = new("u", 0);
    private static readonly LogOptions Options = LogOptions.Default with { SegmentBytes = 400, IndexIntervalBytes = 50, SegmentIndexBytes = 1200, RetentionMs = -1, FileDeleteDelayMs = 0 };
    private static readonly LogOptions Compacted = Options with { Compact = true, Delete = false, MinCleanableDirtyRatio = 0.01 };
    private readonly FaultyDisk _memory = new(new Random(1));
    private readonly WatchedDisk _disk;
    private readonly LateWork _late = new();
    private readonly CollectingLogger _told = new();
    private readonly FakeTimeProvider _clock = new();
    private LogDirectory _directory;

    public LogFilesUnderWorkTests()
    {
        _disk = new WatchedDisk(_memory);
        _directory = Open();
    }

    private LogDirectory Open() => LogDirectory.Open(_disk, "/data", new StorageOptions { Directories = ["/data"], ClusterId = "c", NodeId = 1, LogOptionsOf = _ => Options, Clock = _clock },
        new Random(5), _late, _told, Batches.Start);

    private PartitionLog Create(TopicPartition name, LogOptions? options = null, int ids = 1) => _directory.Create(name, Uuid.Random(new Random(ids)), options ?? Options, Batches.Start);

    private static void Append(PartitionLog log, int count, int epoch = 0)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(ErrorCode.None, log.AppendAsLeader(Batches.Of($"v{i}"), epoch, LogAppendOrigin.Client, Batches.Start).Error);
        }

        log.HighWatermark = log.LogEndOffset;
    }

    private Task<bool> DurableAsync(PartitionLog log, long offset)
    {
        var wait = _directory.WaitDurable(log, offset).AsTask();
        _late.RunHeld();
        return wait;
    }

    private void LetGoOfIdleFiles()
    {
        while (_disk.OpenFiles.LetGo(100))
        {
        }
    }

    private static void Elsewhere(Action work)
    {
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                work();
            }
            catch (Exception e)
            {
                fault = e;
            }
        });
        thread.Start();
        thread.Join();
        Assert.Null(fault);
    }

    /// <summary>Goes on once the other is through, or waits for us: then it waits for something that we hold.</summary>
    private static Thread Beside(Action work)
    {
        var thread = new Thread(() => work());
        thread.Start();
        while (thread.IsAlive && (thread.ThreadState & ThreadState.WaitSleepJoin) == 0)
        {
            Thread.Yield();
        }

        return thread;
    }

    private void AssertWell()
    {
        Assert.True(_disk.IsThrough, "the step was never taken");
        Assert.Empty(_disk.Misused);
        Assert.False(_directory.IsOffline);
        Assert.DoesNotContain(_told.Lines, l => l.Contains("offline", StringComparison.Ordinal) || l.Contains("failed", StringComparison.Ordinal));
    }

    private Dictionary<string, string> FilesOf(TopicPartition name) =>
        _memory.ListFiles($"/data/{name}").ToDictionary(f => f.Name, f => Convert.ToHexString(_memory.ReadAllBytes($"/data/{name}/{f.Name}")));

    [Fact]
    public void A_read_or_lookup_that_meets_a_bad_disk_after_its_log_was_deleted_costs_the_directory_nothing()
    {
        var reads = new (string What, Action<PartitionLog> Read)[]
        {
            ("read", log => Assert.Equal(ErrorCode.KafkaStorageError, log.Read(5, 1000, FetchIsolation.LogEnd, true).Error)),
            ("lookup", log => Assert.Throws<DiskException>(() => log.OffsetForTimestamp(0, FetchIsolation.LogEnd))),
        };
        foreach (var (what, read) in reads)
        {
            var log = Create(Name);
            Append(log, 30);
            _disk.Before(DiskStep.Read, ".log", () =>
            {
                Elsewhere(() => Assert.True(_directory.Delete(Name, Batches.Start)));
                throw new DiskException("read", "a sector", DiskException.InputOutputError, what);
            });
            read(log);
            AssertWell();
            Assert.False(log.IsFailed);
        }
    }

    [Fact]
    public async Task What_a_sync_writes_by_name_it_does_not_write_into_the_directory_of_a_log_that_was_made_anew_meanwhile()
    {
        var log = Create(Name);
        Append(log, 3, epoch: 7);
        PartitionLog? next = null;
        Thread? other = null;

        // The sync has seen that the log is there, and is about to write its epochs.
        _disk.Before(DiskStep.Open, "leader-epoch-checkpoint.tmp", () => other = Beside(() =>
        {
            _directory.Delete(Name, Batches.Start);
            next = Create(Name, ids: 2);
        }));
        await DurableAsync(log, 3);
        other!.Join();
        Assert.False(_memory.Exists("/data/t-0/leader-epoch-checkpoint"));
        Assert.Empty(next!.LeaderEpochs);
        AssertWell();
    }

    [Fact]
    public async Task A_sync_whose_log_went_under_it_writes_nothing_by_name_any_more()
    {
        var log = Create(Name);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(ErrorCode.None, log.AppendAsLeader(Batches.Sequenced(1, 0, i), 7, LogAppendOrigin.Client, Batches.Start).Error);
        }

        Dictionary<string, string>? made = null;
        _disk.Before(DiskStep.Sync, ".log", () => Elsewhere(() =>
        {
            _directory.Delete(Name, Batches.Start);
            Create(Name, ids: 2);
            made = FilesOf(Name);
        }));
        Assert.False(await DurableAsync(log, 20));
        Assert.Equal(made, FilesOf(Name));
        AssertWell();
    }

    [Fact]
    public void A_pass_of_compaction_whose_log_went_under_it_makes_no_copy_in_the_next_ones_directory()
    {
        var log = Create(Name, Compacted);
        Append(log, 30);
        Dictionary<string, string>? made = null;
        _disk.Before(DiskStep.Write, ".log.cleaned", () => Elsewhere(() =>
        {
            _directory.Delete(Name, Batches.Start);
            Create(Name, Compacted, ids: 2);
            made = FilesOf(Name);
        }));
        Assert.Equal(0, _directory.Compact(new CompactionOptions(), Batches.Start, () => false));
        Assert.Equal(made, FilesOf(Name));
        AssertWell();
    }

    public static TheoryData<string> Calls() => ["retention", "start", "roll", "truncate", "start over", "files", "close", "flush", "names", "append", "copy"];

    [Theory]
    [MemberData(nameof(Calls))]
    public void Whoever_still_has_a_log_that_was_deleted_touches_no_file_of_the_next_one(string call)
    {
        var old = Create(Name, Options with { RetentionBytes = 500, FileDeleteDelayMs = 60_000 });
        Append(old, 30, epoch: 3);
        old.RunRetention(Batches.Start); // files wait for their deletion, names for their sync
        Append(old, 30, epoch: 4);
        Assert.True(_directory.Delete(Name, Batches.Start));
        var next = Create(Name, Options, ids: 2);
        Append(next, 60, epoch: 9);
        var before = FilesOf(Name);
        var work = new Dictionary<string, Action>
        {
            ["retention"] = () => Assert.Equal(0, old.RunRetention(Batches.Start + 1_000_000)),
            ["start"] = () => Assert.Equal(ErrorCode.KafkaStorageError, old.MaybeIncrementStart(45)),
            ["roll"] = () => Assert.Throws<DiskException>(() => old.RollSegment(Batches.Start)),
            ["truncate"] = () => Assert.Throws<DiskException>(() => old.TruncateTo(40, Batches.Start)),
            ["start over"] = () => Assert.Throws<DiskException>(() => old.TruncateFullyAndStartAt(100, Batches.Start)),
            ["files"] = () => old.DeleteFilesDue(Batches.Start + 1_000_000),
            ["close"] = old.Close,
            ["flush"] = old.Flush,
            ["names"] = old.SyncNames,
            ["append"] = () => Assert.Equal(ErrorCode.KafkaStorageError, old.AppendAsLeader(Batches.Of("late"), 4, LogAppendOrigin.Client, Batches.Start).Error),
            ["copy"] = () => Assert.Throws<OperationCanceledException>(() => old.CreateCleaned(0, old.Segments[0], Batches.Start)),
        };
        work[call]();
        Assert.Equal(before, FilesOf(Name));
        AssertWell();
    }

    [Fact]
    public void Files_of_a_removed_segment_that_were_due_are_not_deleted_by_the_log_that_is_gone()
    {
        var old = Create(Name, Options with { RetentionBytes = 500, FileDeleteDelayMs = 60_000 });
        Append(old, 30);
        Assert.True(old.RunRetention(Batches.Start) > 0);
        var due = Assert.Single(_memory.ListFiles("/data/t-0").Select(f => f.Name), name => name.EndsWith("00.log.deleted", StringComparison.Ordinal));
        Assert.True(_directory.Delete(Name, Batches.Start));
        Create(Name, Options, ids: 2);
        _memory.OpenFile($"/data/t-0/{due}", DiskOpen.OrCreate).Release();
        old.DeleteFilesDue(Batches.Start + 1_000_000);
        Assert.True(_memory.Exists($"/data/t-0/{due}"));
    }

    [Fact]
    public void A_segment_that_goes_while_a_reader_opens_its_file_is_renamed_behind_that()
    {
        var log = Create(Name, Options with { RetentionBytes = 500 });
        Append(log, 30);
        log.Flush();
        LetGoOfIdleFiles();
        Thread? retention = null;
        _disk.Before(DiskStep.Open, "00000000000000000000.log", () => retention = Beside(() => log.RunRetention(Batches.Start)));
        var result = log.Read(0, 1000, FetchIsolation.LogEnd, true);
        retention!.Join();
        Assert.Contains(result.Error, (ErrorCode[])[ErrorCode.None, ErrorCode.OffsetOutOfRange]); // what was opened in time is read, else the reader sees the new start
        result.Records?.Dispose();
        Assert.True(log.LogStartOffset > 0);
        Assert.False(log.IsFailed);
        AssertWell();
    }

    [Fact]
    public void A_reader_whose_segment_went_looks_again()
    {
        var log = Create(Name, Options with { RetentionBytes = 500 });
        Append(log, 30);
        _disk.Before(DiskStep.Read, "00000000000000000000.log", () => Elsewhere(() => Assert.True(log.RunRetention(Batches.Start) > 0)));
        Assert.Equal(ErrorCode.OffsetOutOfRange, log.Read(0, 1000, FetchIsolation.LogEnd, true).Error);
        AssertWell();
    }

    [Fact]
    public async Task A_file_that_is_synced_or_read_stays_open_until_that_is_done()
    {
        var log = Create(Name);
        Append(log, 30);
        _disk.Before(DiskStep.Sync, ".log", () => Elsewhere(() => Assert.True(_directory.Delete(Name, Batches.Start))));
        Assert.False(await DurableAsync(log, 30));
        AssertWell();

        log = Create(Name, ids: 2);
        Append(log, 30);
        _disk.Before(DiskStep.Read, ".log", () => Elsewhere(() => Assert.True(_directory.Delete(Name, Batches.Start))));
        Assert.Equal(ErrorCode.KafkaStorageError, log.Read(3, 1000, FetchIsolation.LogEnd, true).Error);
        AssertWell();

        log = Create(Name, Compacted, ids: 3);
        Append(log, 30);
        log.Flush();
        _disk.Before(DiskStep.Read, ".log", () => Elsewhere(() => Assert.True(_directory.Delete(Name, Batches.Start))));
        Assert.Equal(0, _directory.Compact(new CompactionOptions(), Batches.Start, () => false));
        AssertWell();
        Assert.DoesNotContain(_told.Lines, l => l.Contains("cannot be compacted", StringComparison.Ordinal));
    }

    [Fact]
    public void A_copy_is_read_while_its_names_change()
    {
        foreach (var ending in (string[])[".log.swap", ".index.swap", ".timeindex.swap"])
        {
            var log = Create(Name, Compacted);
            Append(log, 60);
            LogReadResult found = default;
            _disk.Behind(DiskStep.Move, ending, () =>
            {
                LetGoOfIdleFiles();
                Elsewhere(() => found = log.Read(0, 100_000, FetchIsolation.LogEnd, true));
            });
            Assert.Equal(1, _directory.Compact(new CompactionOptions(), Batches.Start, () => false));
            Assert.Equal(ErrorCode.None, found.Error);
            Assert.NotNull(found.Records);
            found.Records.Dispose();
            AssertWell();
            Assert.True(_directory.Delete(Name, Batches.Start));
        }
    }

    [Fact]
    public void A_file_counts_as_written_behind_its_write()
    {
        var file = new FileOnDemand(_disk, "/data/f", DiskOpen.OrCreate);
        _disk.Before(DiskStep.Write, "/f", () => Elsewhere(file.Sync));
        file.Write(0, [1, 2, 3]);
        Assert.False(file.TryLetGo(syncFirst: false), "its bytes are not synced, and its descriptor would be gone");
        var syncs = _memory.Syncs;
        file.SyncIfChanged();
        Assert.Equal(syncs + 1, _memory.Syncs);
        Assert.True(file.TryLetGo(syncFirst: false));
        file.Close();
    }

    [Fact]
    public void A_log_is_synced_and_its_recovery_point_written_before_its_first_copy_gets_a_place()
    {
        var log = Create(Name, Compacted);
        Append(log, 60);
        var (point, written) = (0L, "");
        _disk.Before(DiskStep.Move, ".log.cleaned", () => (point, written) = (log.RecoveryPoint, System.Text.Encoding.UTF8.GetString(_memory.ReadAllBytes("/data/recovery-point-offset-checkpoint"))));
        Assert.Equal(1, _directory.Compact(new CompactionOptions(), Batches.Start, () => false));
        Assert.Equal(60, point);
        Assert.Contains("t 0 60", written);
        AssertWell();
    }

    [Fact]
    public async Task Who_waits_for_a_log_that_is_gone_is_told_without_a_sync()
    {
        var log = Create(Name);
        Append(log, 3);
        Assert.True(_directory.Delete(Name, Batches.Start));
        var wait = _directory.WaitDurable(log, 3).AsTask();
        Assert.True(wait.IsCompleted);
        Assert.False(await wait);
    }

    [Fact]
    public async Task A_fault_of_a_sync_that_is_none_of_the_disk_costs_its_log_alone()
    {
        var (log, other) = (Create(Name), Create(Other));
        Append(log, 3);
        Append(other, 3);
        _disk.Before(DiskStep.Sync, "t-0/00000000000000000000.log", () => throw new InvalidTimeZoneException("a defect"));
        Assert.False(await DurableAsync(log, 3));
        Assert.True(log.IsFailed);
        Assert.True(await DurableAsync(other, 3));
        Assert.False(_directory.IsOffline);
    }

    [Fact]
    public async Task A_checkpoint_under_which_a_log_is_deleted_speaks_for_no_log_of_its_name()
    {
        var log = Create(Name);
        Append(log, 20);
        Assert.Equal(ErrorCode.None, log.MaybeIncrementStart(18));
        Assert.True(await DurableAsync(log, 20));
        _disk.Before(DiskStep.Open, "recovery-point-offset-checkpoint.tmp", () => Elsewhere(() => Assert.True(_directory.Delete(Name, Batches.Start))));
        _directory.CheckpointOffsets();
        log = Create(Name, ids: 2);
        Append(log, 5);
        Assert.True(await DurableAsync(log, 5));
        _memory.DropProcess();
        _directory = Open();
        Assert.True(_directory.TryGet(Name, out log));
        Assert.Equal((0, 5), (log.LogStartOffset, log.LogEndOffset));
        AssertWell();
    }
}
