namespace Ouzel.Protocol.Messages;

/// <summary>Key of a stored offset as the oldest brokers wrote it.</summary>
[KafkaRecord(0, "0")]
public sealed partial class LegacyOffsetCommitKey : IKafkaRecord
{
    [In("0")] public string group { get; set; } = "";
    [In("0")] public string topic { get; set; } = "";
    [In("0")] public int partition { get; set; }
}
