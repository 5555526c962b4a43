namespace Ouzel.Protocol.Messages;

/// <summary>A classic consumer's topics and the partitions it owned before; opaque to most of the broker.</summary>
/// <remarks>v1 OwnedPartitions. v2 GenerationId. v3 RackId.</remarks>
[KafkaData("0-3")]
public sealed partial class ConsumerProtocolSubscription : IKafkaData
{
    public List<string> Topics { get; set; } = [];
    [NullIn("0+")] public ReadOnlyMemory<byte>? UserData { get; set; }
    [In("1+", Ignorable = true)] public List<TopicPartition> OwnedPartitions { get; set; } = [];
    [In("2+", Ignorable = true)] public int GenerationId { get; set; } = -1;
    [In("3+", Ignorable = true), NullIn("3+")] public string? RackId { get; set; }

    /// <summary>An element of OwnedPartitions.</summary>
    [KafkaStruct]
    public sealed partial class TopicPartition
    {
        [In("1+")] public string Topic { get; set; } = "";
        [In("1+")] public List<int> Partitions { get; set; } = [];
    }
}
