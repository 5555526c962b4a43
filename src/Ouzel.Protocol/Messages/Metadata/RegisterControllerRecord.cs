namespace Ouzel.Protocol.Messages;

/// <summary>A controller registered.</summary>
[KafkaRecord(27, "0", Flexible = "0+")]
public sealed partial class RegisterControllerRecord : IKafkaRecord
{
    public int ControllerId { get; set; }
    public Uuid IncarnationId { get; set; }
    public bool ZkMigrationReady { get; set; }
    public List<ControllerEndpoint> EndPoints { get; set; } = [];
    public List<ControllerFeature> Features { get; set; } = [];

    /// <summary>An element of EndPoints.</summary>
    [KafkaStruct]
    public sealed partial class ControllerEndpoint
    {
        public string Name { get; set; } = "";
        public string Host { get; set; } = "";
        public ushort Port { get; set; }
        public short SecurityProtocol { get; set; }
    }

    /// <summary>An element of Features.</summary>
    [KafkaStruct]
    public sealed partial class ControllerFeature
    {
        public string Name { get; set; } = "";
        public short MinSupportedVersion { get; set; }
        public short MaxSupportedVersion { get; set; }
    }
}
