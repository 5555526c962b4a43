using Ouzel.Logging;

namespace Ouzel.Tests.Logging;

public sealed class LineLimitsTests
{
    private readonly LineLimits _limits = new();

    [Fact]
    public void A_kind_has_a_burst_and_then_one_line_for_each_interval()
    {
        Assert.Equal(LineLimits.BurstMax, Admitted("frame", 0, 1000));
        Assert.Equal(1, Admitted("frame", LineLimits.RefillMs, 1000));
        Assert.Equal(0, Admitted("frame", (2 * LineLimits.RefillMs) - 1, 1000));
        Assert.Equal(1, Admitted("frame", 2 * LineLimits.RefillMs, 1000));
    }

    [Fact]
    public void A_flood_of_one_kind_leaves_the_others_alone()
    {
        Admitted("frame", 0, 1000);
        Assert.True(_limits.Admit("topic", 0));
    }

    [Fact]
    public void What_was_left_out_is_counted_once()
    {
        Admitted("frame", 0, 1000);
        Admitted("login", 0, LineLimits.BurstMax + 1);
        Assert.Equal([("frame", 1000L - LineLimits.BurstMax), ("login", 1L)], _limits.TakeLeftOut());
        Assert.Empty(_limits.TakeLeftOut());
    }

    [Fact]
    public void A_kind_that_rests_has_its_burst_again_and_no_more()
    {
        Admitted("frame", 0, 1000);
        Assert.Equal(LineLimits.BurstMax, Admitted("frame", 1000L * LineLimits.RefillMs * LineLimits.BurstMax, 1000));
    }

    [Fact]
    public void Kinds_without_end_share()
    {
        for (var i = 0; i < LineLimits.KindsMax; i++)
        {
            Assert.True(_limits.Admit($"kind {i}", 0));
        }

        Assert.Equal(LineLimits.BurstMax, Enumerable.Range(0, 1000).Count(i => _limits.Admit($"more {i}", 0)));
    }

    private int Admitted(string kind, long nowMs, int lines) => Enumerable.Range(0, lines).Count(_ => _limits.Admit(kind, nowMs));
}
