using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Cluster;

/// <summary>Two nodes on one log: one controls, both follow, and control goes over.</summary>
public sealed class ActiveControllerTests
{
    private readonly SharedLog _log = new();

    [Fact]
    public async Task A_node_that_does_not_control_sees_what_is_committed_and_nothing_else()
    {
        NodeEnd one = new(_log), other = new(_log);
        await one.ClaimAsync();
        using var stop = new CancellationTokenSource();
        var following = other.Follower.RunAsync(stop.Token);
        await one.SetAsync("a");
        Assert.Equal(["a"], other.Names);
        Assert.Equal(one.Cache.Current.Offset, other.Cache.Current.Offset);
        one.Log.NextCommitIsThere = false;
        await Assert.ThrowsAsync<ControllerFailedException>(() => one.SetAsync("b"));
        Assert.Equal(["a"], other.Names);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
    }

    [Fact]
    public async Task A_controller_that_was_fenced_resigns_forgets_what_was_not_committed_and_reads_what_the_next_one_wrote()
    {
        NodeEnd one = new(_log), other = new(_log);
        await one.ClaimAsync();
        await one.SetAsync("a");
        await other.ClaimAsync();
        Assert.False(one.Controller.Resigned.IsCompleted);
        await Assert.ThrowsAsync<ControllerFailedException>(() => one.SetAsync("lost"));
        Assert.True(one.Controller.Resigned.IsCompleted);
        await Assert.ThrowsAsync<ControllerFailedException>(() => one.Controller.DecideAsync((_, _) => Decision<int>.Refusal(1)).AsTask());
        await other.SetAsync("b");
        await one.Follower.CatchUpAsync(CancellationToken.None);
        Assert.Equal(["a", "b"], one.Names);
        Assert.Equal(["a", "b"], other.Names);

        // It may control again, and the other is fenced then.
        await one.ClaimAsync();
        Assert.False(one.Controller.Resigned.IsCompleted);
        await one.SetAsync("c");
        await Assert.ThrowsAsync<ControllerFailedException>(() => other.SetAsync("lost too"));
        await other.Follower.CatchUpAsync(CancellationToken.None);
        Assert.Equal(["a", "b", "c"], one.Names);
        Assert.Equal(["a", "b", "c"], other.Names);
        Assert.Equal(1, one.Bootstraps + other.Bootstraps);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_became_of_a_change_that_nobody_answered_for_is_known_after_the_next_claim(bool isThere)
    {
        var node = new NodeEnd(_log);
        await node.ClaimAsync();
        await node.SetAsync("a");
        node.Log.NextCommitIsThere = isThere;
        await Assert.ThrowsAsync<ControllerFailedException>(() => node.SetAsync("b"));
        Assert.Equal(["a"], node.Names);
        await node.ClaimAsync();
        await node.SetAsync("c");
        Assert.Equal(isThere ? ["a", "b", "c"] : ["a", "c"], node.Names);
    }

    private sealed class NodeEnd
    {
        public NodeEnd(SharedLog shared)
        {
            Log = new MemoryClusterLog(shared);
            Follower = new ImageFollower(Log, Cache);
            Controller = new ActiveController(Log, Follower, Cache, FakeTime.New(), new SnapshotPolicy(), NullLogger.Instance);
        }

        public MemoryClusterLog Log { get; }

        public MetadataCache Cache { get; } = new();

        public ImageFollower Follower { get; }

        public ActiveController Controller { get; }

        public int Bootstraps { get; private set; }

        public IEnumerable<string> Names => Cache.Current.Features.Keys.Where(name => name != FeatureNames.MetadataVersion);

        public async Task ClaimAsync() => await Controller.ClaimAsync(Bootstrap, [], CancellationToken.None);

        public async Task SetAsync(string name)
            => await Controller.DecideAsync((_, _) => new Decision<int>(0, [ClusterRecord.Of(new FeatureLevelRecord { Name = name, FeatureLevel = 1 })]));

        private IReadOnlyList<ClusterRecord> Bootstrap()
        {
            Bootstraps++;
            return [ClusterRecord.Of(new FeatureLevelRecord { Name = FeatureNames.MetadataVersion, FeatureLevel = MetadataVersion.LevelMax })];
        }
    }
}
