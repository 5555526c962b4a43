using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Protocol;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Tests.Support;
using Ouzel.Storage.Work;

namespace Ouzel.Storage.Tests.Work;

public sealed class CompletionBurstTests
{
    private static readonly TopicPartition Name = new("burst", 0);

    [Fact]
    public void What_the_waits_of_one_sync_cause_is_done_once_behind_the_last_of_them()
    {
        var work = new LateWork();
        var directory = LogDirectory.Open(new MemoryDisk(), "/data", new StorageOptions { Directories = ["/data"], ClusterId = "c", NodeId = 1 }, new Random(5), work, NullLogger.Instance, Batches.Start);
        var log = directory.Create(Name, Uuid.Zero, LogOptions.Default, Batches.Start);
        var events = new List<string>();
        var later = new Later(() => events.Add("sent"));
        for (var i = 0; i < 3; i++)
        {
            log.AppendAsLeader(Batches.Of("x"), 0, LogAppendOrigin.Client, Batches.Start);
#pragma warning disable CA2012 // Taken apart as an await does it, so that nothing but the test's own code runs in the burst.
            var awaiter = directory.WaitDurable(log, log.LogEndOffset, isBrief: true).GetAwaiter();
#pragma warning restore CA2012
            awaiter.UnsafeOnCompleted(() =>
            {
                events.Add($"{awaiter.GetResult()}");
                later.DeferOnce();
            });
        }

        work.RunHeld();
        Assert.Equal(["True", "True", "True", "sent"], events);
        Assert.False(CompletionBurst.IsOpen);
    }

    [Fact]
    public void A_fault_in_what_was_deferred_costs_no_other()
    {
        var told = new List<string>();
        var done = 0;
        Assert.True(CompletionBurst.TryOpen());
        CompletionBurst.Defer(new Later(() => throw new InvalidTimeZoneException()));
        CompletionBurst.Defer(new Later(() => done++));
        CompletionBurst.Close((what, fault) => told.Add(fault.GetType().Name));
        Assert.Equal((1, nameof(InvalidTimeZoneException)), (done, Assert.Single(told)));
    }

    [Fact]
    public void A_burst_within_a_burst_is_ended_by_the_outer_one_and_one_behind_it_is_its_own()
    {
        var events = new List<string>();
        Assert.True(CompletionBurst.TryOpen());
        Assert.False(CompletionBurst.TryOpen());
        CompletionBurst.Defer(new Later(() =>
        {
            Assert.True(CompletionBurst.TryOpen());
            CompletionBurst.Defer(new Later(() => events.Add("inner")));
            CompletionBurst.Close(Fail);
            events.Add("first");
        }));
        CompletionBurst.Defer(new Later(() => events.Add("second")));
        CompletionBurst.Close(Fail);
        Assert.Equal(["inner", "first", "second"], events);

        static void Fail(string what, Exception fault) => Assert.Fail($"{what}: {fault}");
    }

    private sealed class Later(Action action) : IAfterBurst
    {
        private bool _isDeferred;

        public void DeferOnce()
        {
            if (!_isDeferred)
            {
                _isDeferred = true;
                CompletionBurst.Defer(this);
            }
        }

        public void AfterBurst()
        {
            _isDeferred = false;
            action();
        }
    }
}
