namespace Ouzel.Protocol.Messages;

/// <summary>Creates topics.</summary>
/// <remarks>v1 validateOnly. v5 flexible. v2, v3, v4, v6, v7 have the fields of the version before.</remarks>
[KafkaRequest(ApiKey.CreateTopics, "0-7", Flexible = "5+")]
public sealed partial class CreateTopicsRequest : IKafkaRequest<CreateTopicsResponse>
{
    public List<CreatableTopic> Topics { get; set; } = [];
    public int timeoutMs { get; set; } = 60000;
    [In("1+")] public bool validateOnly { get; set; }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class CreatableTopic
    {
        public string Name { get; set; } = "";
        public int NumPartitions { get; set; }
        public short ReplicationFactor { get; set; }
        public List<CreatableReplicaAssignment> Assignments { get; set; } = [];
        public List<CreatableTopicConfig> Configs { get; set; } = [];
    }

    /// <summary>An element of Assignments.</summary>
    [KafkaStruct]
    public sealed partial class CreatableReplicaAssignment
    {
        public int PartitionIndex { get; set; }
        public List<int> BrokerIds { get; set; } = [];
    }

    /// <summary>An element of Configs.</summary>
    [KafkaStruct]
    public sealed partial class CreatableTopicConfig
    {
        public string Name { get; set; } = "";
        [NullIn("0+"), Secret] public string? Value { get; set; } = "";
    }
}

/// <summary>The outcome for each topic.</summary>
/// <remarks>
/// v1 ErrorMessage. v2 ThrottleTimeMs. v5 flexible, TopicConfigErrorCode, NumPartitions, ReplicationFactor, Configs. v7 TopicId. v3, v4, v6
/// have the fields of the version before.
/// </remarks>
[KafkaResponse(ApiKey.CreateTopics, "0-7", Flexible = "5+")]
public sealed partial class CreateTopicsResponse : IKafkaResponse
{
    [In("2+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    public List<CreatableTopicResult> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class CreatableTopicResult
    {
        public string Name { get; set; } = "";
        [In("7+", Ignorable = true)] public Uuid TopicId { get; set; }
        public ErrorCode ErrorCode { get; set; }
        [In("1+", Ignorable = true), NullIn("0+")] public string? ErrorMessage { get; set; } = "";
        [Tagged(0, "5+", Ignorable = true)] public short TopicConfigErrorCode { get; set; }
        [In("5+", Ignorable = true)] public int NumPartitions { get; set; } = -1;
        [In("5+", Ignorable = true)] public short ReplicationFactor { get; set; } = -1;
        [In("5+", Ignorable = true), NullIn("5+")] public List<CreatableTopicConfigs>? Configs { get; set; } = [];
    }

    /// <summary>An element of Configs.</summary>
    [KafkaStruct]
    public sealed partial class CreatableTopicConfigs
    {
        [In("5+")] public string Name { get; set; } = "";
        [In("5+"), NullIn("5+"), Secret] public string? Value { get; set; } = "";
        [In("5+")] public bool ReadOnly { get; set; }
        [In("5+", Ignorable = true)] public sbyte ConfigSource { get; set; } = -1;
        [In("5+")] public bool IsSensitive { get; set; }
    }
}
