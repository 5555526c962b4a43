namespace Ouzel.Protocol.Messages;

/// <summary>Keeps the group's topology, in a streams group.</summary>
[KafkaRecord(23, "0", Flexible = "0+")]
public sealed partial class StreamsGroupTopologyValue : IKafkaRecord
{
    public int Epoch { get; set; }
    public List<Subtopology> Subtopologies { get; set; } = [];

    /// <summary>An element of Subtopologies.</summary>
    [KafkaStruct]
    public sealed partial class Subtopology
    {
        public string SubtopologyId { get; set; } = "";
        public List<string> SourceTopics { get; set; } = [];
        public List<string> SourceTopicRegex { get; set; } = [];
        public List<TopicInfo> StateChangelogTopics { get; set; } = [];
        public List<string> RepartitionSinkTopics { get; set; } = [];
        public List<TopicInfo> RepartitionSourceTopics { get; set; } = [];
        public List<CopartitionGroup> CopartitionGroups { get; set; } = [];
    }

    /// <summary>An element of CopartitionGroups.</summary>
    [KafkaStruct]
    public sealed partial class CopartitionGroup
    {
        public List<short> SourceTopics { get; set; } = [];
        public List<short> SourceTopicRegex { get; set; } = [];
        public List<short> RepartitionSourceTopics { get; set; } = [];
    }

    /// <summary>An element of TopicConfigs.</summary>
    [KafkaStruct]
    public sealed partial class TopicConfig
    {
        public string key { get; set; } = "";
        public string value { get; set; } = "";
    }

    /// <summary>The structure shared by StateChangelogTopics and RepartitionSourceTopics.</summary>
    [KafkaStruct]
    public sealed partial class TopicInfo
    {
        public string Name { get; set; } = "";
        public int Partitions { get; set; }
        public short ReplicationFactor { get; set; }
        public List<TopicConfig> TopicConfigs { get; set; } = [];
    }
}
