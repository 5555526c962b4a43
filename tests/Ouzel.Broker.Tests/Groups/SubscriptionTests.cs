using Ouzel.Broker.Groups;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Groups;

public sealed class SubscriptionTests
{
    private const int NamesBeyond = 200_000;

    [Fact]
    public void A_group_s_topics_are_those_of_all_its_members()
        => Assert.Equal(["a", "b", "c"], Subscription.TopicsOf(Group(["a", "b"], ["b", "c"]))!.Order());

    [Fact]
    public void More_names_than_are_kept_are_not_looked_at()
    {
        string[] many = [.. Enumerable.Range(0, NamesBeyond).Select(i => $"t{i}")];
        var group = Group(many);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(Subscription.TopicsOf(group));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * Subscription.NamesBytesMax);
    }

    [Fact]
    public void The_members_of_a_group_share_the_bound()
    {
        string[] some = [.. Enumerable.Range(0, NamesBeyond / 4).Select(i => $"t{i}")];
        Assert.NotNull(Subscription.TopicsOf(Group(some)));
        Assert.Null(Subscription.TopicsOf(Group(some, some, some, some)));
    }

    private static ClassicGroup Group(params string[][] subscriptions)
        => StoredGroup.Restore("g", new GroupMetadataValue
        {
            protocolType = "consumer",
            protocol = "range",
            members = [.. subscriptions.Select((topics, i) => new GroupMetadataValue.MemberMetadata { memberId = $"m{i}", subscription = OffsetTests.Subscribed(topics) })],
        });
}
