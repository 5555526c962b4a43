using Ouzel.Client.Connections;

namespace Ouzel.Client.Tests.Connections;

public sealed class ReconnectTests
{
    private static readonly Backoff Backoff = new(50, 1000);

    [Fact]
    public void The_wait_doubles_up_to_its_bound_and_is_spread_by_a_fifth()
    {
        Assert.Equal([0, 50, 100, 200, 400, 800, 1000, 1000], Enumerable.Range(0, 8).Select(failures => Backoff.DelayMs(failures, 0.5)));
        Assert.Equal(40, Backoff.DelayMs(1, 0));
        Assert.Equal(1200, Backoff.DelayMs(int.MaxValue, 1));
    }

    [Fact]
    public void A_failed_attempt_is_followed_by_a_wait_and_a_success_ends_it()
    {
        var state = new ReconnectState(Backoff);
        Assert.Equal(0, state.WaitMs(1000));

        state.OnFailed(1000, 0.5);
        state.OnFailed(1050, 0.5);
        Assert.Equal(100, state.WaitMs(1050));
        Assert.Equal(0, state.WaitMs(1150));

        state.OnFailed(1150, 0.5);
        state.OnConnected();
        Assert.Equal(0, state.WaitMs(1150));
    }

    [Fact]
    public void A_connection_that_held_long_is_opened_again_at_once_and_one_that_did_not_is_not()
    {
        var state = new ReconnectState(Backoff);

        state.OnEnded(nowMs: 10_000, openedMs: 5_000, 0.5);
        Assert.Equal(0, state.WaitMs(10_000));
        state.OnEnded(nowMs: 10_100, openedMs: 10_000, 0.5);
        Assert.Equal(50, state.WaitMs(10_100));
    }
}
