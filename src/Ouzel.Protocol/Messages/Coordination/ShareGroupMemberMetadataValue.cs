namespace Ouzel.Protocol.Messages;

/// <summary>Keeps a member's description, in a share group.</summary>
[KafkaRecord(10, "0", Flexible = "0+")]
public sealed partial class ShareGroupMemberMetadataValue : IKafkaRecord
{
    [NullIn("0+")] public string? RackId { get; set; } = "";
    public string ClientId { get; set; } = "";
    public string ClientHost { get; set; } = "";
    public List<string> SubscribedTopicNames { get; set; } = [];
}
