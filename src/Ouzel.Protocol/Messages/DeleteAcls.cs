namespace Ouzel.Protocol.Messages;

/// <summary>Removes the access rules that match filters.</summary>
/// <remarks>v1 PatternTypeFilter. v2 flexible. v3 has the fields of the version before.</remarks>
[KafkaRequest(ApiKey.DeleteAcls, "0-3", Flexible = "2+")]
public sealed partial class DeleteAclsRequest : IKafkaRequest<DeleteAclsResponse>
{
    public List<DeleteAclsFilter> Filters { get; set; } = [];

    /// <summary>An element of Filters.</summary>
    [KafkaStruct]
    public sealed partial class DeleteAclsFilter
    {
        public sbyte ResourceTypeFilter { get; set; }
        [NullIn("0+")] public string? ResourceNameFilter { get; set; } = "";
        [In("1+")] public sbyte PatternTypeFilter { get; set; } = 3;
        [NullIn("0+")] public string? PrincipalFilter { get; set; } = "";
        [NullIn("0+")] public string? HostFilter { get; set; } = "";
        public sbyte Operation { get; set; }
        public sbyte PermissionType { get; set; }
    }
}

/// <summary>The rules removed by each filter.</summary>
/// <remarks>v1 PatternType. v2 flexible. v3 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.DeleteAcls, "0-3", Flexible = "2+")]
public sealed partial class DeleteAclsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public List<DeleteAclsFilterResult> FilterResults { get; set; } = [];

    /// <summary>An element of FilterResults.</summary>
    [KafkaStruct]
    public sealed partial class DeleteAclsFilterResult
    {
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
        public List<DeleteAclsMatchingAcl> MatchingAcls { get; set; } = [];
    }

    /// <summary>An element of MatchingAcls.</summary>
    [KafkaStruct]
    public sealed partial class DeleteAclsMatchingAcl
    {
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
        public sbyte ResourceType { get; set; }
        public string ResourceName { get; set; } = "";
        [In("1+")] public sbyte PatternType { get; set; } = 3;
        public string Principal { get; set; } = "";
        public string Host { get; set; } = "";
        public sbyte Operation { get; set; }
        public sbyte PermissionType { get; set; }
    }
}
