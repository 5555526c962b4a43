namespace Ouzel.Protocol.Messages;

/// <summary>Adds access rules.</summary>
/// <remarks>v1 ResourcePatternType. v2 flexible. v3 has the fields of the version before.</remarks>
[KafkaRequest(ApiKey.CreateAcls, "0-3", Flexible = "2+")]
public sealed partial class CreateAclsRequest : IKafkaRequest<CreateAclsResponse>
{
    public List<AclCreation> Creations { get; set; } = [];

    /// <summary>An element of Creations.</summary>
    [KafkaStruct]
    public sealed partial class AclCreation
    {
        public sbyte ResourceType { get; set; }
        public string ResourceName { get; set; } = "";
        [In("1+")] public sbyte ResourcePatternType { get; set; } = 3;
        public string Principal { get; set; } = "";
        public string Host { get; set; } = "";
        public sbyte Operation { get; set; }
        public sbyte PermissionType { get; set; }
    }
}

/// <summary>The outcome for each rule.</summary>
/// <remarks>v2 flexible. v1, v3 have the fields of the version before.</remarks>
[KafkaResponse(ApiKey.CreateAcls, "0-3", Flexible = "2+")]
public sealed partial class CreateAclsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public List<AclCreationResult> Results { get; set; } = [];

    /// <summary>An element of Results.</summary>
    [KafkaStruct]
    public sealed partial class AclCreationResult
    {
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
    }
}
