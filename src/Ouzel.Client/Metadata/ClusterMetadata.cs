using System.Collections.Immutable;
using Ouzel.Client.Connections;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client.Metadata;

/// <summary>A broker as the cluster announces it.</summary>
internal sealed record BrokerNode(int Id, ServerAddress Address, string? Rack);

/// <summary>A partition as the cluster announces it.</summary>
/// <param name="Index">Its number within the topic.</param>
/// <param name="Error">Why it has no leader, when it has none.</param>
/// <param name="LeaderId">Broker id, -1 for none.</param>
/// <param name="LeaderEpoch">-1 when the broker is too old to say (before Kafka 2.1).</param>
/// <param name="Replicas">Broker ids.</param>
/// <param name="InSyncReplicas">Broker ids.</param>
/// <param name="OfflineReplicas">Broker ids.</param>
internal sealed record PartitionMetadata(
    int Index, ErrorCode Error, int LeaderId, int LeaderEpoch, ImmutableArray<int> Replicas, ImmutableArray<int> InSyncReplicas, ImmutableArray<int> OfflineReplicas);

/// <summary>A topic as the cluster announces it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Zero when the broker is too old to say (before Kafka 2.8).</param>
/// <param name="IsInternal">Whether it is the cluster's own.</param>
/// <param name="Error">Why it cannot be used; <see cref="ErrorCode.None"/> when it can.</param>
/// <param name="Partitions">By number, ascending and without gaps.</param>
internal sealed record TopicMetadata(string Name, Uuid Id, bool IsInternal, ErrorCode Error, ImmutableArray<PartitionMetadata> Partitions)
{
    public PartitionMetadata? Partition(int index) => (uint)index < (uint)Partitions.Length ? Partitions[index] : null;
}

/// <summary>The cluster as far as this client has asked: an immutable picture, swapped whole.</summary>
internal sealed class ClusterMetadata
{
    private ClusterMetadata(string? clusterId, int controllerId, ImmutableDictionary<int, BrokerNode> brokers, ImmutableDictionary<string, TopicMetadata> topics)
    {
        ClusterId = clusterId;
        ControllerId = controllerId;
        Brokers = brokers;
        Topics = topics;
        TopicsById = topics.Values.Where(t => t.Id != Uuid.Zero).ToImmutableDictionary(t => t.Id);
    }

    public static ClusterMetadata Empty { get; } =
        new(null, -1, ImmutableDictionary<int, BrokerNode>.Empty, ImmutableDictionary.Create<string, TopicMetadata>(StringComparer.Ordinal));

    public string? ClusterId { get; }

    /// <summary>Broker id of the controller, -1 when unknown; with KRaft any broker that passes calls on to it.</summary>
    public int ControllerId { get; }

    public ImmutableDictionary<int, BrokerNode> Brokers { get; }

    public ImmutableDictionary<string, TopicMetadata> Topics { get; }

    public ImmutableDictionary<Uuid, TopicMetadata> TopicsById { get; }

    public PartitionMetadata? Partition(TopicPartition partition) => Topics.TryGetValue(partition.Topic, out var topic) ? topic.Partition(partition.Partition) : null;

    /// <summary>This picture with what a broker answered. Topics that were not asked about stay, unless a whole list says they are gone.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="keep">Which of the topics known so far are of interest still.</param>
    public ClusterMetadata With(MetadataResponse response, Func<string, bool> keep)
    {
        var brokers = response.Brokers.ToImmutableDictionary(b => b.NodeId, b => new BrokerNode(b.NodeId, new ServerAddress(b.Host, b.Port), b.Rack));
        var topics = ImmutableDictionary.CreateBuilder<string, TopicMetadata>(StringComparer.Ordinal);
        topics.AddRange(Topics.Where(t => keep(t.Key)));
        foreach (var answered in response.Topics)
        {
            if (answered.Name is { } name)
            {
                topics[name] = Renewed(answered, name, Topics.GetValueOrDefault(name));
            }
        }

        return new ClusterMetadata(response.ClusterId, response.ControllerId, brokers, topics.ToImmutable());
    }

    /// <summary>This picture with a leader that a broker named beside an error (KIP-951), when it is newer than the known one.</summary>
    public ClusterMetadata WithLeader(TopicPartition partition, int leaderId, int leaderEpoch)
    {
        if (Partition(partition) is not { } known || leaderEpoch <= known.LeaderEpoch || leaderId < 0)
        {
            return this;
        }

        var topic = Topics[partition.Topic];
        var renewed = known with { LeaderId = leaderId, LeaderEpoch = leaderEpoch, Error = ErrorCode.None };
        return new ClusterMetadata(ClusterId, ControllerId, Brokers, Topics.SetItem(partition.Topic, topic with { Partitions = topic.Partitions.SetItem(partition.Partition, renewed) }));
    }

    /// <summary>Brokers learn of leaders at different times: within one topic id an older epoch does not replace a newer one.</summary>
    private static TopicMetadata Renewed(MetadataResponse.MetadataResponseTopic answered, string name, TopicMetadata? known)
    {
        var partitions = ImmutableArray.CreateBuilder<PartitionMetadata>(answered.Partitions.Count);
        foreach (var partition in answered.Partitions.OrderBy(p => p.PartitionIndex))
        {
            if (partition.PartitionIndex != partitions.Count)
            {
                break;
            }

            var before = known?.Id == answered.TopicId ? known.Partition(partition.PartitionIndex) : null;
            partitions.Add(before is not null && partition.LeaderEpoch >= 0 && partition.LeaderEpoch < before.LeaderEpoch ? before : Of(partition));
        }

        return new TopicMetadata(name, answered.TopicId, answered.IsInternal, answered.ErrorCode, partitions.ToImmutable());
    }

    private static PartitionMetadata Of(MetadataResponse.MetadataResponsePartition partition) => new(
        partition.PartitionIndex, partition.ErrorCode, partition.LeaderId, partition.LeaderEpoch,
        [.. partition.ReplicaNodes], [.. partition.IsrNodes], [.. partition.OfflineReplicas]);
}
