namespace Ouzel.Protocol.Messages;

/// <summary>A transaction coordinator's order to write commit or abort markers.</summary>
/// <remarks>v1 flexible. v2 TransactionVersion.</remarks>
[KafkaRequest(ApiKey.WriteTxnMarkers, "0-2", Flexible = "1+")]
public sealed partial class WriteTxnMarkersRequest : IKafkaRequest<WriteTxnMarkersResponse>
{
    public List<WritableTxnMarker> Markers { get; set; } = [];

    /// <summary>An element of Markers.</summary>
    [KafkaStruct]
    public sealed partial class WritableTxnMarker
    {
        public long ProducerId { get; set; }
        public short ProducerEpoch { get; set; }
        public bool TransactionResult { get; set; }
        public List<WritableTxnMarkerTopic> Topics { get; set; } = [];
        public int CoordinatorEpoch { get; set; }
        [In("2+", Ignorable = true)] public sbyte TransactionVersion { get; set; }
    }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class WritableTxnMarkerTopic
    {
        public string Name { get; set; } = "";
        public List<int> PartitionIndexes { get; set; } = [];
    }
}

/// <summary>The outcome for each marker.</summary>
/// <remarks>v1 flexible. v2 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.WriteTxnMarkers, "0-2", Flexible = "1+")]
public sealed partial class WriteTxnMarkersResponse : IKafkaResponse
{
    public List<WritableTxnMarkerResult> Markers { get; set; } = [];

    /// <summary>An element of Markers.</summary>
    [KafkaStruct]
    public sealed partial class WritableTxnMarkerResult
    {
        public long ProducerId { get; set; }
        public List<WritableTxnMarkerTopicResult> Topics { get; set; } = [];
    }

    /// <summary>An element of Topics.</summary>
    [KafkaStruct]
    public sealed partial class WritableTxnMarkerTopicResult
    {
        public string Name { get; set; } = "";
        public List<WritableTxnMarkerPartitionResult> Partitions { get; set; } = [];
    }

    /// <summary>An element of Partitions.</summary>
    [KafkaStruct]
    public sealed partial class WritableTxnMarkerPartitionResult
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }
    }
}
