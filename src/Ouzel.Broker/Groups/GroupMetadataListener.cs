using Ouzel.Broker.Cluster;
using Ouzel.Broker.Partitions;
using Ouzel.Protocol;

namespace Ouzel.Broker.Groups;

/// <summary>Tells the group coordinator what the cluster's metadata means for it: which partitions of __consumer_offsets it serves, which topics are gone.</summary>
/// <param name="nodeId">This node.</param>
/// <param name="groups">Who is told.</param>
/// <param name="partitions">The replicas of this node; subscribed before, so that the logs are there.</param>
/// <param name="clock">The node's clock.</param>
internal sealed class GroupMetadataListener(int nodeId, GroupCoordinator groups, PartitionTable partitions, TimeProvider clock) : IClusterListener
{
    /// <summary>A partition that was opened late is led from then on. Until then its groups have no coordinator here, and whoever asks for them has it opened.</summary>
    public void OnOpenedLate(Partition replica)
    {
        if (replica.Name.Topic == InternalTopics.ConsumerOffsets && replica.Leadership is { IsLeader: true, Epoch: var epoch })
        {
            Lead(replica, epoch);
        }
    }

    public ValueTask OnChangeAsync(ClusterImage image, ClusterDelta delta)
    {
        foreach (var topic in delta.TopicsDeleted.Where(t => t.Name == InternalTopics.ConsumerOffsets))
        {
            for (var i = 0; i < topic.Partitions.Length; i++)
            {
                groups.Forget(i);
            }
        }

        if (delta.TopicsDeleted.Count > 0)
        {
            groups.OnTopicsDeleted(delta.TopicsDeleted.Select(t => t.Name).ToHashSet());
        }

        foreach (var topic in delta.TopicsCreated.Concat(delta.TopicsChanged.Select(c => c.After)).Where(t => t.Name == InternalTopics.ConsumerOffsets))
        {
            Follow(topic);
        }

        return ValueTask.CompletedTask;
    }

    private long? RecoveredEndOf(TopicPartition name) =>
        partitions.TryGet(name, out var replica) && replica.Leadership.IsLeader ? replica.RecoveredEnd : null;

    private void Lead(Partition replica, int leaderEpoch)
    {
        var recovered = replica.RecoveredEnd is { } end ? new RecoveredEnds(end, RecoveredEndOf) : null;
        groups.Lead(replica.Name.Partition, new CoordinatorLog(replica, clock), leaderEpoch, recovered);
    }

    private void Follow(TopicImage topic)
    {
        // One line tells of all of them, however fast the first is read.
        groups.Loads.Begin();
        for (var i = 0; i < topic.Partitions.Length; i++)
        {
            var partition = topic.Partitions[i];
            if (partition.Leader == nodeId && partitions.TryGet(new TopicPartition(topic.Name, i), out var replica))
            {
                Lead(replica, partition.LeaderEpoch);
            }
            else if (partition.Leader != nodeId)
            {
                groups.Resign(i, partition.LeaderEpoch);
            }
        }

        groups.Loads.End(isServed: false);
    }
}
