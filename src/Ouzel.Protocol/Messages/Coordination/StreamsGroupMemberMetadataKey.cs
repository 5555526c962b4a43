namespace Ouzel.Protocol.Messages;

/// <summary>Key of the record that keeps a member's description, in a streams group.</summary>
[KafkaRecord(19, "0")]
public sealed partial class StreamsGroupMemberMetadataKey : IKafkaRecord
{
    [In("0")] public string GroupId { get; set; } = "";
    [In("0")] public string MemberId { get; set; } = "";
}
