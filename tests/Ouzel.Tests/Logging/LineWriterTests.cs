using Ouzel.Logging;

namespace Ouzel.Tests.Logging;

public sealed class LineWriterTests
{
    private readonly SlowOutput _output = new();

    [Fact]
    public async Task Lines_are_written_in_their_order()
    {
        await using (var writer = Writer())
        {
            for (var i = 0; i < 1000; i++)
            {
                writer.Add($"{i}");
            }
        }

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"{i}"), _output.Lines);
    }

    [Fact]
    public async Task A_stalled_output_costs_lines_and_nobody_waits()
    {
        var writer = Writer();
        _output.Stall();
        writer.Add("first");
        await _output.Stalled;
        for (var i = 0; i < LineWriter.LinesMax + 7; i++)
        {
            writer.Add($"{i}");
        }

        _output.GoOn();
        await writer.DisposeAsync();
        Assert.Equal(["first", .. Enumerable.Range(0, LineWriter.LinesMax).Select(i => $"{i}"), "7 missing"], _output.Lines);
    }

    [Fact]
    public async Task The_gap_is_told_where_it_is()
    {
        var writer = Writer();
        _output.Stall();
        writer.Add("first");
        await _output.Stalled;
        string half = new('x', LineWriter.CharsMax / 2);
        writer.Add(half);
        writer.Add(half);
        writer.Add("lost");
        writer.Add("lost too");
        var written = _output.Saw(half);
        _output.GoOn();
        await written;
        await _output.Saw("2 missing");
        writer.Add("last");
        await writer.DisposeAsync();
        Assert.Equal(["first", half, half, "2 missing", "last"], _output.Lines);
    }

    [Fact]
    public async Task Lines_that_the_output_refuses_are_counted_until_it_takes_some_again()
    {
        var writer = Writer();
        _output.Refuses = true;
        writer.Add("one");
        await _output.Refused(1);
        writer.Add("two");
        await _output.Refused(2);
        _output.Refuses = false;
        writer.Add("three");
        await writer.DisposeAsync();
        Assert.Equal(["", "2 missing", "three"], _output.Lines);
    }

    [Fact]
    public async Task The_end_does_not_wait_for_an_output_that_nobody_reads()
    {
        var clock = new TimerNow();
        var writer = new LineWriter(_output, count => $"{count} missing", clock);
        _output.Stall();
        writer.Add("first");
        await _output.Stalled;
        await writer.DisposeAsync();
        Assert.Equal([LineWriter.FinishMax], clock.Waits);
        _output.GoOn();
    }

    [Fact]
    public async Task An_end_without_a_line_needs_no_thread()
    {
        var end = Writer().DisposeAsync().AsTask();
        Assert.True(end.IsCompletedSuccessfully);
        await end;
    }

    private LineWriter Writer() => new(_output, count => $"{count} missing", TimeProvider.System);

    /// <summary>Every wait is over at once.</summary>
    private sealed class TimerNow : TimeProvider
    {
        public List<TimeSpan> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits.Add(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
