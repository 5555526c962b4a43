namespace Ouzel.Protocol.Messages;

/// <summary>Sets or deletes users' SCRAM credentials.</summary>
[KafkaRequest(ApiKey.AlterUserScramCredentials, "0", Flexible = "0+")]
public sealed partial class AlterUserScramCredentialsRequest : IKafkaRequest<AlterUserScramCredentialsResponse>
{
    public List<ScramCredentialDeletion> Deletions { get; set; } = [];
    public List<ScramCredentialUpsertion> Upsertions { get; set; } = [];

    /// <summary>An element of Deletions.</summary>
    [KafkaStruct]
    public sealed partial class ScramCredentialDeletion
    {
        public string Name { get; set; } = "";
        public sbyte Mechanism { get; set; }
    }

    /// <summary>An element of Upsertions.</summary>
    [KafkaStruct]
    public sealed partial class ScramCredentialUpsertion
    {
        public string Name { get; set; } = "";
        public sbyte Mechanism { get; set; }
        public int Iterations { get; set; }
        [Secret] public ReadOnlyMemory<byte> Salt { get; set; }
        [Secret] public ReadOnlyMemory<byte> SaltedPassword { get; set; }
    }
}

/// <summary>The outcome for each user.</summary>
[KafkaResponse(ApiKey.AlterUserScramCredentials, "0", Flexible = "0+")]
public sealed partial class AlterUserScramCredentialsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public List<AlterUserScramCredentialsResult> Results { get; set; } = [];

    /// <summary>An element of Results.</summary>
    [KafkaStruct]
    public sealed partial class AlterUserScramCredentialsResult
    {
        public string User { get; set; } = "";
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
    }
}
