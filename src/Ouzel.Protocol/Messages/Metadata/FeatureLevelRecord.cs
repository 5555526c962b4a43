namespace Ouzel.Protocol.Messages;

/// <summary>A feature's finalized level.</summary>
[KafkaRecord(12, "0", Flexible = "0+")]
public sealed partial class FeatureLevelRecord : IKafkaRecord
{
    public string Name { get; set; } = "";
    public short FeatureLevel { get; set; }
}
