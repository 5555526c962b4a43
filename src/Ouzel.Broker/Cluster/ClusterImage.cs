using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Ouzel.Broker.Configs;
using Ouzel.Protocol;

namespace Ouzel.Broker.Cluster;

/// <summary>
/// Everything the cluster has agreed on up to one offset of its log. Immutable; the next image shares what did not change.
/// The only transition is <see cref="Apply"/> (many records at once: <see cref="ClusterDelta"/>).
/// </summary>
internal sealed class ClusterImage
{
    private static readonly ImmutableSortedDictionary<string, string> NoConfigs = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The image before the first record.</summary>
    public static readonly ClusterImage Empty = new();

    public string ClusterId { get; init; } = "";

    /// <summary>Offset of the last record applied; -1 before the first.</summary>
    public long Offset { get; init; } = -1;

    /// <summary>The controller's epoch in which the last record was written.</summary>
    public int Epoch { get; init; }

    /// <summary>The time of the last record, milliseconds since 1970.</summary>
    public long TimestampMs { get; init; }

    public ImmutableDictionary<string, TopicImage> Topics { get; init; } = ImmutableDictionary.Create<string, TopicImage>(StringComparer.Ordinal);

    public ImmutableDictionary<Uuid, TopicImage> TopicsById { get; init; } = ImmutableDictionary<Uuid, TopicImage>.Empty;

    /// <summary>Names with a dot or an underscore, under <see cref="TopicNames.CollisionKey"/>.</summary>
    public ImmutableDictionary<string, ImmutableArray<string>> CollidingNames { get; init; } =
        ImmutableDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal);

    public int PartitionCount { get; init; }

    public ImmutableSortedDictionary<int, BrokerImage> Brokers { get; init; } = ImmutableSortedDictionary<int, BrokerImage>.Empty;

    public ImmutableSortedDictionary<int, ControllerImage> Controllers { get; init; } = ImmutableSortedDictionary<int, ControllerImage>.Empty;

    public ImmutableSortedDictionary<ConfigResource, ImmutableSortedDictionary<string, string>> Configs { get; init; } =
        ImmutableSortedDictionary.Create<ConfigResource, ImmutableSortedDictionary<string, string>>(ConfigResourceOrder.Instance);

    public ImmutableSortedDictionary<string, short> Features { get; init; } = ImmutableSortedDictionary.Create<string, short>(StringComparer.Ordinal);

    /// <summary>Key and value of each quota of an entity.</summary>
    public ImmutableDictionary<QuotaEntity, ImmutableSortedDictionary<string, double>> Quotas { get; init; } =
        ImmutableDictionary<QuotaEntity, ImmutableSortedDictionary<string, double>>.Empty;

    public ImmutableDictionary<ScramUser, ScramCredential> ScramCredentials { get; init; } = ImmutableDictionary<ScramUser, ScramCredential>.Empty;

    public ImmutableDictionary<Uuid, AccessRule> AccessRules { get; init; } = ImmutableDictionary<Uuid, AccessRule>.Empty;

    public ImmutableDictionary<string, DelegationToken> DelegationTokens { get; init; } = ImmutableDictionary.Create<string, DelegationToken>(StringComparer.Ordinal);

    /// <summary>The first producer id that no broker has been given; -1 when none has been given.</summary>
    public long NextProducerId { get; init; } = -1;

    public MetadataVersion MetadataVersion => new(Features.GetValueOrDefault(FeatureNames.MetadataVersion, MetadataVersion.LevelMin));

    public bool HasEligibleLeaders => Features.GetValueOrDefault(FeatureNames.EligibleLeaderReplicas) >= 1;

    /// <summary>Settings of all brokers that were set while running.</summary>
    public IReadOnlyDictionary<string, string> ClusterDefaultConfigs => ConfigsOf(ConfigResource.ClusterDefault);

    /// <summary>The settings stored for a resource; empty when there are none.</summary>
    public IReadOnlyDictionary<string, string> ConfigsOf(ConfigResource resource) => Configs.GetValueOrDefault(resource, NoConfigs);

    public IReadOnlyDictionary<string, string> ConfigsOfTopic(string name) => ConfigsOf(ConfigResource.Topic(name));

    public IReadOnlyDictionary<string, string> ConfigsOfBroker(int id) => ConfigsOf(ConfigResource.Broker(id));

    public bool TryTopic(string name, [NotNullWhen(true)] out TopicImage? topic) => Topics.TryGetValue(name, out topic);

    public bool TryTopic(Uuid id, [NotNullWhen(true)] out TopicImage? topic) => TopicsById.TryGetValue(id, out topic);

    public bool TryPartition(string topicName, int index, [NotNullWhen(true)] out PartitionImage? partition)
    {
        partition = null;
        return TryTopic(topicName, out var topic) && topic.TryPartition(index, out partition);
    }

    public bool TryPartition(Uuid topicId, int index, [NotNullWhen(true)] out PartitionImage? partition)
    {
        partition = null;
        return TryTopic(topicId, out var topic) && topic.TryPartition(index, out partition);
    }

    /// <summary>True when the log directory of a broker's replica can be used, as far as the metadata knows.</summary>
    public bool HasDirectory(PartitionImage partition, int brokerId)
    {
        var index = Array.IndexOf(partition.Replicas, brokerId);
        return (uint)index >= (uint)partition.Directories.Length
            || !Brokers.TryGetValue(brokerId, out var broker)
            || DirectoryIds.IsOnline(partition.Directories[index], broker.LogDirectories);
    }

    /// <summary>True when a broker may lead a partition, if it is in its ISR.</summary>
    public bool MayLead(PartitionImage partition, int brokerId) => IsActive(brokerId) && HasDirectory(partition, brokerId);

    /// <summary>True when a replica cannot be reached: its broker is fenced or unknown, or its log directory failed.</summary>
    public bool IsOffline(PartitionImage partition, int brokerId) =>
        !Brokers.TryGetValue(brokerId, out var broker) || broker.Fenced || !HasDirectory(partition, brokerId);

    public bool IsActive(int brokerId) => Brokers.TryGetValue(brokerId, out var broker) && broker.IsActive;

    /// <summary>The image after one record at <paramref name="offset"/>.</summary>
    public ClusterImage Apply(ClusterRecord record, long offset, int epoch, long timestampMs)
    {
        var delta = new ClusterDelta(this);
        delta.Apply(record);
        return delta.Complete(offset, epoch, timestampMs);
    }
}
