using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ouzel.Broker.Configs;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

/// <summary>
/// The topics in which coordinators keep their state: made when somebody first needs them, with the settings Kafka gives them.
/// Their replication factor is the one asked for, but never more than the live brokers can hold: a single node must not wait for two others for ever.
/// </summary>
internal sealed class InternalTopics(ClusterController controller, MetadataCache metadata, BrokerOptions options, ILogger logger)
{
    /// <summary>The reasons why topics could last not be made: clients ask again all the time, and a line is written when the reason changes.</summary>
    private readonly ConcurrentDictionary<string, ErrorCode> _told = new(StringComparer.Ordinal);

    /// <summary>True once the topic exists and its partitions are served; false when it cannot be made.</summary>
    public async ValueTask<bool> EnsureTopicAsync(string name)
    {
        if (metadata.Current.Topics.ContainsKey(name))
        {
            return true;
        }

        var topic = Describe(name);
        topic.ReplicationFactor = (short)Math.Clamp(topic.ReplicationFactor, 1, Math.Max(1, metadata.Current.Brokers.Values.Count(broker => broker.IsActive)));
        var answer = await controller.CreateTopicsAsync(new CreateTopicsRequest { Topics = [topic] }, _ => true);
        var (code, message) = (answer.Topics[0].ErrorCode, answer.Topics[0].ErrorMessage);
        if (code is ErrorCode.None or ErrorCode.TopicAlreadyExists)
        {
            _told.TryRemove(name, out _);
            return true;
        }

        if (!_told.TryGetValue(name, out var before) || before != code)
        {
            ClusterEvents.CannotMake(logger, name, code, message);
        }

        _told[name] = code;
        return false;
    }

    /// <summary>The topic as the settings want it; how a client's request for its creation is completed too.</summary>
    internal CreateTopicsRequest.CreatableTopic Describe(string name) => name switch
    {
        InternalTopicNames.ConsumerOffsets => Topic(name, options.Groups.OffsetsTopicNumPartitions, options.Groups.OffsetsTopicReplicationFactor,
            ("compression.type", "producer"), ("cleanup.policy", "compact"), ("segment.bytes", options.Groups.OffsetsTopicSegmentBytes.ToString())),
        InternalTopicNames.TransactionState => Topic(name, options.Transactions.TransactionStateLogNumPartitions, options.Transactions.TransactionStateLogReplicationFactor,
            ("compression.type", "uncompressed"), ("cleanup.policy", "compact"), ("min.insync.replicas", options.Transactions.TransactionStateLogMinIsr.ToString()),
            ("segment.bytes", options.Transactions.TransactionStateLogSegmentBytes.ToString()), ("unclean.leader.election.enable", "false")),
        InternalTopicNames.ShareGroupState => Topic(name, options.ShareGroups.ShareCoordinatorStateTopicNumPartitions, options.ShareGroups.ShareCoordinatorStateTopicReplicationFactor,
            ("compression.type", "producer"), ("cleanup.policy", "delete"), ("min.insync.replicas", options.ShareGroups.ShareCoordinatorStateTopicMinIsr.ToString()),
            ("segment.bytes", options.ShareGroups.ShareCoordinatorStateTopicSegmentBytes.ToString()), ("retention.ms", "-1")),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No internal topic has this name"),
    };

    private static CreateTopicsRequest.CreatableTopic Topic(string name, int partitions, int replicationFactor, params (string Name, string Value)[] configs) => new()
    {
        Name = name,
        NumPartitions = partitions,
        ReplicationFactor = (short)replicationFactor,
        Configs = [.. configs.Select(c => new CreateTopicsRequest.CreatableTopicConfig { Name = c.Name, Value = c.Value })],
    };
}
