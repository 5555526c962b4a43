using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Client.Connections;
using Ouzel.Client.Producing;

namespace Ouzel.Client.Tests.Producing;

public sealed class BufferBudgetTests
{
    private readonly BufferBudget _budget = new(1600, new ClientSurroundings(TimeProvider.System, new Random(1), TaskScheduler.Default, NullLoggerFactory.Instance));

    [Fact]
    public async Task Who_waits_is_let_in_when_a_sixteenth_of_the_buffer_is_free_with_all_who_fit_then()
    {
        Assert.True(_budget.TryTake(1600));
        Task first = Take(10), second = Take(50), third = Take(60);
        _budget.Return(99);
        Assert.Equal((false, false, false), (first.IsCompleted, second.IsCompleted, third.IsCompleted));
        _budget.Return(1);
        await first;
        await second;
        Assert.False(third.IsCompleted);
        _budget.Return(60);
        await third;
    }

    [Fact]
    public async Task A_record_larger_than_the_buffer_is_let_in_when_nothing_else_is_buffered()
    {
        Assert.True(_budget.TryTake(10));
        var large = Take(5000);
        Assert.False(large.IsCompleted);
        _budget.Return(10);
        await large;
        Assert.False(_budget.TryTake(1));
    }

    private Task Take(int bytes) => _budget.TakeAsync(bytes, int.MaxValue, CancellationToken.None);
}
