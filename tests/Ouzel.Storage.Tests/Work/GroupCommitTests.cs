using System.Collections.Concurrent;
using Ouzel.Protocol;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Tests.Support;
using Ouzel.Storage.Work;

namespace Ouzel.Storage.Tests.Work;

/// <summary>The wait of an append for its sync, in each order of its events: the wait is asked for, it is awaited, the log goes or is cut, the sync ends.</summary>
public sealed class GroupCommitTests
{
    private static readonly TopicPartition Name = new("t", 0);
    private readonly FaultyDisk _disk = new(new Random(1));
    private readonly LateWork _late = new();
    private readonly LogDirectory _directory;
    private readonly PartitionLog _log;

    public GroupCommitTests()
    {
        _directory = Open(_disk, _late);
        _log = Create(_directory, Name, 1);
    }

    private static LogDirectory Open(Disk disk, BlockingWork work) =>
        LogDirectory.Open(disk, "/data", new StorageOptions { Directories = ["/data"], ClusterId = "c", NodeId = 1 }, new Random(5), work, new CollectingLogger(), Batches.Start);

    private static PartitionLog Create(LogDirectory directory, TopicPartition name, int ids) => directory.Create(name, Uuid.Random(new Random(ids)), LogOptions.Default, Batches.Start);

    private static long Append(PartitionLog log)
    {
        var result = log.AppendAsLeader(Batches.Of("v"), 0, LogAppendOrigin.Client, Batches.Start);
        return result.Error == ErrorCode.None ? result.LastOffset + 1 : -1;
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_wait_that_is_awaited_before_its_sync_or_behind_it_gets_the_same(bool isBrief, bool isBehind)
    {
        var wait = _directory.WaitDurable(_log, Append(_log), isBrief);
        Assert.False(wait.IsCompleted);
        if (isBehind)
        {
            _late.RunHeld();
            Assert.True(wait.IsCompleted);
            Assert.True(await wait);
            return;
        }

        var told = AwaitAsync(wait);
        Assert.False(told.IsCompleted);
        _late.RunHeld();
        Assert.True((await told).Result);
    }

    [Fact]
    public async Task What_follows_a_brief_wait_runs_on_the_thread_that_synced_and_what_follows_another_does_not()
    {
        var end = Append(_log);
        var brief = AwaitAsync(_directory.WaitDurable(_log, end, isBrief: true));
        var other = AwaitAsync(_directory.WaitDurable(_log, end));
        var syncing = 0;
        var thread = new Thread(() =>
        {
            syncing = Environment.CurrentManagedThreadId;
            _late.RunHeld();
        });
        thread.Start();
        thread.Join();
        Assert.Equal(syncing, (await brief).Thread);
        Assert.NotEqual(syncing, (await other).Thread);
    }

    [Theory]
    [InlineData("deleted", true)]
    [InlineData("deleted", false)]
    [InlineData("cut", true)]
    [InlineData("cut", false)]
    [InlineData("failed", true)]
    [InlineData("failed", false)]
    public async Task A_wait_whose_log_goes_between_is_told_so_once_whether_it_was_awaited_before_or_not(string what, bool isBefore)
    {
        Append(_log);
#pragma warning disable CA2012 // Awaited once, now or behind what happens.
        var wait = _directory.WaitDurable(_log, Append(_log));
#pragma warning restore CA2012
        var told = isBefore ? AwaitAsync(wait) : null;
        switch (what)
        {
            case "deleted":
                Assert.True(_directory.Delete(Name, Batches.Start));
                break;
            case "cut":
                Assert.True(_log.TruncateTo(1, Batches.Start));
                break;
            default:
                _disk.SyncFailures = 1;
                break;
        }

        _late.RunHeld();
        told ??= AwaitAsync(wait);
        Assert.False((await told).Result);
    }

    [Fact]
    public async Task A_wait_is_used_again_and_its_earlier_token_says_nothing_any_more()
    {
        var first = _directory.WaitDurable(_log, Append(_log));
        var copy = first;
        _late.RunHeld();
        Assert.True(await first);
        var second = _directory.WaitDurable(_log, Append(_log));
        Assert.Throws<InvalidOperationException>(() => copy.IsCompleted);
        Assert.False(second.IsCompleted);
        _late.RunHeld();
        Assert.True(await second);
    }

    [Fact]
    public async Task A_wait_that_comes_under_a_sync_is_answered_by_the_next_one_alone()
    {
        Task<Told>? late = null;
        _disk.BeforeSync = path =>
        {
            if (late is null && path.EndsWith(".log", StringComparison.Ordinal))
            {
                late = AwaitAsync(_directory.WaitDurable(_log, Append(_log)));
            }
        };
        var first = AwaitAsync(_directory.WaitDurable(_log, Append(_log)));
        var syncs = _directory.Syncs.Syncs;
        _late.RunHeld();
        Assert.True((await first).Result);
        Assert.True((await late!).Result);
        Assert.True(_directory.Syncs.Syncs - syncs <= 2);
        Assert.Equal(2, _log.RecoveryPoint);
    }

    [Fact]
    public async Task Waits_of_many_threads_are_each_answered_once_and_truly_while_logs_are_cut_and_made_anew()
    {
        const int Threads = 8;
        const int Rounds = 300;
        using var work = new BlockingThread("disk");
        var faults = new ConcurrentBag<Exception>();
        work.Failed = faults.Add;
        var directory = Open(new MemoryDisk(), work);
        var log = Create(directory, Name, 1);
        var (answered, untrue, made) = (0, 0, 1);
        var gate = new Lock();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(number => Task.Run(async () =>
        {
            var random = new Random(number);
            for (var round = 0; round < Rounds; round++)
            {
                var mine = Volatile.Read(ref log);
                if (number == 0 && round % 20 == 19)
                {
                    lock (gate)
                    {
                        directory.Delete(Name, Batches.Start);
                        Volatile.Write(ref log, Create(directory, Name, ++made));
                    }

                    continue;
                }

                var end = Append(mine);
                if (end < 0)
                {
                    continue;
                }

                var wait = directory.WaitDurable(mine, end, isBrief: random.Next(2) == 0);
                if (random.Next(3) == 0)
                {
                    await Task.Yield();
                }

                var isDurable = await wait;
                Interlocked.Increment(ref answered);
                if (isDurable ? mine.RecoveryPoint < end : !mine.IsGone)
                {
                    Interlocked.Increment(ref untrue);
                }
            }
        }))).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.Empty(faults);
        Assert.Equal(0, untrue);
        Assert.InRange(answered, Rounds, Threads * Rounds);
        Assert.False(directory.IsOffline);
        directory.Close();
    }

    private static async Task<Told> AwaitAsync(ValueTask<bool> wait) => new(await wait, Environment.CurrentManagedThreadId);

    private sealed record Told(bool Result, int Thread);
}
