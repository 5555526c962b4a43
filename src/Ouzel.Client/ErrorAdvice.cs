using Ouzel.Protocol;

namespace Ouzel.Client;

/// <summary>The advice to a reader of an error. Codes that say it themselves have no sentence.</summary>
internal static class ErrorAdvice
{
    public static string For(ErrorCode error) => error switch
    {
        ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId =>
            "Create the topic, check its name, or allow the broker to create topics (auto.create.topics.enable).",
        ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderOrFollower => "The partition had no reachable leader for the whole timeout: look at the brokers that hold it.",
        ErrorCode.RequestTimedOut => "Look at the broker's load and the network, or give more time.",
        ErrorCode.NetworkException or ErrorCode.BrokerNotAvailable => "Check the address, the broker's advertised.listeners and the network between.",
        ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge => "Send a smaller record, or raise the topic's max.message.bytes.",
        ErrorCode.InvalidTopicException => "Topic names have up to 249 letters, digits, dots, underscores and hyphens; internal topics cannot be written.",
        ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend => "Fewer replicas are in sync than min.insync.replicas asks for: look at the followers.",
        ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed => "Ask for the right, or use another principal.",
        ErrorCode.UnsupportedVersion => "The broker is too old for this call, or the feature is switched off.",
        ErrorCode.UnsupportedCompressionType => "Use another codec: this broker does not know it.",
        ErrorCode.InvalidTimestamp => "The record's time lies outside what the topic allows (message.timestamp.before.max.ms, message.timestamp.after.max.ms).",
        ErrorCode.InvalidRecord => "A compacted topic wants a key on every record; otherwise the broker's log says what it refused.",
        ErrorCode.OutOfOrderSequenceNumber or ErrorCode.UnknownProducerId or ErrorCode.InvalidProducerEpoch =>
            "The record may have been written; the partition has lost data, or forgotten this producer. Later records are not affected.",
        ErrorCode.TopicAlreadyExists => "Use the topic as it is, or delete it first.",
        ErrorCode.InvalidReplicationFactor => "There are not so many brokers; -1 takes the cluster's default.",
        ErrorCode.NonEmptyGroup => "Stop the group's members first.",
        ErrorCode.GroupIdNotFound => "Check the group's name; a group without members and offsets does not exist.",
        ErrorCode.CoordinatorNotAvailable or ErrorCode.NotCoordinator or ErrorCode.CoordinatorLoadInProgress =>
            "The group's coordinator was not there for the whole timeout: look at the brokers that hold __consumer_offsets.",
        ErrorCode.InvalidRequest => "The broker could not make sense of the request: its log says why.",
        ErrorCode.PolicyViolation => "A policy of the cluster refuses this.",
        _ => "",
    };
}
