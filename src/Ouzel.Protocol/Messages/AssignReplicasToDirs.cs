namespace Ouzel.Protocol.Messages;

/// <summary>A broker's report of the log directories that hold its replicas.</summary>
[KafkaRequest(ApiKey.AssignReplicasToDirs, "0", Flexible = "0+")]
public sealed partial class AssignReplicasToDirsRequest : IKafkaRequest<AssignReplicasToDirsResponse>
{
    public int BrokerId { get; set; }
    public long BrokerEpoch { get; set; } = -1;
    public List<DirectoryData> Directories { get; set; } = [];

    /// <summary>An element of Directories.</summary>
    [KafkaStruct]
    public sealed partial class DirectoryData
    {
        public Uuid Id { get; set; }
        public List<TopicData> Topics { get; set; } = [];
    }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class TopicData
    {
        public Uuid TopicId { get; set; }
        public List<PartitionData> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class PartitionData
    {
        public int PartitionIndex { get; set; }
    }
}

/// <summary>The outcome of each assignment.</summary>
[KafkaResponse(ApiKey.AssignReplicasToDirs, "0", Flexible = "0+")]
public sealed partial class AssignReplicasToDirsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public List<DirectoryData> Directories { get; set; } = [];

    /// <summary>An element of Directories.</summary>
    [KafkaStruct]
    public sealed partial class DirectoryData
    {
        public Uuid Id { get; set; }
        public List<TopicData> Topics { get; set; } = [];
    }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class TopicData
    {
        public Uuid TopicId { get; set; }
        public List<PartitionData> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class PartitionData
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }
    }
}
