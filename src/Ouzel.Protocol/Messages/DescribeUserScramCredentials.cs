namespace Ouzel.Protocol.Messages;

/// <summary>Asks which SCRAM credentials users have.</summary>
[KafkaRequest(ApiKey.DescribeUserScramCredentials, "0", Flexible = "0+")]
public sealed partial class DescribeUserScramCredentialsRequest : IKafkaRequest<DescribeUserScramCredentialsResponse>
{
    [NullIn("0+")] public List<UserName>? Users { get; set; } = [];

    /// <summary>An element of Users.</summary>
    [KafkaStruct]
    public sealed partial class UserName
    {
        public string Name { get; set; } = "";
    }
}

/// <summary>Mechanisms and iterations of each user; never a secret.</summary>
[KafkaResponse(ApiKey.DescribeUserScramCredentials, "0", Flexible = "0+")]
public sealed partial class DescribeUserScramCredentialsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
    public List<DescribeUserScramCredentialsResult> Results { get; set; } = [];

    /// <summary>An element of Results.</summary>
    [KafkaStruct]
    public sealed partial class DescribeUserScramCredentialsResult
    {
        public string User { get; set; } = "";
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
        public List<CredentialInfo> CredentialInfos { get; set; } = [];
    }

    /// <summary>An element of CredentialInfos.</summary>
    [KafkaStruct]
    public sealed partial class CredentialInfo
    {
        public sbyte Mechanism { get; set; }
        public int Iterations { get; set; }
    }
}
