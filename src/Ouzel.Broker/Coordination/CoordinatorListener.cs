using Ouzel.Broker.Cluster;
using Ouzel.Broker.Partitions;
using Ouzel.Protocol;

namespace Ouzel.Broker.Coordination;

/// <summary>Tells the coordinators what the cluster's metadata means for them: which partitions of their internal topics they serve, which topics are gone.</summary>
internal sealed class CoordinatorListener : IClusterListener
{
    private readonly int _nodeId;
    private readonly CoordinatorTable _coordinators;
    private readonly PartitionTable _partitions;
    private readonly TimeProvider _clock;

    /// <param name="nodeId">This node.</param>
    /// <param name="coordinators">Who is told.</param>
    /// <param name="partitions">The replicas of this node; subscribed before, so that the logs are there.</param>
    /// <param name="metadata">What the cluster is like now.</param>
    /// <param name="clock">The node's clock.</param>
    public CoordinatorListener(int nodeId, CoordinatorTable coordinators, PartitionTable partitions, MetadataCache metadata, TimeProvider clock)
    {
        (_nodeId, _coordinators, _partitions, _clock) = (nodeId, coordinators, partitions, clock);
        partitions.OpenedLate = (_, replica) => OnOpenedLate(replica);
        foreach (var coordinator in coordinators.All)
        {
            coordinator.Missing = partition => partitions.TryGet(metadata.Current, new TopicPartition(coordinator.Topic, partition), out _);
        }
    }

    public ValueTask OnChangeAsync(ClusterImage image, ClusterDelta delta)
    {
        var deleted = delta.TopicsDeleted.Select(topic => topic.Name).ToHashSet();
        foreach (var coordinator in _coordinators.All)
        {
            foreach (var topic in delta.TopicsDeleted.Where(t => t.Name == coordinator.Topic))
            {
                for (var i = 0; i < topic.Partitions.Length; i++)
                {
                    coordinator.Forget(i);
                }
            }

            if (deleted.Count > 0)
            {
                coordinator.OnTopicsDeleted(deleted);
            }

            foreach (var topic in delta.TopicsCreated.Concat(delta.TopicsChanged.Select(c => c.After)).Where(t => t.Name == coordinator.Topic))
            {
                Follow(coordinator, topic);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>A partition that was opened late is led from then on. Until then its keys have no coordinator here, and whoever asks for one has it opened.</summary>
    private void OnOpenedLate(Partition replica)
    {
        foreach (var coordinator in _coordinators.All)
        {
            if (replica.Name.Topic == coordinator.Topic && replica.Leadership is { IsLeader: true, Epoch: var epoch })
            {
                Lead(coordinator, replica, epoch);
            }
        }
    }

    private long? RecoveredEndOf(TopicPartition name) =>
        _partitions.TryGet(name, out var replica) && replica.Leadership.IsLeader ? replica.RecoveredEnd : null;

    private void Lead(ICoordinator coordinator, Partition replica, int leaderEpoch)
    {
        var recovered = replica.RecoveredEnd is { } end ? new RecoveredEnds(end, RecoveredEndOf) : null;
        coordinator.Lead(replica.Name.Partition, new CoordinatorLog(replica, _clock), leaderEpoch, recovered);
    }

    private void Follow(ICoordinator coordinator, TopicImage topic)
    {
        // One line tells of all of them, however fast the first is read.
        coordinator.Loads.Begin();
        for (var i = 0; i < topic.Partitions.Length; i++)
        {
            var partition = topic.Partitions[i];
            if (partition.Leader != _nodeId)
            {
                coordinator.Resign(i, partition.LeaderEpoch);
            }
            else if (_partitions.TryGet(new TopicPartition(topic.Name, i), out var replica))
            {
                Lead(coordinator, replica, partition.LeaderEpoch);
            }
        }

        coordinator.Loads.End(isServed: false);
    }
}
