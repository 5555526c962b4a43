namespace Ouzel.Protocol.Messages;

/// <summary>Keeps the topics a regular expression resolved to, in a consumer group.</summary>
[KafkaRecord(16, "0", Flexible = "0+")]
public sealed partial class ConsumerGroupRegularExpressionValue : IKafkaRecord
{
    public List<string> Topics { get; set; } = [];
    public long Version { get; set; }
    public long Timestamp { get; set; }
}
