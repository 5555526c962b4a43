namespace Ouzel.Protocol.Messages;

/// <summary>Key of a change to a share partition's state in __share_group_state.</summary>
[KafkaRecord(1, "0")]
public sealed partial class ShareUpdateKey : IKafkaRecord
{
    [In("0")] public string GroupId { get; set; } = "";
    [In("0")] public Uuid TopicId { get; set; }
    [In("0")] public int Partition { get; set; }
}
