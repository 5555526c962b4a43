namespace Ouzel.Protocol.Messages;

/// <summary>Removes members from a classic group.</summary>
/// <remarks>v3 no MemberId, Members. v4 flexible. v5 Reason. v1, v2 have the fields of the version before.</remarks>
[KafkaRequest(ApiKey.LeaveGroup, "0-5", Flexible = "4+")]
public sealed partial class LeaveGroupRequest : IKafkaRequest<LeaveGroupResponse>
{
    public string GroupId { get; set; } = "";
    [In("0-2")] public string MemberId { get; set; } = "";
    [In("3+")] public List<MemberIdentity> Members { get; set; } = [];

    /// <summary>An element of Members.</summary>
    [KafkaStruct]
    public sealed partial class MemberIdentity
    {
        [In("3+")] public string MemberId { get; set; } = "";
        [In("3+"), NullIn("3+")] public string? GroupInstanceId { get; set; }
        [In("5+", Ignorable = true), NullIn("5+")] public string? Reason { get; set; }
    }
}

/// <summary>The outcome for each leaving member.</summary>
/// <remarks>v1 ThrottleTimeMs. v3 Members. v4 flexible. v2, v5 have the fields of the version before.</remarks>
[KafkaResponse(ApiKey.LeaveGroup, "0-5", Flexible = "4+")]
public sealed partial class LeaveGroupResponse : IKafkaResponse
{
    [In("1+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [In("3+")] public List<MemberResponse> Members { get; set; } = [];

    /// <summary>An element of Members.</summary>
    [KafkaStruct]
    public sealed partial class MemberResponse
    {
        [In("3+")] public string MemberId { get; set; } = "";
        [In("3+"), NullIn("3+")] public string? GroupInstanceId { get; set; } = "";
        [In("3+")] public ErrorCode ErrorCode { get; set; }
    }
}
