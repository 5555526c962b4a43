namespace Ouzel.Protocol.Messages;

/// <summary>Asks for the access rules that match a filter.</summary>
/// <remarks>v1 PatternTypeFilter. v2 flexible. v3 has the fields of the version before.</remarks>
[KafkaRequest(ApiKey.DescribeAcls, "0-3", Flexible = "2+")]
public sealed partial class DescribeAclsRequest : IKafkaRequest<DescribeAclsResponse>
{
    public sbyte ResourceTypeFilter { get; set; }
    [NullIn("0+")] public string? ResourceNameFilter { get; set; } = "";
    [In("1+")] public sbyte PatternTypeFilter { get; set; } = 3;
    [NullIn("0+")] public string? PrincipalFilter { get; set; } = "";
    [NullIn("0+")] public string? HostFilter { get; set; } = "";
    public sbyte Operation { get; set; }
    public sbyte PermissionType { get; set; }
}

/// <summary>The rules found.</summary>
/// <remarks>v1 PatternType. v2 flexible. v3 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.DescribeAcls, "0-3", Flexible = "2+")]
public sealed partial class DescribeAclsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
    public List<DescribeAclsResource> Resources { get; set; } = [];

    /// <summary>An element of Resources.</summary>
    [KafkaStruct]
    public sealed partial class DescribeAclsResource
    {
        public sbyte ResourceType { get; set; }
        public string ResourceName { get; set; } = "";
        [In("1+")] public sbyte PatternType { get; set; } = 3;
        public List<AclDescription> Acls { get; set; } = [];
    }

    /// <summary>An element of Acls.</summary>
    [KafkaStruct]
    public sealed partial class AclDescription
    {
        public string Principal { get; set; } = "";
        public string Host { get; set; } = "";
        public sbyte Operation { get; set; }
        public sbyte PermissionType { get; set; }
    }
}
