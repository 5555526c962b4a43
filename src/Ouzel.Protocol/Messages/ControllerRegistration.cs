namespace Ouzel.Protocol.Messages;

/// <summary>A controller's registration with the active controller.</summary>
[KafkaRequest(ApiKey.ControllerRegistration, "0", Flexible = "0+")]
public sealed partial class ControllerRegistrationRequest : IKafkaRequest<ControllerRegistrationResponse>
{
    public int ControllerId { get; set; }
    public Uuid IncarnationId { get; set; }
    public bool ZkMigrationReady { get; set; }
    public List<Listener> Listeners { get; set; } = [];
    public List<Feature> Features { get; set; } = [];

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

/// <summary>The result of the registration.</summary>
[KafkaResponse(ApiKey.ControllerRegistration, "0", Flexible = "0+")]
public sealed partial class ControllerRegistrationResponse : IKafkaResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    [NullIn("0+")] public string? ErrorMessage { get; set; } = "";
}
