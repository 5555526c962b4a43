using Microsoft.Extensions.Logging;
using Ouzel.Protocol;

namespace Ouzel.Broker.Cluster;

/// <summary>The events of the cluster's parts. Event ids 3000-3099.</summary>
internal static partial class ClusterEvents
{
    [LoggerMessage(3000, LogLevel.Information, "Cluster {ClusterId}, epoch {Epoch}: {Topics} topics with {Partitions} partitions, {Settings} resources with settings of their own, metadata up to offset {Offset}")]
    public static partial void Found(ILogger logger, string clusterId, int epoch, int topics, int partitions, int settings, long offset);

    [LoggerMessage(3001, LogLevel.Information, "A new cluster: {ClusterId}")]
    public static partial void NewCluster(ILogger logger, string clusterId);

    [LoggerMessage(3002, LogLevel.Warning, "The last run stopped in the middle of a change of the metadata; the change is undone")]
    public static partial void TransactionAborted(ILogger logger);

    [LoggerMessage(3003, LogLevel.Critical, "The metadata cannot be kept any more ({Reason}); this node stops taking changes")]
    public static partial void Failed(ILogger logger, string reason);

    [LoggerMessage(3015, LogLevel.Warning, "A snapshot of the metadata was left out: {Reason}. Raise the limit of open files (ulimit -n)")]
    public static partial void SnapshotLeftOut(ILogger logger, string reason);

    [LoggerMessage(3004, LogLevel.Information, "Wrote a snapshot of the metadata at offset {Offset}: {Records} records")]
    public static partial void SnapshotWritten(ILogger logger, long offset, int records);

    [LoggerMessage(3010, LogLevel.Information, "Topic {Topic} is made with {Partitions} partitions, id {TopicId}")]
    public static partial void TopicMade(ILogger logger, string topic, string topicId, int partitions);

    [LoggerMessage(3011, LogLevel.Information, "Topic {Topic} with {Partitions} partitions is deleted, id {TopicId}")]
    public static partial void TopicDeleted(ILogger logger, string topic, string topicId, int partitions);

    [LoggerMessage(3012, LogLevel.Information, "Topic {Topic} grows from {Before} to {After} partitions")]
    public static partial void TopicGrown(ILogger logger, string topic, int before, int after);

    [LoggerMessage(3005, LogLevel.Warning, "The last run did not stop cleanly: {Partitions} partitions have no other replica and go on with what this node recovered")]
    public static partial void UncleanLeaders(ILogger logger, int partitions);

    [LoggerMessage(3020, LogLevel.Warning, "{Path}: the log ends at {End}, before its newest snapshot {Snapshot}; it goes on from the snapshot")]
    public static partial void EndsBeforeSnapshot(ILogger logger, string path, long end, long snapshot);

    [LoggerMessage(3021, LogLevel.Warning, "{Path}: snapshot {Name} is not whole; an older one and the log are used")]
    public static partial void SnapshotDamaged(ILogger logger, string path, string name);

    [LoggerMessage(3022, LogLevel.Warning, "{Path}: a change of the metadata waits until a file can be opened. Raise the limit of open files (ulimit -n)")]
    public static partial void ChangeWaits(ILogger logger, string path);

    [LoggerMessage(3050, LogLevel.Warning, "{Topic} cannot be made ({Code}): {Reason}; what needs it is answered that no coordinator is there")]
    public static partial void CannotMake(ILogger logger, string topic, ErrorCode code, string? reason);
}
