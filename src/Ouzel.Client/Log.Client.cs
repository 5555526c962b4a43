using Microsoft.Extensions.Logging;
using Ouzel.Client.Connections;
using Ouzel.Client.Consuming.Groups;
using Ouzel.Protocol;

namespace Ouzel.Client;

/// <summary>The events of the client library. Event ids 5000-5099.</summary>
internal static partial class ClientEvents
{
    [LoggerMessage(5000, LogLevel.Debug, "Connected to {Broker}")]
    public static partial void Connected(ILogger logger, ConnectionIdentity broker);

    [LoggerMessage(5001, LogLevel.Debug, "Connection to {Broker} ended: {Reason}")]
    public static partial void ConnectionEnded(ILogger logger, ConnectionIdentity broker, string reason);

    [LoggerMessage(5002, LogLevel.Information, "No connection to {Broker} after {Failures} attempts: {Reason}")]
    public static partial void NotConnected(ILogger logger, ConnectionIdentity broker, int failures, string reason);

    [LoggerMessage(5010, LogLevel.Warning, "The cluster's metadata could not be refreshed: {Reason}")]
    public static partial void MetadataNotRefreshed(ILogger logger, string reason);

    [LoggerMessage(5020, LogLevel.Warning, "{Count} records that nobody awaited were not written; the first of them: {Reason}")]
    public static partial void RecordsLost(ILogger logger, int count, string reason);

    [LoggerMessage(5021, LogLevel.Error, "The response to a produce request could not be used; its batches count as lost: {Reason}")]
    public static partial void ResponseUnusable(ILogger logger, string reason);

    [LoggerMessage(5022, LogLevel.Warning, "No producer id yet, records wait for it: the broker says {Error}")]
    public static partial void ProducerIdRefused(ILogger logger, ErrorCode error);

    [LoggerMessage(5023, LogLevel.Information, "No producer id yet, records wait for it: {Reason}")]
    public static partial void NoProducerId(ILogger logger, string reason);

    [LoggerMessage(5030, LogLevel.Information, "{Partition}: {Why}; reading begins at {Start}")]
    public static partial void PositionReset(ILogger logger, TopicPartition partition, string why, StartPosition start);

    [LoggerMessage(5031, LogLevel.Warning, "{Partition}: the leader's log ends differently than what was read; reading goes on at {Offset} instead of {Position}, records between were lost")]
    public static partial void Truncated(ILogger logger, TopicPartition partition, long offset, long position);

    [LoggerMessage(5032, LogLevel.Debug, "Fetching from broker {Broker} failed: {Reason}")]
    public static partial void FetchFailed(ILogger logger, int broker, string reason);

    [LoggerMessage(5033, LogLevel.Debug, "{Partition}: broker {Broker} answered {Error}")]
    public static partial void PartitionRefused(ILogger logger, TopicPartition partition, int broker, ErrorCode error);

    [LoggerMessage(5040, LogLevel.Information, "Joining group {Group}: {Reason}")]
    public static partial void Joining(ILogger logger, string group, string reason);

    [LoggerMessage(5041, LogLevel.Information, "Group {Group}, generation {Generation} by {Assignor}: {Count} partitions are assigned")]
    public static partial void Assigned(ILogger logger, string group, int generation, string? assignor, int count);

    [LoggerMessage(5042, LogLevel.Warning, "Group {Group}: {Count} partitions were lost: {Reason}")]
    public static partial void PartitionsLost(ILogger logger, string group, int count, string reason);

    [LoggerMessage(5043, LogLevel.Warning, "Left group {Group}: {Reason}. Handle smaller batches, or raise MaxPollIntervalMs")]
    public static partial void Expelled(ILogger logger, string group, string reason);

    [LoggerMessage(5044, LogLevel.Information, "Group {Group} could not be told that this member leaves; it waits for the end of the session: {Reason}")]
    public static partial void NotLeft(ILogger logger, string group, string reason);

    [LoggerMessage(5045, LogLevel.Debug, "Group {Group}: {Step} failed: {Reason}")]
    public static partial void StepFailed(ILogger logger, string group, MemberStepKind step, string reason);

    [LoggerMessage(5060, LogLevel.Warning, "Group {Group}: a commit failed, the next one covers it: {Reason}")]
    public static partial void CommitFailed(ILogger logger, string? group, string reason);

    [LoggerMessage(5061, LogLevel.Warning, "Group {Group}: closing took longer than {TimeoutMs} ms, or failed: {Reason}")]
    public static partial void CloseFailed(ILogger logger, string? group, int timeoutMs, string reason);
}
