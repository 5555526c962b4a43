namespace Ouzel.Protocol.Messages;

/// <summary>Adds a voter to the metadata quorum.</summary>
/// <remarks>v1 AckWhenCommitted.</remarks>
[KafkaRequest(ApiKey.AddRaftVoter, "0-1", Flexible = "0+")]
public sealed partial class AddRaftVoterRequest : IKafkaRequest<AddRaftVoterResponse>
{
    [NullIn("0+")] public string? ClusterId { get; set; } = "";
    public int TimeoutMs { get; set; }
    public int VoterId { get; set; }
    public Uuid VoterDirectoryId { get; set; }
    public List<Listener> Listeners { get; set; } = [];
    [In("1+")] public bool AckWhenCommitted { get; set; } = true;

    /// <summary>An element of Listeners.</summary>
    [KafkaStruct]
    public sealed partial class Listener
    {
        public string Name { get; set; } = "";
        public string Host { get; set; } = "";
        public ushort Port { get; set; }
    }
}

/// <summary>The result of adding the voter.</summary>
/// <remarks>v1 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.AddRaftVoter, "0-1", Flexible = "0+")]
public sealed partial class AddRaftVoterResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [In("0+", Ignorable = true), NullIn("0+")] public string? ErrorMessage { get; set; } = "";
}
