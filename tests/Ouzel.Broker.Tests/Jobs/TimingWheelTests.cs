using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Jobs;
using Ouzel.Broker.Partitions;
using Ouzel.Broker.Tests.Support;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Tests.Jobs;

public sealed class TimingWheelTests
{
    private readonly FakeTimeProvider _clock = FakeTime.New();
    private readonly List<string> _fired = [];

    [Fact]
    public void An_entry_is_due_after_its_delay_and_not_before()
    {
        using var wheel = new TimingWheel(_clock, new FaultGuard(NullLogger.Instance, _clock));
        wheel.Start(new Entry(this, "a"), 50);
        _clock.AdvanceMs(50);
        Assert.Empty(_fired);
        _clock.AdvanceMs(1);
        Assert.Equal(["a"], _fired);
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void A_cancelled_entry_is_never_due()
    {
        using var wheel = new TimingWheel(_clock, new FaultGuard(NullLogger.Instance, _clock));
        var entry = new Entry(this, "a");
        wheel.Start(entry, 50);
        Assert.True(wheel.Cancel(entry));
        Assert.False(wheel.Cancel(entry));
        _clock.AdvanceMs(10000);
        Assert.Empty(_fired);
    }

    [Fact]
    public void A_delay_longer_than_a_revolution_is_kept()
    {
        using var wheel = new TimingWheel(_clock, new FaultGuard(NullLogger.Instance, _clock));
        wheel.Start(new Entry(this, "far"), 5000);
        wheel.Start(new Entry(this, "near"), 5000 % 512);
        _clock.AdvanceMs(4999);
        Assert.Equal(["near"], _fired);
        _clock.AdvanceMs(2);
        Assert.Equal(["near", "far"], _fired);
    }

    [Fact]
    public void A_started_entry_can_be_started_again_with_another_delay()
    {
        using var wheel = new TimingWheel(_clock, new FaultGuard(NullLogger.Instance, _clock));
        var entry = new Entry(this, "a");
        wheel.Start(entry, 1000);
        wheel.Start(entry, 10);
        _clock.AdvanceMs(11);
        wheel.Start(entry, 20);
        _clock.AdvanceMs(5000);
        Assert.Equal(["a", "a"], _fired);
    }

    [Fact]
    public void An_entry_may_start_itself_when_it_is_due()
    {
        using var wheel = new TimingWheel(_clock, new FaultGuard(NullLogger.Instance, _clock));
        var entry = new Entry(this, "a") { AgainMs = 10 };
        entry.Wheel = wheel;
        wheel.Start(entry, 10);
        _clock.AdvanceInSteps(TimeSpan.FromMilliseconds(1), 33);
        Assert.Equal(["a", "a", "a"], _fired);
    }

    [Fact]
    public void An_entry_that_fails_does_not_keep_the_others_from_being_due_and_is_told()
    {
        var said = new SaidLines();
        using var wheel = new TimingWheel(_clock, new FaultGuard(said, _clock));
        wheel.Start(new Entry(this, "a"), 10);
        wheel.Start(new BadEntry(), 10);
        wheel.Start(new Entry(this, "b"), 10);
        wheel.Start(new Entry(this, "c"), 500);
        _clock.AdvanceMs(600);
        Assert.Equal(["a", "b", "c"], _fired.Order());
        Assert.Equal(1, said.Count("end of waiting failed"));
    }

    [Fact]
    public void A_waiter_that_fails_does_not_keep_the_others_from_the_news_nor_harms_who_brings_them()
    {
        var said = new SaidLines();
        var waiters = new PartitionMark(new FaultGuard(said, _clock));
        List<PartitionWaiter> all = [new Waiter(this, "a"), new BadEntry(), new Waiter(this, "b")];
        all.ForEach(waiters.Add);
        waiters.Tell(1);
        waiters.Tell(1);
        Assert.Equal(["a", "a", "b", "b"], _fired.Order());
        Assert.Equal(1, said.Count("of news failed"));
    }

    [Fact]
    public void Every_entry_is_due_in_its_own_millisecond_whatever_the_order_of_starting()
    {
        var random = new Random(7);
        using var wheel = new TimingWheel(_clock, new FaultGuard(NullLogger.Instance, _clock));
        var dues = new Dictionary<string, int>();
        for (var i = 0; i < 2000; i++)
        {
            var delayMs = random.Next(3000);
            dues.Add($"{i}", delayMs);
            wheel.Start(new Entry(this, $"{i}"), delayMs);
        }

        for (var now = 1; now <= 3001; now++)
        {
            _clock.AdvanceMs(1);
            foreach (var name in _fired)
            {
                Assert.True(dues.Remove(name, out var delayMs));
                Assert.Equal(now, delayMs + 1);
            }

            _fired.Clear();
        }

        Assert.Empty(dues);
    }

    private sealed class BadEntry : PartitionWaiter
    {
        public override void OnNews(int bytes) => throw new InvalidOperationException("a defect");

        protected internal override void OnDue() => throw new InvalidOperationException("a defect");
    }

    private sealed class Waiter(TimingWheelTests test, string name) : PartitionWaiter
    {
        public override void OnNews(int bytes) => test._fired.Add(name);

        protected internal override void OnDue()
        {
            // Not started on a wheel.
        }
    }

    private sealed class Entry(TimingWheelTests test, string name) : WheelEntry
    {
        public TimingWheel? Wheel { get; set; }

        public int AgainMs { get; init; }

        protected internal override void OnDue()
        {
            test._fired.Add(name);
            Wheel?.Start(this, AgainMs - 1);
        }
    }
}
