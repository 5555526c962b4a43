namespace Ouzel.Protocol.Messages;

/// <summary>Key of the record that keeps a member's description, in a consumer group.</summary>
[KafkaRecord(5, "0")]
public sealed partial class ConsumerGroupMemberMetadataKey : IKafkaRecord
{
    [In("0")] public string GroupId { get; set; } = "";
    [In("0")] public string MemberId { get; set; } = "";
}
