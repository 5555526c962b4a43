namespace Ouzel.Protocol.Messages;

/// <summary>Asks a coordinator for the groups it holds.</summary>
/// <remarks>v3 flexible. v4 StatesFilter. v5 TypesFilter. v1, v2 have the fields of the version before.</remarks>
[KafkaRequest(ApiKey.ListGroups, "0-5", Flexible = "3+")]
public sealed partial class ListGroupsRequest : IKafkaRequest<ListGroupsResponse>
{
    [In("4+")] public List<string> StatesFilter { get; set; } = [];
    [In("5+")] public List<string> TypesFilter { get; set; } = [];
}

/// <summary>The groups held, with state and type.</summary>
/// <remarks>v1 ThrottleTimeMs. v3 flexible. v4 GroupState. v5 GroupType. v2 has the fields of the version before.</remarks>
[KafkaResponse(ApiKey.ListGroups, "0-5", Flexible = "3+")]
public sealed partial class ListGroupsResponse : IKafkaResponse
{
    [In("1+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public List<ListedGroup> Groups { get; set; } = [];

    /// <summary>An element of Groups.</summary>
    [KafkaStruct]
    public sealed partial class ListedGroup
    {
        public string GroupId { get; set; } = "";
        public string ProtocolType { get; set; } = "";
        [In("4+", Ignorable = true)] public string GroupState { get; set; } = "";
        [In("5+", Ignorable = true)] public string GroupType { get; set; } = "";
    }
}
