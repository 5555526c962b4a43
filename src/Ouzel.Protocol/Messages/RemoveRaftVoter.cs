namespace Ouzel.Protocol.Messages;

/// <summary>Removes a voter from the metadata quorum.</summary>
[KafkaRequest(ApiKey.RemoveRaftVoter, "0", Flexible = "0+")]
public sealed partial class RemoveRaftVoterRequest : IKafkaRequest<RemoveRaftVoterResponse>
{
    [NullIn("0+")] public string? ClusterId { get; set; } = "";
    public int VoterId { get; set; }
    public Uuid VoterDirectoryId { get; set; }
}

/// <summary>The result of removing the voter.</summary>
[KafkaResponse(ApiKey.RemoveRaftVoter, "0", Flexible = "0+")]
public sealed partial class RemoveRaftVoterResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [In("0+", Ignorable = true), NullIn("0+")] public string? ErrorMessage { get; set; } = "";
}
