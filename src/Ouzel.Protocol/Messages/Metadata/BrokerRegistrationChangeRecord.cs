namespace Ouzel.Protocol.Messages;

/// <summary>A broker's registration changed: fenced, in controlled shutdown, or with other log directories.</summary>
/// <remarks>v1 InControlledShutdown. v2 LogDirs. v3 CordonedLogDirs.</remarks>
[KafkaRecord(17, "0-3", Flexible = "0+")]
public sealed partial class BrokerRegistrationChangeRecord : IKafkaRecord
{
    public int BrokerId { get; set; }
    public long BrokerEpoch { get; set; }
    [Tagged(0, "0+")] public sbyte Fenced { get; set; }
    [Tagged(1, "1+")] public sbyte InControlledShutdown { get; set; }
    [Tagged(2, "2+")] public List<Uuid> LogDirs { get; set; } = [];
    [Tagged(3, "3+"), NullIn("3+")] public List<Uuid>? CordonedLogDirs { get; set; }
}
