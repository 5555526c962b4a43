using System.Collections.Concurrent;
using Ouzel.Broker.Memory;

namespace Ouzel.Broker.Tests.Memory;

public sealed class LargeTurnsTests
{
    [Fact]
    public async Task Only_so_much_runs_at_a_time_and_in_the_order_of_asking()
    {
        var turns = new LargeTurns(1);
        var begun = new ConcurrentQueue<int>();
        using var gate = new SemaphoreSlim(0);
        var running = 0;
        List<Task<int>> all = [.. Enumerable.Range(0, 20).Select(i => turns.RunAsync(() => Run(i)))];
        Assert.All(all, one => Assert.False(one.IsCompleted));
        gate.Release(20);
        Assert.Equal(Enumerable.Range(0, 20), await Task.WhenAll(all).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Equal(Enumerable.Range(0, 20), begun);

        int Run(int number)
        {
            Assert.Equal(1, Interlocked.Increment(ref running));
            begun.Enqueue(number);
            gate.Wait();
            Interlocked.Decrement(ref running);
            return number;
        }
    }

    [Fact]
    public async Task Work_that_fails_gives_its_turn_away()
    {
        var turns = new LargeTurns(1);
        await Assert.ThrowsAsync<InvalidOperationException>(() => turns.RunAsync<int>(() => throw new InvalidOperationException("a defect")));
        Assert.Equal(7, await turns.RunAsync(() => 7).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }
}
