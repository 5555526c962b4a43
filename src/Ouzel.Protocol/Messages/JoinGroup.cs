namespace Ouzel.Protocol.Messages;

/// <summary>Joins a classic group and waits for the rebalance.</summary>
/// <remarks>v1 RebalanceTimeoutMs. v5 GroupInstanceId. v6 flexible. v8 Reason. v2, v3, v4, v7, v9 have the fields of the version before.</remarks>
[KafkaRequest(ApiKey.JoinGroup, "0-9", Flexible = "6+")]
public sealed partial class JoinGroupRequest : IKafkaRequest<JoinGroupResponse>
{
    public string GroupId { get; set; } = "";
    public int SessionTimeoutMs { get; set; }
    [In("1+", Ignorable = true)] public int RebalanceTimeoutMs { get; set; } = -1;
    public string MemberId { get; set; } = "";
    [In("5+"), NullIn("5+")] public string? GroupInstanceId { get; set; }
    public string ProtocolType { get; set; } = "";
    public List<JoinGroupRequestProtocol> Protocols { get; set; } = [];
    [In("8+", Ignorable = true), NullIn("8+")] public string? Reason { get; set; }

    /// <summary>An element of Protocols.</summary>
    [KafkaStruct]
    public sealed partial class JoinGroupRequestProtocol
    {
        public string Name { get; set; } = "";
        public ReadOnlyMemory<byte> Metadata { get; set; }
    }
}

/// <summary>The member's id, the generation and, for the leader, all members.</summary>
/// <remarks>
/// v2 ThrottleTimeMs. v5 GroupInstanceId. v6 flexible. v7 ProtocolType. v9 SkipAssignment. v1, v3, v4, v8 have the fields of the version
/// before.
/// </remarks>
[KafkaResponse(ApiKey.JoinGroup, "0-9", Flexible = "6+")]
public sealed partial class JoinGroupResponse : IKafkaResponse
{
    [In("2+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public int GenerationId { get; set; } = -1;
    [In("7+", Ignorable = true), NullIn("7+")] public string? ProtocolType { get; set; }
    [NullIn("7+")] public string? ProtocolName { get; set; } = "";
    public string Leader { get; set; } = "";
    [In("9+")] public bool SkipAssignment { get; set; }
    public string MemberId { get; set; } = "";
    public List<JoinGroupResponseMember> Members { get; set; } = [];

    /// <summary>An element of Members.</summary>
    [KafkaStruct]
    public sealed partial class JoinGroupResponseMember
    {
        public string MemberId { get; set; } = "";
        [In("5+", Ignorable = true), NullIn("5+")] public string? GroupInstanceId { get; set; }
        public ReadOnlyMemory<byte> Metadata { get; set; }
    }
}
