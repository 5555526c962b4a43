namespace Ouzel.Protocol.Messages;

/// <summary>Keeps a member's description, in a consumer group.</summary>
[KafkaRecord(5, "0", Flexible = "0+")]
public sealed partial class ConsumerGroupMemberMetadataValue : IKafkaRecord
{
    [NullIn("0+")] public string? InstanceId { get; set; } = "";
    [NullIn("0+")] public string? RackId { get; set; } = "";
    public string ClientId { get; set; } = "";
    public string ClientHost { get; set; } = "";
    public List<string> SubscribedTopicNames { get; set; } = [];
    [NullIn("0+")] public string? SubscribedTopicRegex { get; set; } = "";
    public int RebalanceTimeoutMs { get; set; } = -1;
    [NullIn("0+")] public string? ServerAssignor { get; set; } = "";
    [Tagged(0, "0+"), NullIn("0+")] public ClassicMemberMetadataItem? ClassicMemberMetadata { get; set; } = new();

    /// <summary>The structure of ClassicMemberMetadata.</summary>
    [KafkaStruct(Name = "ClassicMemberMetadata")]
    public sealed partial class ClassicMemberMetadataItem
    {
        public int SessionTimeoutMs { get; set; }
        public List<ClassicProtocol> SupportedProtocols { get; set; } = [];
    }

    /// <summary>An element of SupportedProtocols.</summary>
    [KafkaStruct]
    public sealed partial class ClassicProtocol
    {
        public string Name { get; set; } = "";
        public ReadOnlyMemory<byte> Metadata { get; set; }
    }
}
