using Microsoft.Extensions.Logging;
using Ouzel.Protocol;

namespace Ouzel.Broker.Diagnostics;

/// <summary>Partitions. Event ids 1100-1199.</summary>
internal static partial class Log
{
    [LoggerMessage(1107, LogLevel.Warning, "Partition {Partition} cannot be opened yet: {Reason}. It is tried again until a file can be opened; raise the limit of open files (ulimit -n)")]
    public static partial void PartitionWaitsForDescriptors(ILogger log, TopicPartition partition, string reason);

    [LoggerMessage(1100, LogLevel.Error, "Partition {Partition} cannot be opened: {Reason}. It stays offline until the disk is repaired and the broker started again")]
    public static partial void PartitionNotOpened(ILogger log, TopicPartition partition, string reason);

    [LoggerMessage(1101, LogLevel.Error, "The files of {Count} deleted partitions in {Directory} cannot be removed: {Reason}")]
    public static partial void PartitionsNotDeleted(ILogger log, int count, string directory, string reason);

    [LoggerMessage(1102, LogLevel.Error, "Partition {Partition} has no directory in {Directories}, and had one: it is offline, not made anew. Put the directory back and start again; to begin it empty, make an empty directory of that name, or delete the topic")]
    public static partial void PartitionMissing(ILogger log, TopicPartition partition, string directories);

    [LoggerMessage(1106, LogLevel.Warning, "The controller does not know of a change of the log directories: {Reason}. Clients may be sent to partitions that are offline")]
    public static partial void DirectoriesNotTold(ILogger log, string reason);

    [LoggerMessage(1105, LogLevel.Error, "The names of new partitions in {Directory} are not on the disk yet: {Reason}")]
    public static partial void NamesNotSynced(ILogger log, string directory, string reason);

    [LoggerMessage(1103, LogLevel.Error, "{Api} failed at partition {Partition}, which answers {Error}; the other partitions of the request are served. {Untold} such faults were not told before this one. Please report it with these lines")]
    public static partial void PartitionFault(ILogger log, ApiKey api, TopicPartition partition, ErrorCode error, int untold, Exception fault);

    [LoggerMessage(1108, LogLevel.Warning, "Partition {Partition} in {Directory} is unknown to the cluster: its directory is renamed to -stray and kept. Delete it when you do not need it")]
    public static partial void StrayPartition(ILogger log, TopicPartition partition, string directory);

    [LoggerMessage(1109, LogLevel.Error, "Partition {Partition} cannot follow what the cluster decided: {Reason}. It is led by nobody here until the broker is started again")]
    public static partial void PartitionNotFollowed(ILogger log, TopicPartition partition, string reason);
}
