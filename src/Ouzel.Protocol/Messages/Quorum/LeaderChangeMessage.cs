namespace Ouzel.Protocol.Messages;

/// <summary>Control record: a quorum leader took office.</summary>
/// <remarks>v1 has the fields of the version before.</remarks>
[KafkaData("0-1", Flexible = "0+")]
public sealed partial class LeaderChangeMessage : IKafkaData
{
    public short Version { get; set; }
    public int LeaderId { get; set; }
    public List<Voter> Voters { get; set; } = [];
    public List<Voter> GrantingVoters { get; set; } = [];

    /// <summary>The structure shared by Voters and GrantingVoters.</summary>
    [KafkaStruct]
    public sealed partial class Voter
    {
        public int VoterId { get; set; }
        [In("1+")] public Uuid VoterDirectoryId { get; set; }
    }
}
