using Microsoft.Extensions.Logging;

namespace Ouzel.Broker.Diagnostics;

/// <summary>The node's life and its jobs. Event ids 1200-1299.</summary>
internal static partial class Log
{
    [LoggerMessage(1201, LogLevel.Critical, "Every log directory is offline ({Reason}): the broker stops")]
    public static partial void EveryDirectoryOffline(ILogger log, string reason);

    [LoggerMessage(1202, LogLevel.Error, "Log directory {Directory} is offline: {Reason}. Its partitions answer with errors until the disk is repaired and the broker started again")]
    public static partial void DirectoryOffline(ILogger log, string directory, string reason);

    [LoggerMessage(1203, LogLevel.Error, "Stopping: {Step} failed")]
    public static partial void StopStepFailed(ILogger log, Exception fault, string step);
}
