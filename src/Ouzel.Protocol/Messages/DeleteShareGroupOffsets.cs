namespace Ouzel.Protocol.Messages;

/// <summary>Deletes an empty share group's offsets of topics.</summary>
[KafkaRequest(ApiKey.DeleteShareGroupOffsets, "0", Flexible = "0+")]
public sealed partial class DeleteShareGroupOffsetsRequest : IKafkaRequest<DeleteShareGroupOffsetsResponse>
{
    public string GroupId { get; set; } = "";
    public List<DeleteShareGroupOffsetsRequestTopic> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class DeleteShareGroupOffsetsRequestTopic
    {
        public string TopicName { get; set; } = "";
    }
}

/// <summary>The outcome for each topic.</summary>
[KafkaResponse(ApiKey.DeleteShareGroupOffsets, "0", Flexible = "0+")]
public sealed partial class DeleteShareGroupOffsetsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [NullIn("0+")] public string? ErrorMessage { get; set; }
    public List<DeleteShareGroupOffsetsResponseTopic> Responses { get; set; } = [];

    /// <summary>An element of Responses.</summary>
    [KafkaStruct]
    public sealed partial class DeleteShareGroupOffsetsResponseTopic
    {
        public string TopicName { get; set; } = "";
        public Uuid TopicId { get; set; }
        public ErrorCode ErrorCode { get; set; }
        [NullIn("0+")] public string? ErrorMessage { get; set; }
    }
}
