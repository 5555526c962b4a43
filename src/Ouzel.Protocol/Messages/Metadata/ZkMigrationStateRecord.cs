namespace Ouzel.Protocol.Messages;

/// <summary>The state of a migration from ZooKeeper, kept for clusters that once went through one.</summary>
[KafkaRecord(21, "0", Flexible = "0+")]
public sealed partial class ZkMigrationStateRecord : IKafkaRecord
{
    public sbyte ZkMigrationState { get; set; }
}
