using Microsoft.Extensions.Logging;
using Ouzel.Protocol;

namespace Ouzel.Broker.Groups;

/// <summary>The events of groups and their members. Event ids 3200-3249.</summary>
internal static partial class GroupEvents
{
    [LoggerMessage(3200, LogLevel.Information, "Group {Group}: member {Member} of client '{ClientId}' at {Host} joins")]
    public static partial void Joins(ILogger log, string group, string member, string clientId, string host);

    [LoggerMessage(3201, LogLevel.Information, "Group {Group}: member {Member} leaves: {Reason}")]
    public static partial void Leaves(ILogger log, string group, string member, string reason);

    [LoggerMessage(3202, LogLevel.Information, "Group {Group}: member {Member} is taken out: {Reason}")]
    public static partial void Evicted(ILogger log, string group, string member, string reason);

    [LoggerMessage(3203, LogLevel.Information, "Group {Group} rebalances in generation {Generation} with {Members} members: {Reason}")]
    public static partial void Rebalances(ILogger log, string group, int generation, int members, string reason);

    [LoggerMessage(3204, LogLevel.Information, "Group {Group}: generation {Generation} begins with {Members} members, protocol '{Protocol}', leader {Leader}")]
    public static partial void GenerationBegins(ILogger log, string group, int generation, int members, string protocol, string leader);

    [LoggerMessage(3205, LogLevel.Information, "Group {Group} is empty in generation {Generation}")]
    public static partial void Empty(ILogger log, string group, int generation);

    [LoggerMessage(3206, LogLevel.Information, "Group {Group}: generation {Generation} is stable, its {Members} members have their parts")]
    public static partial void Stable(ILogger log, string group, int generation, int members);

    [LoggerMessage(3207, LogLevel.Information, "Group {Group}: member {Member} takes the place of static member {Instance}, which was {Former}")]
    public static partial void TakesPlace(ILogger log, string group, string member, string instance, string former);

    [LoggerMessage(3208, LogLevel.Information, "Group {Group} is deleted")]
    public static partial void Deleted(ILogger log, string group);

    [LoggerMessage(3209, LogLevel.Information, "Group {Group}: {Count} offsets have expired")]
    public static partial void OffsetsExpired(ILogger log, string group, int count);

    [LoggerMessage(3210, LogLevel.Warning, "Group {Group}: its position {Offset} in {Partition} lies behind the records that the last stop left, which end at {End}: it goes on there, so that it gets what is written from now on")]
    public static partial void PulledBack(ILogger log, string group, TopicPartition partition, long offset, long end);

    [LoggerMessage(3211, LogLevel.Warning, "Groups and their offsets take {Taken} bytes, {Max} are their share of ouzel.memory.limit: new members and offsets are told COORDINATOR_NOT_AVAILABLE until there is room")]
    public static partial void MemoryFull(ILogger log, long taken, long max);

    [LoggerMessage(3212, LogLevel.Information, "Coordinating the groups of {Partitions} partitions of __consumer_offsets: {Groups} groups with {Offsets} offsets, read in {Ms} ms")]
    public static partial void Coordinating(ILogger log, int partitions, int groups, long offsets, long ms);
}
