namespace Ouzel.Protocol.Messages;

/// <summary>Key of the record that keeps what a member holds at present, in a streams group.</summary>
[KafkaRecord(22, "0")]
public sealed partial class StreamsGroupCurrentMemberAssignmentKey : IKafkaRecord
{
    [In("0")] public string GroupId { get; set; } = "";
    [In("0")] public string MemberId { get; set; } = "";
}
