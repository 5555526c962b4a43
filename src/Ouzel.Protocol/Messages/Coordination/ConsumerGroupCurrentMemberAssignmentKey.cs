namespace Ouzel.Protocol.Messages;

/// <summary>Key of the record that keeps what a member holds at present, in a consumer group.</summary>
[KafkaRecord(8, "0")]
public sealed partial class ConsumerGroupCurrentMemberAssignmentKey : IKafkaRecord
{
    [In("0")] public string GroupId { get; set; } = "";
    [In("0")] public string MemberId { get; set; } = "";
}
