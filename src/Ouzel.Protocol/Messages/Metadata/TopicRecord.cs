namespace Ouzel.Protocol.Messages;

/// <summary>A topic was created.</summary>
[KafkaRecord(2, "0", Flexible = "0+")]
public sealed partial class TopicRecord : IKafkaRecord
{
    public string Name { get; set; } = "";
    public Uuid TopicId { get; set; }
}
