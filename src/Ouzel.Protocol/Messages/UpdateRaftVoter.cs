namespace Ouzel.Protocol.Messages;

/// <summary>A voter's update of its own endpoints and versions.</summary>
[KafkaRequest(ApiKey.UpdateRaftVoter, "0", Flexible = "0+")]
public sealed partial class UpdateRaftVoterRequest : IKafkaRequest<UpdateRaftVoterResponse>
{
    [NullIn("0+")] public string? ClusterId { get; set; } = "";
    public int CurrentLeaderEpoch { get; set; }
    public int VoterId { get; set; }
    public Uuid VoterDirectoryId { get; set; }
    public List<Listener> Listeners { get; set; } = [];
    public KRaftVersionFeatureItem KRaftVersionFeature { get; set; } = new();

    /// <summary>An element of Listeners.</summary>
    [KafkaStruct]
    public sealed partial class Listener
    {
        public string Name { get; set; } = "";
        public string Host { get; set; } = "";
        public ushort Port { get; set; }
    }

    /// <summary>The structure of KRaftVersionFeature.</summary>
    [KafkaStruct(Name = "KRaftVersionFeature")]
    public sealed partial class KRaftVersionFeatureItem
    {
        public short MinSupportedVersion { get; set; }
        public short MaxSupportedVersion { get; set; }
    }
}

/// <summary>The result of the update.</summary>
[KafkaResponse(ApiKey.UpdateRaftVoter, "0", Flexible = "0+")]
public sealed partial class UpdateRaftVoterResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [Tagged(0, "0+")] public CurrentLeaderItem CurrentLeader { get; set; } = new();

    /// <summary>The structure of CurrentLeader.</summary>
    [KafkaStruct(Name = "CurrentLeader")]
    public sealed partial class CurrentLeaderItem
    {
        public int LeaderId { get; set; } = -1;
        public int LeaderEpoch { get; set; } = -1;
        public string Host { get; set; } = "";
        public int Port { get; set; }
    }
}
