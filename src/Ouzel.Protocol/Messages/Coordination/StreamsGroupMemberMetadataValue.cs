namespace Ouzel.Protocol.Messages;

/// <summary>Keeps a member's description, in a streams group.</summary>
[KafkaRecord(19, "0", Flexible = "0+")]
public sealed partial class StreamsGroupMemberMetadataValue : IKafkaRecord
{
    [NullIn("0+")] public string? InstanceId { get; set; } = "";
    [NullIn("0+")] public string? RackId { get; set; } = "";
    public string ClientId { get; set; } = "";
    public string ClientHost { get; set; } = "";
    public int RebalanceTimeoutMs { get; set; } = -1;
    public int TopologyEpoch { get; set; }
    public string ProcessId { get; set; } = "";
    [NullIn("0+")] public Endpoint? UserEndpoint { get; set; }
    public List<KeyValue> ClientTags { get; set; } = [];

    /// <summary>The structure of UserEndpoint.</summary>
    [KafkaStruct]
    public sealed partial class Endpoint
    {
        public string Host { get; set; } = "";
        public ushort Port { get; set; }
    }

    /// <summary>An element of ClientTags.</summary>
    [KafkaStruct]
    public sealed partial class KeyValue
    {
        public string Key { get; set; } = "";
        public string Value { get; set; } = "";
    }
}
