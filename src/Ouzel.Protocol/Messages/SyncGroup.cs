namespace Ouzel.Protocol.Messages;

/// <summary>Hands over the leader's assignment and asks for the member's own.</summary>
/// <remarks>v3 GroupInstanceId. v4 flexible. v5 ProtocolType, ProtocolName. v1, v2 have the fields of the version before.</remarks>
[KafkaRequest(ApiKey.SyncGroup, "0-5", Flexible = "4+")]
public sealed partial class SyncGroupRequest : IKafkaRequest<SyncGroupResponse>
{
    public string GroupId { get; set; } = "";
    public int GenerationId { get; set; }
    public string MemberId { get; set; } = "";
    [In("3+"), NullIn("3+")] public string? GroupInstanceId { get; set; }
    [In("5+", Ignorable = true), NullIn("5+")] public string? ProtocolType { get; set; }
    [In("5+", Ignorable = true), NullIn("5+")] public string? ProtocolName { get; set; }
    public List<SyncGroupRequestAssignment> Assignments { get; set; } = [];

    /// <summary>An element of Assignments.</summary>
    [KafkaStruct]
    public sealed partial class SyncGroupRequestAssignment
    {
        public string MemberId { get; set; } = "";
        public ReadOnlyMemory<byte> Assignment { get; set; }
    }
}

/// <summary>The member's assignment.</summary>
/// <remarks>v1 ThrottleTimeMs. v4 flexible. v5 ProtocolType, ProtocolName. v2, v3 have the fields of the version before.</remarks>
[KafkaResponse(ApiKey.SyncGroup, "0-5", Flexible = "4+")]
public sealed partial class SyncGroupResponse : IKafkaResponse
{
    [In("1+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [In("5+", Ignorable = true), NullIn("5+")] public string? ProtocolType { get; set; }
    [In("5+", Ignorable = true), NullIn("5+")] public string? ProtocolName { get; set; }
    public ReadOnlyMemory<byte> Assignment { get; set; }
}
