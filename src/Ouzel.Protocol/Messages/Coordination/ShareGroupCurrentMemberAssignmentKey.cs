namespace Ouzel.Protocol.Messages;

/// <summary>Key of the record that keeps what a member holds at present, in a share group.</summary>
[KafkaRecord(14, "0")]
public sealed partial class ShareGroupCurrentMemberAssignmentKey : IKafkaRecord
{
    [In("0")] public string GroupId { get; set; } = "";
    [In("0")] public string MemberId { get; set; } = "";
}
