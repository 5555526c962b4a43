namespace Ouzel.Protocol.Messages;

/// <summary>Key of the record that keeps the group's epoch, in a streams group.</summary>
[KafkaRecord(17, "0")]
public sealed partial class StreamsGroupMetadataKey : IKafkaRecord
{
    [In("0")] public string GroupId { get; set; } = "";
}
