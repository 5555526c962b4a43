namespace Ouzel.Protocol.Messages;

/// <summary>The contents of a node's quorum-state file.</summary>
/// <remarks>v1 no ClusterId, VotedDirectoryId, no AppliedOffset, no CurrentVoters.</remarks>
[KafkaData("0-1", Flexible = "0+")]
public sealed partial class QuorumStateData : IKafkaData
{
    [In("0")] public string ClusterId { get; set; } = "";
    public int LeaderId { get; set; } = -1;
    public int LeaderEpoch { get; set; } = -1;
    public int VotedId { get; set; } = -1;
    [In("1+")] public Uuid VotedDirectoryId { get; set; }
    [In("0")] public long AppliedOffset { get; set; }
    [In("0"), NullIn("0")] public List<Voter>? CurrentVoters { get; set; } = [];

    /// <summary>An element of CurrentVoters.</summary>
    [KafkaStruct]
    public sealed partial class Voter
    {
        [In("0")] public int VoterId { get; set; }
    }
}
