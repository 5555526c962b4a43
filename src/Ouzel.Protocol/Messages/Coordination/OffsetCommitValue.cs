namespace Ouzel.Protocol.Messages;

/// <summary>A stored offset.</summary>
/// <remarks>v1 expireTimestamp. v2 no expireTimestamp. v3 leaderEpoch. v4 flexible, topicId.</remarks>
[KafkaRecord(1, "0-4", Flexible = "4+")]
public sealed partial class OffsetCommitValue : IKafkaRecord
{
    public long offset { get; set; }
    [In("3+", Ignorable = true)] public int leaderEpoch { get; set; } = -1;
    public string metadata { get; set; } = "";
    public long commitTimestamp { get; set; }
    [In("1", Ignorable = true)] public long expireTimestamp { get; set; } = -1;
    [Tagged(0, "4+", Ignorable = true)] public Uuid topicId { get; set; }
}
