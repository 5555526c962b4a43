using Ouzel.Protocol;
using Ouzel.Storage.Compaction;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Tests.Support;
using Ouzel.Storage.Work;

namespace Ouzel.Storage.Tests;

/// <summary>A log's files against the work on them: each test puts one between two steps of the other.</summary>
public sealed class LogLifetimeTests
{
    private static readonly TopicPartition Name = new("t", 0);
    private static readonly TopicPartition Other = new("u", 0);
    private static readonly LogOptions Options = LogOptions.Default with { SegmentBytes = 400, IndexIntervalBytes = 50, SegmentIndexBytes = 1200, RetentionMs = -1, FileDeleteDelayMs = 0 };
    private readonly FaultyDisk _disk = new(new Random(1));
    private readonly LateWork _late = new(); // syncs run when a test waits for one: nothing was synced before
    private readonly CollectingLogger _told = new();
    private readonly FakeTimeProvider _clock = new();
    private LogDirectory _directory;

    public LogLifetimeTests() => _directory = Open();

    private LogDirectory Open() => LogDirectory.Open(_disk, "/data", new StorageOptions { Directories = ["/data"], ClusterId = "c", NodeId = 1, LogOptionsOf = _ => Options, Clock = _clock },
        new Random(5), _late, _told, Batches.Start);

    private PartitionLog Create(TopicPartition name, LogOptions? options = null, Random? ids = null) => _directory.Create(name, Uuid.Random(ids ?? new Random(1)), options ?? Options, Batches.Start);

    private static void Append(PartitionLog log, int count, string prefix = "v")
    {
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(ErrorCode.None, log.AppendAsLeader(Batches.Of($"{prefix}{i}"), 0, LogAppendOrigin.Client, Batches.Start).Error);
        }

