namespace Ouzel.Protocol.Messages;

/// <summary>Hands in the description of a streams group's topology (KIP-1331).</summary>
[KafkaRequest(ApiKey.StreamsGroupTopologyDescriptionUpdate, "0", Flexible = "0+")]
public sealed partial class StreamsGroupTopologyDescriptionUpdateRequest : IKafkaRequest<StreamsGroupTopologyDescriptionUpdateResponse>
{
    public string GroupId { get; set; } = "";
    public string MemberId { get; set; } = "";
    public int TopologyEpoch { get; set; }
    public TopologyDescriptionItem TopologyDescription { get; set; } = new();

    /// <summary>The structure of TopologyDescription.</summary>
    [KafkaStruct(Name = "TopologyDescription")]
    public sealed partial class TopologyDescriptionItem
    {
        public List<TopologyDescriptionSubtopology> Subtopologies { get; set; } = [];
        public List<TopologyDescriptionGlobalStore> GlobalStores { get; set; } = [];
    }

    /// <summary>An element of Subtopologies.</summary>
    [KafkaStruct]
    public sealed partial class TopologyDescriptionSubtopology
    {
        public string SubtopologyId { get; set; } = "";
        public List<TopologyDescriptionNode> Nodes { get; set; } = [];
    }

    /// <summary>The structure shared by Nodes, Source and Processor.</summary>
    [KafkaStruct]
    public sealed partial class TopologyDescriptionNode
    {
        public string Name { get; set; } = "";
        public sbyte NodeType { get; set; }
        public List<string> SourceTopics { get; set; } = [];
        [NullIn("0+")] public string? SinkTopic { get; set; }
        public List<string> Stores { get; set; } = [];
        public List<string> Successors { get; set; } = [];
    }

    /// <summary>An element of GlobalStores.</summary>
    [KafkaStruct]
    public sealed partial class TopologyDescriptionGlobalStore
    {
        public TopologyDescriptionNode Source { get; set; } = new();
        public TopologyDescriptionNode Processor { get; set; } = new();
    }
}

/// <summary>The result of keeping the description.</summary>
[KafkaResponse(ApiKey.StreamsGroupTopologyDescriptionUpdate, "0", Flexible = "0+")]
public sealed partial class StreamsGroupTopologyDescriptionUpdateResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [NullIn("0+")] public string? ErrorMessage { get; set; }
}
