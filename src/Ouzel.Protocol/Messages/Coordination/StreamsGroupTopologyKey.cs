namespace Ouzel.Protocol.Messages;

/// <summary>Key of the record that keeps the group's topology, in a streams group.</summary>
[KafkaRecord(23, "0")]
public sealed partial class StreamsGroupTopologyKey : IKafkaRecord
{
    [In("0")] public string GroupId { get; set; } = "";
}
