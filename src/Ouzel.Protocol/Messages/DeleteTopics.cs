namespace Ouzel.Protocol.Messages;

/// <summary>Deletes topics by name or id.</summary>
/// <remarks>v4 flexible. v6 Topics, no TopicNames. v1, v2, v3, v5 have the fields of the version before.</remarks>
[KafkaRequest(ApiKey.DeleteTopics, "0-6", Flexible = "4+")]
public sealed partial class DeleteTopicsRequest : IKafkaRequest<DeleteTopicsResponse>
{
    [In("6+")] public List<DeleteTopicState> Topics { get; set; } = [];
    [In("0-5", Ignorable = true)] public List<string> TopicNames { get; set; } = [];
    public int TimeoutMs { get; set; }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class DeleteTopicState
    {
        [In("6+"), NullIn("6+")] public string? Name { get; set; }
        [In("6+")] public Uuid TopicId { get; set; }
    }
}

/// <summary>The outcome for each topic.</summary>
/// <remarks>v1 ThrottleTimeMs. v4 flexible. v5 ErrorMessage. v6 TopicId. v2, v3 have the fields of the version before.</remarks>
[KafkaResponse(ApiKey.DeleteTopics, "0-6", Flexible = "4+")]
public sealed partial class DeleteTopicsResponse : IKafkaResponse
{
    [In("1+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    public List<DeletableTopicResult> Responses { get; set; } = [];

    /// <summary>An element of Responses.</summary>
    [KafkaStruct]
    public sealed partial class DeletableTopicResult
    {
        [NullIn("6+")] public string? Name { get; set; } = "";
        [In("6+", Ignorable = true)] public Uuid TopicId { get; set; }
        public ErrorCode ErrorCode { get; set; }
        [In("5+", Ignorable = true), NullIn("5+")] public string? ErrorMessage { get; set; }
    }
}
