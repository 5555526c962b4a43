namespace Ouzel.Protocol.Messages;

/// <summary>A topic was deleted.</summary>
[KafkaRecord(9, "0", Flexible = "0+")]
public sealed partial class RemoveTopicRecord : IKafkaRecord
{
    public Uuid TopicId { get; set; }
}
