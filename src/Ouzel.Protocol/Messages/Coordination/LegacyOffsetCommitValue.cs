namespace Ouzel.Protocol.Messages;

/// <summary>A stored offset as the oldest brokers wrote it.</summary>
[KafkaRecord(0, "0")]
public sealed partial class LegacyOffsetCommitValue : IKafkaRecord
{
    [In("0")] public long offset { get; set; }
    [In("0")] public string metadata { get; set; } = "";
    [In("0")] public long commitTimestamp { get; set; }
}
