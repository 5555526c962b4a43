namespace Ouzel.Protocol.Messages;

/// <summary>A broker's registration with the controller.</summary>
/// <remarks>v1 IsMigratingZkBroker. v2 LogDirs. v3 PreviousBrokerEpoch. v4 has the fields of the version before.</remarks>
[KafkaRequest(ApiKey.BrokerRegistration, "0-4", Flexible = "0+")]
public sealed partial class BrokerRegistrationRequest : IKafkaRequest<BrokerRegistrationResponse>
{
    public int BrokerId { get; set; }
    public string ClusterId { get; set; } = "";
    public Uuid IncarnationId { get; set; }
    public List<Listener> Listeners { get; set; } = [];
    public List<Feature> Features { get; set; } = [];
    [NullIn("0+")] public string? Rack { get; set; } = "";
    [In("1+")] public bool IsMigratingZkBroker { get; set; }
    [In("2+", Ignorable = true)] public List<Uuid> LogDirs { get; set; } = [];
    [In("3+", Ignorable = true)] public long PreviousBrokerEpoch { get; set; } = -1;

    /// <summary>An element of Listeners.</summary>
    [KafkaStruct]
    public sealed partial class Listener
    {
        public string Name { get; set; } = "";
        public string Host { get; set; } = "";
        public ushort Port { get; set; }
        public short SecurityProtocol { get; set; }
    }

    /// <summary>An element of Features.</summary>
    [KafkaStruct]
    public sealed partial class Feature
    {
        public string Name { get; set; } = "";
        public short MinSupportedVersion { get; set; }
        public short MaxSupportedVersion { get; set; }
    }
}

/// <summary>The broker's epoch.</summary>
/// <remarks>v1, v2, v3, v4 have the fields of the version before.</remarks>
[KafkaResponse(ApiKey.BrokerRegistration, "0-4", Flexible = "0+")]
public sealed partial class BrokerRegistrationResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public long BrokerEpoch { get; set; } = -1;
}
