using Microsoft.Extensions.Logging;
using Ouzel.Protocol;

namespace Ouzel.Client.Hosting;

/// <summary>Events of a host's handlers. Event ids 5100-5199.</summary>
internal static partial class HostingEvents
{
    [LoggerMessage(5100, LogLevel.Warning, "Group {Group}: the record at {Position} failed at attempt {Attempt}, the next one is in {DelayMs} ms")]
    public static partial void AttemptFailed(ILogger logger, Exception fault, string group, TopicPartitionOffset position, int attempt, long delayMs);

    [LoggerMessage(5101, LogLevel.Error, "Group {Group}: the record at {Position} failed at all {Attempts} attempts and is in {Topic} now")]
    public static partial void DeadLetterWritten(ILogger logger, Exception fault, string group, TopicPartitionOffset position, string topic, int attempts);

    [LoggerMessage(5102, LogLevel.Error, "Group {Group}: the record at {Position} could not be written to {Topic}, the next attempt is in {DelayMs} ms")]
    public static partial void DeadLetterNotWritten(ILogger logger, Exception fault, string group, TopicPartitionOffset position, string topic, long delayMs);

    [LoggerMessage(5103, LogLevel.Error, "Group {Group}: the record at {Position} failed at all {Attempts} attempts and is passed over")]
    public static partial void RecordSkipped(ILogger logger, Exception fault, string group, TopicPartitionOffset position, int attempts);

    [LoggerMessage(5104, LogLevel.Information, "Group {Group}: the record at {Position} was cancelled and will be handled again, by whoever reads the partition next")]
    public static partial void RecordCancelled(ILogger logger, string group, TopicPartitionOffset position);

    [LoggerMessage(5105, LogLevel.Critical, "Group {Group}: the record at {Position} cannot be brought to an end; nothing behind it in its partition is committed before the handler starts anew")]
    public static partial void RecordAbandoned(ILogger logger, Exception fault, string group, TopicPartitionOffset position);

    [LoggerMessage(5110, LogLevel.Error, "Group {Group}: reading failed, it begins anew in {DelayMs} ms")]
    public static partial void ReadingFailed(ILogger logger, Exception fault, string group, long delayMs);

    [LoggerMessage(5111, LogLevel.Warning, "Group {Group}: a commit failed, the next one covers it: {Reason}")]
    public static partial void CommitFailed(ILogger logger, string group, string reason);

    [LoggerMessage(5112, LogLevel.Warning, "Group {Group}: records that had been begun did not end within {TimeoutMs} ms, although they were cancelled; they will be handled again")]
    public static partial void HandlerHangs(ILogger logger, string group, long timeoutMs);

    [LoggerMessage(5113, LogLevel.Warning, "Group {Group}: the host's time to stop was over before the handler had stopped")]
    public static partial void StoppedLate(ILogger logger, string group);

    [LoggerMessage(5114, LogLevel.Debug, "Group {Group}: {Partition} was taken away while it was paused or resumed")]
    public static partial void PartitionGone(ILogger logger, string group, TopicPartition partition);

    [LoggerMessage(5115, LogLevel.Information, "Group {Group}: {Records} records of {Partition} were read and are dropped, because the partition was lost meanwhile")]
    public static partial void BatchDropped(ILogger logger, string group, TopicPartition partition, int records);
}
