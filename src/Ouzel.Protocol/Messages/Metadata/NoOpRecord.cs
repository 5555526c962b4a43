namespace Ouzel.Protocol.Messages;

/// <summary>Says nothing; keeps the log's end moving.</summary>
[KafkaRecord(20, "0", Flexible = "0+")]
public sealed partial class NoOpRecord : IKafkaRecord
{
}
