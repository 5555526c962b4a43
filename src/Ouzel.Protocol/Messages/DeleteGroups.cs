namespace Ouzel.Protocol.Messages;

/// <summary>Deletes groups that have no members.</summary>
/// <remarks>v2 flexible. v1, v3 have the fields of the version before.</remarks>
[KafkaRequest(ApiKey.DeleteGroups, "0-3", Flexible = "2+")]
public sealed partial class DeleteGroupsRequest : IKafkaRequest<DeleteGroupsResponse>
{
    public List<string> GroupsNames { get; set; } = [];
}

/// <summary>The outcome for each group.</summary>
/// <remarks>v2 flexible. v3 ErrorMessage (KIP-1331). v1 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.DeleteGroups, "0-3", Flexible = "2+")]
public sealed partial class DeleteGroupsResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public List<DeletableGroupResult> Results { get; set; } = [];

    /// <summary>An element of Results.</summary>
    [KafkaStruct]
    public sealed partial class DeletableGroupResult
    {
        public string GroupId { get; set; } = "";
        public ErrorCode ErrorCode { get; set; }
        [In("3+", Ignorable = true), NullIn("3+")] public string? ErrorMessage { get; set; }
    }
}
