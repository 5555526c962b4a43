namespace Ouzel.Protocol.Messages;

/// <summary>Key of a stored offset in __consumer_offsets.</summary>
[KafkaRecord(1, "0")]
public sealed partial class OffsetCommitKey : IKafkaRecord
{
    [In("0")] public string group { get; set; } = "";
    [In("0")] public string topic { get; set; } = "";
    [In("0")] public int partition { get; set; }
}
