namespace Ouzel.Testing.Tests;

public sealed class PooledWorkTests
{
    [Fact]
    public void Work_runs_in_its_order_and_the_end_waits_for_it()
    {
        var work = new PooledWork();
        List<int> done = [];
        for (var i = 0; i < 1000; i++)
        {
            var number = i;
            work.Start(() => done.Add(number));
        }

        work.Dispose();

        Assert.Equal(Enumerable.Range(0, 1000), done);
    }

    [Fact]
    public void Work_beside_is_waited_for_and_what_comes_after_the_end_is_run_at_once()
    {
        var work = new PooledWork();
        var done = 0;
        for (var i = 0; i < 100; i++)
        {
            work.StartBeside(() => Interlocked.Increment(ref done));
        }

        work.Dispose();
        var atTheEnd = done;
        work.Start(() => done++);

        Assert.Equal((100, 101), (atTheEnd, done));
    }

    [Fact]
    public void Work_that_fails_is_told_and_the_next_runs()
    {
        List<string> told = [];
        var work = new PooledWork { Failed = fault => told.Add(fault.Message) };
        work.Start(() => throw new InvalidOperationException("a defect"));
        work.Start(() => told.Add("next"));

        work.Dispose();

        Assert.Equal(["a defect", "next"], told);
    }

    [Fact]
    public void Work_may_end_its_own_queue()
    {
        var work = new PooledWork();
        using var ended = new ManualResetEventSlim();

        work.Start(() =>
        {
            work.Dispose();
            ended.Set();
        });

        Assert.True(ended.Wait(TimeSpan.FromSeconds(30)));
    }
}
