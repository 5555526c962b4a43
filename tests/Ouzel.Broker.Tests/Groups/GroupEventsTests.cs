using Microsoft.Extensions.Logging;

namespace Ouzel.Broker.Tests.Groups;

/// <summary>The lines that an operator reads about groups: who comes, who goes, and why everybody has to join again.</summary>
public sealed class GroupEventsTests
{
    private readonly GroupWorld _world = new();

    private IEnumerable<string> Said => _world.Heard.Lines.Where(l => l.Level == LogLevel.Information).Select(l => l.Text);

    [Fact]
    public void A_first_member_and_its_generation_are_told()
    {
        var one = _world.Member("one");
        one.Join();
        one.StartSync(new Dictionary<string, byte[]> { [one.Id] = [1] });
        Assert.Equal(
            [
                $"Group g: member {one.Id} of client 'client-one' at /127.0.0.1 joins",
                "Group g rebalances in generation 0 with 1 members: a member joined",
                $"Group g: generation 1 begins with 1 members, protocol 'range', leader {one.Id}",
                "Group g: generation 1 is stable, its 1 members have their parts",
            ],
            Said);
    }

    [Fact]
    public void The_reason_that_a_client_gives_is_told()
    {
        var one = _world.Member("one");
        one.Join();
        one.StartSync(new Dictionary<string, byte[]> { [one.Id] = [1] });
        one.StartJoin(change: r => r.Reason = "subscription changed");
        Assert.Contains("Group g rebalances in generation 1 with 1 members: subscription changed", Said);
    }

    [Fact]
    public void A_member_that_falls_silent_is_taken_out_with_the_reason()
    {
        var one = _world.Member("one", sessionMs: 10_000);
        one.Join();
        one.StartSync(new Dictionary<string, byte[]> { [one.Id] = [1] });
        _world.Advance(10_001);
        Assert.Contains($"Group g: member {one.Id} is taken out: it was not heard of for 10000 ms, its session timeout", Said);
        Assert.Contains("Group g rebalances in generation 1 with 0 members: a member's session ended", Said);
        Assert.Equal("Group g is empty in generation 2", Said.Last());
    }

    [Fact]
    public void Groups_that_are_deleted_and_offsets_that_expire_are_told()
    {
        _world.Commit("t", 0, 1);
        _world.Commit("t", 0, 1, group: "h");
        _world.DeleteGroup();
        Assert.Equal("Group g is deleted", Said.Last());
        _world.Advance(8L * 86_400_000);
        Assert.Equal(["Group h: 1 offsets have expired", "Group h is deleted"], Said.TakeLast(2));
    }
}
