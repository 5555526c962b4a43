using Ouzel.Broker.Jobs;
using Ouzel.Broker.Tests.Support;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Tests.Jobs;

public sealed class ScheduleTests
{
    private readonly FakeTimeProvider _clock = FakeTime.New();
    private readonly SaidLines _said = new();
    private readonly InlineWork _work = new();

    [Fact]
    public void A_job_that_fails_runs_again_at_its_next_time_and_is_told_once()
    {
        using var schedule = Begin();
        var runs = 0;
        schedule.Every("a job", 1000, () =>
        {
            runs++;
            throw new InvalidOperationException("a defect");
        });
        _clock.AdvanceInSteps(TimeSpan.FromSeconds(1), 10);
        Assert.Equal(10, runs);
        Assert.Equal(1, _said.Count("a job failed"));
    }

    [Fact]
    public void A_job_whose_interval_cannot_be_told_runs_again_all_the_same()
    {
        using var schedule = Begin();
        var runs = 0;
        var isBroken = false;
        schedule.Every("a job", () => isBroken ? throw new InvalidOperationException("a defect") : 1000, () => runs++, _work);
        isBroken = true;
        _clock.AdvanceInSteps(TimeSpan.FromSeconds(30), 20);
        Assert.InRange(runs, 5, 11);
        Assert.Equal(1, _said.Count("a job failed"));
    }

    private Schedule Begin() => new(_clock, _work, new FaultGuard(_said, _clock));
}
