namespace Ouzel.Protocol.Messages;

/// <summary>Key of a classic group's state in __consumer_offsets.</summary>
[KafkaRecord(2, "0")]
public sealed partial class GroupMetadataKey : IKafkaRecord
{
    [In("0")] public string group { get; set; } = "";
}
