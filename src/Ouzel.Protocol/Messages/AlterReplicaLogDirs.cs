namespace Ouzel.Protocol.Messages;

/// <summary>Moves replicas to other log directories of the same broker.</summary>
/// <remarks>v2 flexible. v1 has the fields of the version before.</remarks>
[KafkaRequest(ApiKey.AlterReplicaLogDirs, "0-2", Flexible = "2+")]
public sealed partial class AlterReplicaLogDirsRequest : IKafkaRequest<AlterReplicaLogDirsResponse>
{
    public List<AlterReplicaLogDir> Dirs { get; set; } = [];

    /// <summary>An element of Dirs.</summary>
    [KafkaStruct]
    public sealed partial class AlterReplicaLogDir
    {
        public string Path { get; set; } = "";
        public List<AlterReplicaLogDirTopic> Topics { get; set; } = [];
    }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class AlterReplicaLogDirTopic
    {
        public string Name { get; set; } = "";
        public List<int> Partitions { get; set; } = [];
    }
}

/// <summary>The outcome of each move.</summary>
/// <remarks>v2 flexible. v1 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.AlterReplicaLogDirs, "0-2", Flexible = "2+")]
public sealed partial class AlterReplicaLogDirsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public List<AlterReplicaLogDirTopicResult> Results { get; set; } = [];

    /// <summary>An element of Results.</summary>
    [KafkaStruct]
    public sealed partial class AlterReplicaLogDirTopicResult
    {
        public string TopicName { get; set; } = "";
        public List<AlterReplicaLogDirPartitionResult> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class AlterReplicaLogDirPartitionResult
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }
    }
}
