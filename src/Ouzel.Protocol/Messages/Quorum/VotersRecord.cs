namespace Ouzel.Protocol.Messages;

/// <summary>Control record: the set of voters.</summary>
[KafkaData("0", Flexible = "0+")]
public sealed partial class VotersRecord : IKafkaData
{
    public short Version { get; set; }
    public List<Voter> Voters { get; set; } = [];

    /// <summary>An element of Voters.</summary>
    [KafkaStruct]
    public sealed partial class Voter
    {
        public int VoterId { get; set; }
        public Uuid VoterDirectoryId { get; set; }
        public List<Endpoint> Endpoints { get; set; } = [];
        public KRaftVersionFeature KRaftVersionFeature { get; set; } = new();
    }

    /// <summary>An element of Endpoints.</summary>
    [KafkaStruct]
    public sealed partial class Endpoint
    {
        public string Name { get; set; } = "";
        public string Host { get; set; } = "";
        public ushort Port { get; set; }
    }

    /// <summary>The structure of KRaftVersionFeature.</summary>
    [KafkaStruct]
    public sealed partial class KRaftVersionFeature
    {
        public short MinSupportedVersion { get; set; }
        public short MaxSupportedVersion { get; set; }
    }
}
