namespace Ouzel.Protocol.Messages;

/// <summary>Asks for a broker's log directories and the replicas in them.</summary>
/// <remarks>v2 flexible. v1, v3, v4, v5 have the fields of the version before.</remarks>
[KafkaRequest(ApiKey.DescribeLogDirs, "0-5", Flexible = "2+")]
public sealed partial class DescribeLogDirsRequest : IKafkaRequest<DescribeLogDirsResponse>
{
    [NullIn("0+")] public List<DescribableLogDirTopic>? Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class DescribableLogDirTopic
    {
        public string Topic { get; set; } = "";
        public List<int> Partitions { get; set; } = [];
    }
}

/// <summary>Sizes, lags and free space of each log directory.</summary>
/// <remarks>v2 flexible. v3 ErrorCode. v4 TotalBytes, UsableBytes. v5 IsCordoned (KIP-1066). v1 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.DescribeLogDirs, "0-5", Flexible = "2+")]
public sealed partial class DescribeLogDirsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    [In("3+", Ignorable = true)] public ErrorCode ErrorCode { get; set; }
    public List<DescribeLogDirsResult> Results { get; set; } = [];

    /// <summary>An element of Results.</summary>
    [KafkaStruct]
    public sealed partial class DescribeLogDirsResult
    {
        public ErrorCode ErrorCode { get; set; }
        public string LogDir { get; set; } = "";
        public List<DescribeLogDirsTopic> Topics { get; set; } = [];
        [In("4+", Ignorable = true)] public long TotalBytes { get; set; } = -1;
        [In("4+", Ignorable = true)] public long UsableBytes { get; set; } = -1;
        [In("5+", Ignorable = true)] public bool IsCordoned { get; set; }
    }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class DescribeLogDirsTopic
    {
        public string Name { get; set; } = "";
        public List<DescribeLogDirsPartition> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class DescribeLogDirsPartition
    {
        public int PartitionIndex { get; set; }
        public long PartitionSize { get; set; }
        public long OffsetLag { get; set; }
        public bool IsFutureKey { get; set; }
    }
}
