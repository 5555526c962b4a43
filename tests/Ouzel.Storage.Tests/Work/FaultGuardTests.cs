using Microsoft.Extensions.Logging;
using Ouzel.Storage.Work;

namespace Ouzel.Storage.Tests.Work;

public sealed class FaultGuardTests : ILogger
{
    private readonly FakeTimeProvider _clock = new();
    private readonly List<string> _lines = [];

    [Fact]
    public void A_fault_costs_its_item_and_is_told_once()
    {
        var guard = new FaultGuard(this, _clock);
        var done = 0;
        for (var i = 0; i < 100; i++)
        {
            var item = i;
            Assert.Equal(item % 2 == 0, guard.Run("a loop", () => done += item % 2 == 0 ? 1 : throw new InvalidOperationException("odd")));
        }

        Assert.Equal(50, done);
        Assert.Equal(50, guard.Count);
        Assert.Single(_lines);
    }

    [Fact]
    public void Another_kind_of_fault_or_the_same_in_another_loop_is_told_as_well()
    {
        var guard = new FaultGuard(this, _clock);
        guard.Tell("a loop", new InvalidOperationException());
        guard.Tell("a loop", new IOException());
        guard.Tell("another loop", new IOException());
        guard.Tell("another loop", new IOException());
        Assert.Equal(3, _lines.Count);
    }

    [Fact]
    public void A_fault_that_never_ends_is_told_once_in_ten_minutes_with_the_number_of_those_that_were_not()
    {
        var guard = new FaultGuard(this, _clock);
        for (var i = 0; i < 21; i++)
        {
            guard.Tell("a loop", new IOException());
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(3, _lines.Count);
        Assert.Contains("(9 were not told before)", _lines[1], StringComparison.Ordinal);
        Assert.Contains("(9 were not told before)", _lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void However_many_loops_have_names_of_their_own_the_lines_are_bounded()
    {
        var guard = new FaultGuard(this, _clock);
        for (var i = 0; i < 10_000; i++)
        {
            guard.Tell($"loop {i}", new IOException());
        }

        Assert.InRange(_lines.Count, 1, 257);
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _lines.Add(formatter(state, exception));
}
