namespace Ouzel.Broker.Cluster;

/// <summary>
/// The cluster's level of the feature <c>metadata.version</c>: it bounds the versions in which records may be written,
/// so that the oldest program allowed in the cluster still understands them.
/// </summary>
internal readonly record struct MetadataVersion(short Level)
{
    /// <summary>The oldest version that Apache Kafka opens: its 3.3-IV3.</summary>
    public const short LevelMin = 7;
    /// <summary>4.4-IV2, what Apache Kafka 4.4 writes into a fresh cluster.</summary>
    public const short LevelMax = 33;

    /// <summary>4.4-IV0, which share.version 2 needs.</summary>
    public const short DeadLettersLevel = 31;

    /// <summary>4.4-IV2, which has a record for a controller that leaves.</summary>
    public const short LeavingControllersLevel = 33;

    private const short MigrationLevel = 8;
    private const short ControllersLevel = 15;
    private const short DirectoriesLevel = 17;
    private const short EligibleLeadersLevel = 23;
    private const short CordonedDirectoriesLevel = 30;

    /// <summary>Partition records name the log directory of each replica (KIP-858).</summary>
    public bool HasDirectories => Level >= DirectoriesLevel;

    /// <summary>Controllers register as brokers do (KIP-919).</summary>
    public bool HasControllerRegistrations => Level >= ControllersLevel;

    /// <summary>A controller's registration can be removed (KIP-1312).</summary>
    public bool HasControllersThatLeave => Level >= LeavingControllersLevel;

    /// <summary>Brokers register which of their log directories take nothing new (KIP-1066).</summary>
    public bool HasCordonedDirectories => Level >= CordonedDirectoriesLevel;

    public short PartitionRecord => Level >= EligibleLeadersLevel ? (short)2 : HasDirectories ? (short)1 : (short)0;

    public short PartitionChangeRecord => PartitionRecord;

    public short RegisterBrokerRecord => HasCordonedDirectories ? (short)4 : HasDirectories ? (short)3 : Level >= MigrationLevel ? (short)2 : (short)1;
}

/// <summary>Features whose level the cluster agrees on, and the levels this program can work with.</summary>
internal static class FeatureNames
{
    public const string MetadataVersion = "metadata.version";
    public const string KRaftVersion = "kraft.version";
    public const string GroupVersion = "group.version";
    public const string TransactionVersion = "transaction.version";
    public const string EligibleLeaderReplicas = "eligible.leader.replicas.version";
    public const string ShareVersion = "share.version";
    public const string StreamsVersion = "streams.version";

    /// <summary>In the order in which Apache Kafka registers them.</summary>
    public static readonly SupportedFeature[] Supported =
    [
        new(GroupVersion, 0, 1),
        new(KRaftVersion, 0, 1),
        new(MetadataVersion, Cluster.MetadataVersion.LevelMin, Cluster.MetadataVersion.LevelMax),
        new(ShareVersion, 0, 2),
        new(StreamsVersion, 0, 1),
        new(TransactionVersion, 0, 2),
        new(EligibleLeaderReplicas, 0, 1),
    ];
}
