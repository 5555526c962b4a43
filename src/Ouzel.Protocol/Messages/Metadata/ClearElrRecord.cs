namespace Ouzel.Protocol.Messages;

/// <summary>The eligible leader replicas of one topic, or of all, are forgotten.</summary>
[KafkaRecord(28, "0", Flexible = "0+")]
public sealed partial class ClearElrRecord : IKafkaRecord
{
    public string TopicName { get; set; } = "";
}
