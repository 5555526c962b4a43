namespace Ouzel.Protocol.Messages;

/// <summary>Key of a share partition's full state in __share_group_state.</summary>
[KafkaRecord(0, "0")]
public sealed partial class ShareSnapshotKey : IKafkaRecord
{
    [In("0")] public string GroupId { get; set; } = "";
    [In("0")] public Uuid TopicId { get; set; }
    [In("0")] public int Partition { get; set; }
}
