namespace Ouzel.Protocol.Messages;

/// <summary>A classic group's state: generation, protocol and members.</summary>
/// <remarks>v2 currentStateTimestamp. v4 flexible. v1, v3 have the fields of the version before.</remarks>
[KafkaRecord(2, "0-4", Flexible = "4+")]
public sealed partial class GroupMetadataValue : IKafkaRecord
{
    public string protocolType { get; set; } = "";
    public int generation { get; set; }
    [NullIn("0+")] public string? protocol { get; set; } = "";
    [NullIn("0+")] public string? leader { get; set; } = "";
    [In("2+", Ignorable = true)] public long currentStateTimestamp { get; set; } = -1;
    public List<MemberMetadata> members { get; set; } = [];

    /// <summary>An element of members.</summary>
    [KafkaStruct]
    public sealed partial class MemberMetadata
    {
        public string memberId { get; set; } = "";
        [In("3+", Ignorable = true), NullIn("3+")] public string? groupInstanceId { get; set; }
        public string clientId { get; set; } = "";
        public string clientHost { get; set; } = "";
        [In("1+", Ignorable = true)] public int rebalanceTimeout { get; set; } = -1;
        public int sessionTimeout { get; set; }
        public ReadOnlyMemory<byte> subscription { get; set; }
        public ReadOnlyMemory<byte> assignment { get; set; }
    }
}
