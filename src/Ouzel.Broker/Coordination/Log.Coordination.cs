using Microsoft.Extensions.Logging;
using Ouzel.Protocol;

namespace Ouzel.Broker.Coordination;

/// <summary>The events of coordinators' internal partitions. Event ids 3100-3149.</summary>
internal static partial class CoordinationEvents
{
    [LoggerMessage(3100, LogLevel.Debug, "{Partition}: coordinating in leader epoch {Epoch}, read to offset {End}")]
    public static partial void Loaded(ILogger logger, string partition, int epoch, long end);

    [LoggerMessage(3101, LogLevel.Error, "{Partition}: its records cannot be read, so what it holds is not served (COORDINATOR_NOT_AVAILABLE); it is tried again after a while")]
    public static partial void LoadFailed(ILogger logger, Exception fault, string partition);

    [LoggerMessage(3102, LogLevel.Error, "{Partition}: the records at offsets {First} to {Last} are passed over: {What}. What was newest there, such as a group's position, goes on from an older state")]
    public static partial void Damage(ILogger logger, string partition, long first, long last, string what);

    [LoggerMessage(3103, LogLevel.Error, "{Partition}: {Count} damaged places were passed over; the rest is served. Look at the disk; of groups, compare the positions")]
    public static partial void Damaged(ILogger logger, string partition, int count);

    [LoggerMessage(3104, LogLevel.Error, "{Partition}: its log directory is offline, so what it holds is not served (COORDINATOR_NOT_AVAILABLE)")]
    public static partial void Offline(ILogger logger, string partition);

    [LoggerMessage(3105, LogLevel.Error, "{Partition}: an operation failed inside the coordinator; what it touched is taken back to what the log says")]
    public static partial void OperationFailed(ILogger logger, Exception fault, string partition);

    [LoggerMessage(3106, LogLevel.Warning, "{Partition}: the log refused {Count} records: {Error}")]
    public static partial void Refused(ILogger logger, string partition, int count, ErrorCode error);
}
