namespace Ouzel.Protocol.Messages;

/// <summary>A broker registered.</summary>
/// <remarks>v1 InControlledShutdown. v2 IsMigratingZkBroker. v3 LogDirs. v4 CordonedLogDirs.</remarks>
[KafkaRecord(0, "0-4", Flexible = "0+")]
public sealed partial class RegisterBrokerRecord : IKafkaRecord
{
    public int BrokerId { get; set; }
    [In("2+")] public bool IsMigratingZkBroker { get; set; }
    public Uuid IncarnationId { get; set; }
    public long BrokerEpoch { get; set; }
    public List<BrokerEndpoint> EndPoints { get; set; } = [];
    public List<BrokerFeature> Features { get; set; } = [];
    [NullIn("0+")] public string? Rack { get; set; } = "";
    public bool Fenced { get; set; } = true;
    [In("1+")] public bool InControlledShutdown { get; set; }
    [Tagged(0, "3+")] public List<Uuid> LogDirs { get; set; } = [];
    [Tagged(1, "4+"), NullIn("4+")] public List<Uuid>? CordonedLogDirs { get; set; }

    /// <summary>An element of EndPoints.</summary>
    [KafkaStruct]
    public sealed partial class BrokerEndpoint
    {
        public string Name { get; set; } = "";
        public string Host { get; set; } = "";
        public ushort Port { get; set; }
        public short SecurityProtocol { get; set; }
    }

    /// <summary>An element of Features.</summary>
    [KafkaStruct]
    public sealed partial class BrokerFeature
    {
        public string Name { get; set; } = "";
        public short MinSupportedVersion { get; set; }
        public short MaxSupportedVersion { get; set; }
    }
}
