namespace Ouzel.Protocol.Messages;

/// <summary>The user data that a Kafka Streams member writes into its subscription.</summary>
/// <remarks>
/// v2 userEndPoint. v3 latestSupportedVersion. v7 no prevTasks, no standbyTasks, taskOffsetSums. v8 uniqueField. v9 errorCode. v11 clientTags.
/// v4, v5, v6, v10 have the fields of the version before.
/// </remarks>
[KafkaData("1-11")]
public sealed partial class SubscriptionInfoData : IKafkaData
{
    [In("1+")] public int version { get; set; }
    [In("3+")] public int latestSupportedVersion { get; set; } = -1;
    [In("1+")] public Uuid processId { get; set; }
    [In("1-6")] public List<TaskId> prevTasks { get; set; } = [];
    [In("1-6")] public List<TaskId> standbyTasks { get; set; } = [];
    [In("2+")] public ReadOnlyMemory<byte> userEndPoint { get; set; }
    [In("7+")] public List<TaskOffsetSum> taskOffsetSums { get; set; } = [];
    [In("8+")] public sbyte uniqueField { get; set; }
    [In("9+")] public int errorCode { get; set; }
    [In("11+")] public List<ClientTag> clientTags { get; set; } = [];

    /// <summary>The structure shared by prevTasks and standbyTasks.</summary>
    [KafkaStruct]
    public sealed partial class TaskId
    {
        [In("1-6")] public int topicGroupId { get; set; }
        [In("1-6")] public int partition { get; set; }
    }

    /// <summary>An element of taskOffsetSums.</summary>
    [KafkaStruct]
    public sealed partial class TaskOffsetSum
    {
        [In("7+")] public int topicGroupId { get; set; }
        [In("10+")] public int partition { get; set; }
        [In("10+")] public long offsetSum { get; set; }
        [In("10+"), NullIn("10+")] public string? namedTopology { get; set; } = "";
        [In("7-9")] public List<PartitionToOffsetSum> partitionToOffsetSum { get; set; } = [];
    }

    /// <summary>An element of partitionToOffsetSum.</summary>
    [KafkaStruct]
    public sealed partial class PartitionToOffsetSum
    {
        [In("7-9")] public int partition { get; set; }
        [In("7-9")] public long offsetSum { get; set; }
    }

    /// <summary>An element of clientTags.</summary>
    [KafkaStruct]
    public sealed partial class ClientTag
    {
        [In("11+")] public ReadOnlyMemory<byte> key { get; set; }
        [In("11+")] public ReadOnlyMemory<byte> value { get; set; }
    }
}
