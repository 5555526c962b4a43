using Ouzel.Protocol.Records;

namespace Ouzel.Protocol.Messages;

/// <summary>Reads a piece of a metadata snapshot.</summary>
/// <remarks>v1 ReplicaDirectoryId.</remarks>
[KafkaRequest(ApiKey.FetchSnapshot, "0-1", Flexible = "0+")]
public sealed partial class FetchSnapshotRequest : IKafkaRequest<FetchSnapshotResponse>
{
    [Tagged(0, "0+"), NullIn("0+")] public string? ClusterId { get; set; }
    public int ReplicaId { get; set; } = -1;
    public int MaxBytes { get; set; } = int.MaxValue;
    public List<TopicSnapshot> Topics { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class TopicSnapshot
    {
        public string Name { get; set; } = "";
        public List<PartitionSnapshot> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class PartitionSnapshot
    {
        public int Partition { get; set; }
        public int CurrentLeaderEpoch { get; set; }
        public SnapshotId SnapshotId { get; set; } = new();
        public long Position { get; set; }
        [Tagged(0, "1+", Ignorable = true)] public Uuid ReplicaDirectoryId { get; set; }
    }

    /// <summary>The structure of SnapshotId.</summary>
    [KafkaStruct]
    public sealed partial class SnapshotId
    {
        public long EndOffset { get; set; }
        public int Epoch { get; set; }
    }
}

/// <summary>The piece read.</summary>
/// <remarks>v1 NodeEndpoints.</remarks>
[KafkaResponse(ApiKey.FetchSnapshot, "0-1", Flexible = "0+")]
public sealed partial class FetchSnapshotResponse : IKafkaResponse
{
    [In("0+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public List<TopicSnapshot> Topics { get; set; } = [];
    [Tagged(0, "1+")] public List<NodeEndpoint> NodeEndpoints { get; set; } = [];

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class TopicSnapshot
    {
        public string Name { get; set; } = "";
        public List<PartitionSnapshot> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class PartitionSnapshot
    {
        public int Index { get; set; }
        public ErrorCode ErrorCode { get; set; }
        public SnapshotId SnapshotId { get; set; } = new();
        [Tagged(0, "0+")] public LeaderIdAndEpoch CurrentLeader { get; set; } = new();
        public long Size { get; set; }
        public long Position { get; set; }
        public RecordsData UnalignedRecords { get; set; } = MemoryRecords.Empty;
    }

    /// <summary>The structure of SnapshotId.</summary>
    [KafkaStruct]
    public sealed partial class SnapshotId
    {
        public long EndOffset { get; set; }
        public int Epoch { get; set; }
    }

    /// <summary>The structure of CurrentLeader.</summary>
    [KafkaStruct]
    public sealed partial class LeaderIdAndEpoch
    {
        public int LeaderId { get; set; }
        public int LeaderEpoch { get; set; }
    }

    /// <summary>An element of NodeEndpoints.</summary>
    [KafkaStruct]
    public sealed partial class NodeEndpoint
    {
        [In("1+")] public int NodeId { get; set; }
        [In("1+")] public string Host { get; set; } = "";
        [In("1+")] public ushort Port { get; set; }
    }
}
