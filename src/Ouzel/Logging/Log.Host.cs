using Microsoft.Extensions.Logging;

namespace Ouzel.Logging;

/// <summary>The events of the executable around the broker. Event ids 1-99.</summary>
internal static partial class HostEvents
{
    [LoggerMessage(1, LogLevel.Warning, "{Note}")]
    public static partial void SettingNote(ILogger logger, string note);

    [LoggerMessage(2, LogLevel.Information, "Serving {Listeners} after {ElapsedMs} ms")]
    public static partial void Ready(ILogger logger, string listeners, long elapsedMs);

    [LoggerMessage(3, LogLevel.Information, "{Reason}: stopping, once more aborts")]
    public static partial void Stopping(ILogger logger, string reason);

    [LoggerMessage(4, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(5, LogLevel.Debug, "The run failed")]
    public static partial void FailureDetails(ILogger logger, Exception failure);

    [LoggerMessage(6, LogLevel.Warning, "Topic {Topic} has {Partitions} partitions already, not {Wanted}: it is left as it is. A Kafka tool can grow it: kafka-topics.sh --alter --topic {Topic} --partitions {Wanted}")]
    public static partial void OtherPartitions(ILogger logger, string topic, int partitions, int wanted);

    [LoggerMessage(10, LogLevel.Warning, "{Count} more lines like this were left out: {Kind}")]
    public static partial void LeftOutByLimit(ILogger logger, long count, string kind);

    [LoggerMessage(11, LogLevel.Warning, "{Count} lines were left out: the output did not take them")]
    public static partial void LeftOutByOutput(ILogger logger, long count);
}
