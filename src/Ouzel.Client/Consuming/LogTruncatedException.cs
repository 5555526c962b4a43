using Ouzel.Protocol;

namespace Ouzel.Client;

/// <summary>
/// A partition's leader does not have what this consumer read: the end of the log was lost (KIP-320), as after an election of a replica that was not in sync.
/// </summary>
public sealed class LogTruncatedException : KafkaException
{
    internal LogTruncatedException(TopicPartition partition, long position, int leaderEpoch, long agreedOffset)
        : base(ErrorCode.OffsetOutOfRange, Describe(partition, position, leaderEpoch, agreedOffset))
    {
        Topic = partition.Topic;
        Partition = partition.Partition;
        Position = position;
        AgreedOffset = agreedOffset;
    }

    /// <summary>The consumer's position.</summary>
    public long Position { get; }

    /// <summary>Up to here (not included) the leader's log is what the consumer read; -1 when it cannot tell.</summary>
    public long AgreedOffset { get; }

    private static string Describe(TopicPartition partition, long position, int leaderEpoch, long agreedOffset) =>
        $"Partition {partition} lost records that this consumer had read: it was at offset {position} of leader epoch {leaderEpoch}, and the leader's log agrees "
        + (agreedOffset >= 0
            ? $"up to offset {agreedOffset}. Undo what the records from there on caused and Seek to {agreedOffset}, or set OffsetReset to let the consumer go on there"
            : "with none of that epoch. Seek to where reading shall go on, or set OffsetReset");
}
