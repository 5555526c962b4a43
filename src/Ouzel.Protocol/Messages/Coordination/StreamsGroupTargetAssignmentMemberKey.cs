namespace Ouzel.Protocol.Messages;

/// <summary>Key of the record that keeps what a member is to hold, in a streams group.</summary>
[KafkaRecord(21, "0")]
public sealed partial class StreamsGroupTargetAssignmentMemberKey : IKafkaRecord
{
    [In("0")] public string GroupId { get; set; } = "";
    [In("0")] public string MemberId { get; set; } = "";
}
