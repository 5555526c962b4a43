
namespace Ouzel.Protocol.Messages;

/// <summary>Asks for the details of classic groups.</summary>
/// <remarks>v3 IncludeAuthorizedOperations. v5 flexible. v1, v2, v4, v6 have the fields of the version before.</remarks>
[KafkaRequest(ApiKey.DescribeGroups, "0-6", Flexible = "5+")]
public sealed partial class DescribeGroupsRequest : IKafkaRequest<DescribeGroupsResponse>
{
    public List<string> Groups { get; set; } = [];
    [In("3+")] public bool IncludeAuthorizedOperations { get; set; }
}

/// <summary>State, protocol and members of each group.</summary>
/// <remarks>v1 ThrottleTimeMs. v3 AuthorizedOperations. v4 GroupInstanceId. v5 flexible. v6 ErrorMessage. v2 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.DescribeGroups, "0-6", Flexible = "5+")]
public sealed partial class DescribeGroupsResponse : IKafkaResponse
{
    [In("1+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    public List<DescribedGroup> Groups { get; set; } = [];

    /// <summary>An element of Groups.</summary>
    [KafkaStruct]
    public sealed partial class DescribedGroup
    {
        public ErrorCode ErrorCode { get; set; }
        [In("6+"), NullIn("6+")] public string? ErrorMessage { get; set; }
        public string GroupId { get; set; } = "";
        public string GroupState { get; set; } = "";
        public string ProtocolType { get; set; } = "";
        public string ProtocolData { get; set; } = "";
        public List<DescribedGroupMember> Members { get; set; } = [];
        [In("3+")] public int AuthorizedOperations { get; set; } = int.MinValue;
    }

    /// <summary>An element of Members.</summary>
    [KafkaStruct]
    public sealed partial class DescribedGroupMember
    {
        public string MemberId { get; set; } = "";
        [In("4+", Ignorable = true), NullIn("4+")] public string? GroupInstanceId { get; set; }
        public string ClientId { get; set; } = "";
        public string ClientHost { get; set; } = "";
        public ReadOnlyMemory<byte> MemberMetadata { get; set; }
        public ReadOnlyMemory<byte> MemberAssignment { get; set; }
    }
}