        log.HighWatermark = log.LogEndOffset;
    }

    private static void ThrowBehind(ValueTask<bool> wait) => wait.GetAwaiter().UnsafeOnCompleted(() => throw new InvalidTimeZoneException("a defect"));

    private Task<bool> DurableAsync(PartitionLog log, long offset)
    {
        var wait = _directory.WaitDurable(log, offset).AsTask();
        _late.RunHeld();
        return wait;
    }

    /// <summary>Does something on another thread, and waits for it, inside the first sync of a file whose name ends so.</summary>
    private void InSyncOf(string ending, Action work)
    {
        var isDone = 0;
        _disk.BeforeSync = path =>
        {
            if (path.EndsWith(ending, StringComparison.Ordinal) && Interlocked.Exchange(ref isDone, 1) == 0)
            {
                Task.Run(work).GetAwaiter().GetResult();
            }
        };
    }

    [Fact]
    public async Task A_log_deleted_under_its_sync_answers_who_waits_and_costs_the_directory_nothing()
    {
        var log = Create(Name);
        var other = Create(Other);
        Append(log, 20);
        InSyncOf(".log", () => Assert.True(_directory.Delete(Name, Batches.Start)));
        await DurableAsync(log, log.LogEndOffset);
        Assert.False(await DurableAsync(log, log.LogEndOffset));
        Append(other, 1);
        Assert.True(await DurableAsync(other, 1));
        Assert.False(_directory.IsOffline);
    }

    [Fact]
    public async Task A_log_deleted_before_each_step_of_its_sync_costs_the_directory_nothing()
    {
        for (var step = 1; step <= 12; step++)
        {
            var log = Create(Name);
            Append(log, 20);
            var syncs = 0;
            _disk.BeforeSync = path =>
            {
                if ((path.EndsWith("log", StringComparison.Ordinal) || path.EndsWith("index", StringComparison.Ordinal)) && ++syncs == step)
                {
                    Task.Run(() => _directory.Delete(Name, Batches.Start)).GetAwaiter().GetResult();
                }
            };
            await DurableAsync(log, log.LogEndOffset);
            _disk.BeforeSync = null;
            _directory.Delete(Name, Batches.Start);
            Assert.False(_directory.IsOffline, $"step {step}");
        }
    }

    [Fact]
    public async Task Segments_that_retention_takes_away_under_a_sync_are_stepped_over()
    {
        var log = Create(Name, Options with { RetentionBytes = 500 });
        Append(log, 30);
        var removed = 0;
        InSyncOf(".log", () => removed = _directory.RunRetention(Batches.Start));
        Assert.True(await DurableAsync(log, 30));
        Assert.True(removed > 1);
        Assert.False(_directory.IsOffline);
        Append(log, 1);
        Assert.True(await DurableAsync(log, 31));
    }

    [Fact]
    public async Task A_start_moved_under_a_sync_takes_its_snapshots_along()
    {
        var log = Create(Name);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(ErrorCode.None, log.AppendAsLeader(Batches.Sequenced(1, 0, i), 0, LogAppendOrigin.Client, Batches.Start).Error);
        }

        log.HighWatermark = 20;
        InSyncOf(".snapshot", () => Assert.Equal(ErrorCode.None, log.MaybeIncrementStart(20)));
        Assert.True(await DurableAsync(log, 20));
        Assert.False(_directory.IsOffline);
    }

    [Fact]
    public async Task A_truncation_under_a_sync_leaves_nothing_acknowledged_that_it_took()
    {
        var log = Create(Name);
        Append(log, 20);
        InSyncOf(".log", () => Assert.True(log.TruncateTo(5, Batches.Start)));
        Assert.False(await DurableAsync(log, 20));
        Assert.False(_directory.IsOffline);
        Assert.True(log.RecoveryPoint <= 5);
    }

    [Fact]
    public async Task A_log_made_anew_under_the_same_name_gets_no_file_of_its_predecessor()
    {
        var log = Create(Name);
        Append(log, 3);
        Assert.True(await DurableAsync(log, 3));
        Assert.Equal(ErrorCode.None, log.AppendAsLeader(Batches.Of("x"), 7, LogAppendOrigin.Client, Batches.Start).Error);
        PartitionLog? next = null;
        var thread = new Thread(() =>
        {
            _directory.Delete(Name, Batches.Start);
            next = Create(Name, ids: new Random(2));
        });
        var isBegun = 0;
        _disk.BeforeSync = path =>
        {
            if (!path.EndsWith("leader-epoch-checkpoint.tmp", StringComparison.Ordinal) || Interlocked.Exchange(ref isBegun, 1) != 0)
            {
                return;
            }

            thread.Start();
            while (thread.IsAlive && (thread.ThreadState & ThreadState.WaitSleepJoin) == 0)
            {
                Thread.Yield(); // until it is through, or waits for us
            }
        };
        await DurableAsync(log, 4);
        thread.Join();
        Assert.Equal(1, isBegun);
        Assert.False(_disk.Exists("/data/t-0/leader-epoch-checkpoint"));
        Assert.Equal(0, next!.LogEndOffset);
        Assert.False(_directory.IsOffline);
    }

    [Fact]
    public void A_pass_of_compaction_whose_log_is_deleted_ends_and_the_next_log_gets_its_own()
    {
        var options = Options with { Compact = true, Delete = false, MinCleanableDirtyRatio = 0.01 };
        foreach (var name in (TopicPartition[])[Name, Other])
        {
            var log = Create(name, options);
            Append(log, 30);
            log.HighWatermark = 30;
        }

        InSyncOf(".log.cleaned", () => Assert.True(_directory.Delete(Name, Batches.Start)));
        Assert.Equal(1, _directory.Compact(new CompactionOptions(), Batches.Start, () => false));
        Assert.False(_directory.IsOffline);
    }

    [Fact]
    public void What_a_closing_log_no_longer_syncs_it_does_not_take()
    {
        var log = Create(Name);
        Append(log, 3);
        var answer = ErrorCode.None;
        InSyncOf(".log", () => answer = log.AppendAsLeader(Batches.Of("late"), 0, LogAppendOrigin.Client, Batches.Start).Error);
        _directory.Close();
        Assert.Equal(ErrorCode.KafkaStorageError, answer);
    }

    [Fact]
    public async Task A_log_made_after_one_of_its_name_does_not_inherit_its_checkpoints()
    {
        var log = Create(Name);
        Append(log, 20);
        Assert.Equal(ErrorCode.None, log.MaybeIncrementStart(18));
        Assert.True(await DurableAsync(log, 20));
        _directory.CheckpointOffsets();
        Assert.True(_directory.Delete(Name, Batches.Start));
        log = Create(Name, ids: new Random(2));
        Append(log, 5);
        Assert.True(await DurableAsync(log, 5));
        _disk.DropProcess();
        _directory = Open();
        Assert.True(_directory.TryGet(Name, out log));
        Assert.Equal((0, 5), (log.LogStartOffset, log.LogEndOffset));
    }

    [Fact]
    public async Task A_directory_that_somebody_took_away_can_still_be_deleted()
    {
        var log = Create(Name);
        Append(log, 1);
        Assert.True(await DurableAsync(log, 1));
        _disk.DeleteDirectory("/data/t-0");
        Assert.True(_directory.Delete(Name, Batches.Start));
        Assert.False(_directory.IsOffline);
    }

    [Fact]
    public async Task Who_waits_for_a_log_that_is_gone_is_answered_even_when_its_threads_are_over()
    {
        var log = Create(Name);
        Append(log, 1);
        _directory.Delete(Name, Batches.Start);
        Assert.False(await DurableAsync(log, 1));
        var work = new BlockingThread("disk");
        work.Dispose();
        var ran = false;
        work.StartBeside(() => ran = true);
        Assert.True(ran);
    }

    [Fact]
    public async Task A_fault_in_what_follows_a_sync_costs_no_other_waiter_its_answer()
    {
        var log = Create(Name);
        Append(log, 2);
        Task<bool>? second = null;
        InSyncOf(".log", () =>
        {
            Append(log, 1);
            ThrowBehind(_directory.WaitDurable(log, 3, isBrief: true));
            second = _directory.WaitDurable(log, 3).AsTask();
        });
        Assert.True(await DurableAsync(log, 2));
        Assert.True(await second!);
        Assert.Contains(_told.Lines, l => l.Contains("what follows a sync failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Work_that_throws_costs_its_thread_nothing()
    {
        var failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var work = new BlockingThread("disk");
        work.Failed = failed.SetResult;
        work.Start(() => throw new InvalidTimeZoneException());
        work.Start(done.SetResult);
        Assert.IsType<InvalidTimeZoneException>(await failed.Task);
        await done.Task;
    }

    [Fact]
    public void A_batch_that_no_pass_gets_over_costs_compaction_of_its_partition_alone_and_is_told_once()
    {
        var options = Options with { Compact = true, Delete = false, MinCleanableDirtyRatio = 0.01 };
        var (poisoned, good) = (Create(Name, options), Create(Other, options));
        Assert.Equal(ErrorCode.None, poisoned.AppendAsLeader(OddBatches.OutOfOrder(), 0, LogAppendOrigin.Client, Batches.Start).Error);
        Append(poisoned, 60);
        Append(good, 30);
        Assert.Equal(1, _directory.Compact(new CompactionOptions(), Batches.Start, () => false));
        Assert.Equal(0, _directory.Compact(new CompactionOptions(), Batches.Start, () => false));
        Assert.True(good.CompactedTo > 0);
        Assert.Single(_told.Lines, l => l.Contains("/data/t-0: cannot be compacted", StringComparison.Ordinal));
        Assert.False(_directory.IsOffline);
    }

    [Fact]
    public async Task An_append_that_finds_no_descriptor_leaves_no_trace()
    {
        var log = Create(Name);
        Append(log, 2);
        Assert.True(await DurableAsync(log, 2));
        for (_disk.DescriptorsMax = 0; _disk.OpenFiles.LetGo(100);)
        {
        }

        Assert.Equal(ErrorCode.KafkaStorageError, log.AppendAsLeader(Batches.Of("refused"), 0, LogAppendOrigin.Client, Batches.Start).Error);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.False(_directory.IsSlow);
        _disk.DescriptorsMax = int.MaxValue;
        Assert.Equal(2, log.LogEndOffset);
        Append(log, 1);
        using var slice = log.Read(0, 10_000, FetchIsolation.LogEnd, true).Records!;
        Assert.Equal(["v0", "v1", "v0"], Batches.Decode(slice.ToArray()).SelectMany(b => b.Values));
    }

    [Fact]
    public async Task Names_that_could_not_be_synced_for_want_of_descriptors_are_synced_by_the_next_checkpoint()
    {
        var log = Create(Name, Options with { RetentionBytes = 500 });
        Append(log, 30);
        Assert.True(await DurableAsync(log, 30));
        Assert.True(_directory.RunRetention(Batches.Start) > 0);
        var first = log.LogStartOffset;
        _disk.DirectorySyncFailures = 1;
        _directory.CheckpointOffsets();
        Assert.Equal(0, _disk.DirectorySyncFailures);
        _directory.CheckpointOffsets();
        _disk.PowerLoss();
        _directory = Open();
        Assert.True(_directory.TryGet(Name, out log));
        Assert.Equal(first, log.LogStartOffset);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_recovery_point_that_was_lost_after_a_clean_stop_is_there_again_before_a_kill_can_come(bool isDamaged)
    {
        var log = Create(Name);
        Append(log, 30);
        _directory.Close();
        const string Checkpoint = "/data/recovery-point-offset-checkpoint";
        Change(Checkpoint, bytes => isDamaged ? [.. bytes[..^4]] : null);
        Change("/data/t-0/00000000000000000000.log", bytes =>
        {
            bytes[^3] ^= 1;
            return bytes;
        });
        _directory = Open();
        _disk.DropProcess();
        _directory = Open();
        Assert.False(_directory.WasCleanShutdown);
        Assert.True(_directory.TryGet(Name, out log));
        Assert.Equal(30, log.LogEndOffset);
    }

    [Fact]
    public void A_last_batch_whose_offset_its_segment_cannot_hold_is_found_after_a_clean_stop_and_told()
    {
        Append(Create(Name), 1);
        _directory.Close();
        Change("/data/t-0/00000000000000000000.log", bytes =>
        {
            bytes[2] ^= 4;
            return bytes;
        });
        _directory = Open();
        Assert.True(_directory.TryGet(Name, out var log));
        Assert.Equal(0, log.LogEndOffset);
        Assert.Contains(_told.Lines, l => l.Contains("a batch with the impossible offset 4398046511104", StringComparison.Ordinal));
        Assert.True(_disk.Exists("/data/t-0/00000000000000000000.log.removed"));
    }

    private void Change(string path, Func<byte[], byte[]?> change)
    {
        var changed = change(_disk.ReadAllBytes(path));
        _disk.Delete(path);
        if (changed is null)
        {
            return;
        }

        var file = _disk.OpenFile(path, DiskOpen.OrCreate);
        file.Write(0, changed);
        file.Release();
    }
}
