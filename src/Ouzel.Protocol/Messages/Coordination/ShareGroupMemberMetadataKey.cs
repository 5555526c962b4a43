namespace Ouzel.Protocol.Messages;

/// <summary>Key of the record that keeps a member's description, in a share group.</summary>
[KafkaRecord(10, "0")]
public sealed partial class ShareGroupMemberMetadataKey : IKafkaRecord
{
    [In("0")] public string GroupId { get; set; } = "";
    [In("0")] public string MemberId { get; set; } = "";
}
