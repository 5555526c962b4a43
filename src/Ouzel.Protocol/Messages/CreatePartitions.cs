namespace Ouzel.Protocol.Messages;

/// <summary>Adds partitions to topics.</summary>
/// <remarks>v2 flexible. v1, v3 have the fields of the version before.</remarks>
[KafkaRequest(ApiKey.CreatePartitions, "0-3", Flexible = "2+")]
public sealed partial class CreatePartitionsRequest : IKafkaRequest<CreatePartitionsResponse>
{
    public List<CreatePartitionsTopic> Topics { get; set; } = [];
    public int TimeoutMs { get; set; }
    public bool ValidateOnly { get; set; }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class CreatePartitionsTopic
    {
        public string Name { get; set; } = "";
        public int Count { get; set; }
        [NullIn("0+")] public List<CreatePartitionsAssignment>? Assignments { get; set; } = [];
    }

    /// <summary>An element of Assignments.</summary>
    [KafkaStruct]
    public sealed partial class CreatePartitionsAssignment
    {
        public List<int> BrokerIds { get; set; } = [];
    }
}

/// <summary>The outcome for each topic.</summary>
/// <remarks>v2 flexible. v1, v3 have the fields of the version before.</remarks>
[KafkaResponse(ApiKey.CreatePartitions, "0-3", Flexible = "2+")]
public sealed partial class CreatePartitionsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public List<CreatePartitionsTopicResult> Results { get; set; } = [];

    /// <summary>An element of Results.</summary>
    [KafkaStruct]
    public sealed partial class CreatePartitionsTopicResult
    {
        public string Name { get; set; } = "";
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; }
    }
}
