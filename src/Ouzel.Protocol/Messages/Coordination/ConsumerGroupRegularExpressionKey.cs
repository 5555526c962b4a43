namespace Ouzel.Protocol.Messages;

/// <summary>Key of the record that keeps the topics a regular expression resolved to, in a consumer group.</summary>
[KafkaRecord(16, "0")]
public sealed partial class ConsumerGroupRegularExpressionKey : IKafkaRecord
{
    [In("0")] public string GroupId { get; set; } = "";
    [In("0")] public string RegularExpression { get; set; } = "";
}
