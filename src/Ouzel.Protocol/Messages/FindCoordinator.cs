namespace Ouzel.Protocol.Messages;

/// <summary>Asks which broker coordinates a group, a transactional id or a share partition.</summary>
/// <remarks>v1 KeyType. v3 flexible. v4 no Key, CoordinatorKeys. v2, v5, v6 have the fields of the version before.</remarks>
[KafkaRequest(ApiKey.FindCoordinator, "0-6", Flexible = "3+")]
public sealed partial class FindCoordinatorRequest : IKafkaRequest<FindCoordinatorResponse>
{
    [In("0-3")] public string Key { get; set; } = "";
    [In("1+")] public sbyte KeyType { get; set; }
    [In("4+")] public List<string> CoordinatorKeys { get; set; } = [];
}

/// <summary>The coordinators of the keys asked for.</summary>
/// <remarks>
/// v1 ThrottleTimeMs, ErrorMessage. v3 flexible. v4 no ErrorCode, no ErrorMessage, no NodeId, no Host, no Port, Coordinators. v2, v5, v6 have
/// the fields of the version before.
/// </remarks>
[KafkaResponse(ApiKey.FindCoordinator, "0-6", Flexible = "3+")]
public sealed partial class FindCoordinatorResponse : IKafkaResponse
{
    [In("1+", Ignorable = true)] public int ThrottleTimeMs { get; set; }
    [In("0-3")] public ErrorCode ErrorCode { get; set; }
    [In("1-3", Ignorable = true), NullIn("1-3")] public string? ErrorMessage { get; set; } = "";
    [In("0-3")] public int NodeId { get; set; }
    [In("0-3")] public string Host { get; set; } = "";
    [In("0-3")] public int Port { get; set; }
    [In("4+")] public List<Coordinator> Coordinators { get; set; } = [];

    /// <summary>An element of Coordinators.</summary>
    [KafkaStruct]
    public sealed partial class Coordinator
    {
        [In("4+")] public string Key { get; set; } = "";
        [In("4+")] public int NodeId { get; set; }
        [In("4+")] public string Host { get; set; } = "";
        [In("4+")] public int Port { get; set; }
        [In("4+")] public ErrorCode ErrorCode { get; set; }
        [In("4+", Ignorable = true), NullIn("4+")] public string? ErrorMessage { get; set; } = "";
    }
}
