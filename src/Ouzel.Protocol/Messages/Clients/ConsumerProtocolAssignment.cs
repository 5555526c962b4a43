namespace Ouzel.Protocol.Messages;

/// <summary>A member's share, assigned by a classic consumer group's leader; opaque to the broker.</summary>
/// <remarks>v1, v2, v3 have the fields of the version before.</remarks>
[KafkaData("0-3")]
public sealed partial class ConsumerProtocolAssignment : IKafkaData
{
    public List<TopicPartition> AssignedPartitions { get; set; } = [];
    [NullIn("0+")] public ReadOnlyMemory<byte>? UserData { get; set; }

    /// <summary>An element of AssignedPartitions.</summary>
    [KafkaStruct]
    public sealed partial class TopicPartition
    {
        public string Topic { get; set; } = "";
        public List<int> Partitions { get; set; } = [];
    }
}
