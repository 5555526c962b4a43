namespace Ouzel.Protocol.Messages;

/// <summary>Keeps the group's epoch, in a streams group.</summary>
[KafkaRecord(17, "0", Flexible = "0+")]
public sealed partial class StreamsGroupMetadataValue : IKafkaRecord
{
    public int Epoch { get; set; }
    public long MetadataHash { get; set; }
    [Tagged(0, "0+")] public int ValidatedTopologyEpoch { get; set; } = -1;
    [Tagged(1, "0+"), NullIn("0+")] public List<LastAssignmentConfig>? LastAssignmentConfigs { get; set; } = [];
    [Tagged(2, "0+")] public int StoredDescriptionTopologyEpoch { get; set; } = -1;
    [Tagged(3, "0+")] public int FailedDescriptionTopologyEpoch { get; set; } = -1;

    /// <summary>An element of LastAssignmentConfigs.</summary>
    [KafkaStruct]
    public sealed partial class LastAssignmentConfig
    {
        public string Key { get; set; } = "";
        public string Value { get; set; } = "";
    }
}
