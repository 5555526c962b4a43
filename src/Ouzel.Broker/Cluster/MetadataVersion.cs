namespace Ouzel.Broker.Cluster;

/// <summary>
/// The cluster's level of the feature <c>metadata.version</c>: it bounds the versions in which records may be written,
/// so that the oldest program allowed in the cluster still understands them.
/// </summary>
internal readonly record struct MetadataVersion(short Level)
{
    /// <summary>What Apache Kafka 4.2 calls 3.3-IV3: the oldest it opens.</summary>
    public const short LevelMin = 7;
    /// <summary>What Apache Kafka 4.2 writes into a fresh cluster.</summary>
    public const short LevelMax = 29;

    private const short MigrationLevel = 8;
    private const short ControllersLevel = 15;
    private const short DirectoriesLevel = 17;
    private const short EligibleLeadersLevel = 23;

    /// <summary>Partition records name the log directory of each replica (KIP-858).</summary>
    public bool HasDirectories => Level >= DirectoriesLevel;

    /// <summary>Controllers register as brokers do (KIP-919).</summary>
    public bool HasControllerRegistrations => Level >= ControllersLevel;

    public short PartitionRecord => Level >= EligibleLeadersLevel ? (short)2 : HasDirectories ? (short)1 : (short)0;

    public short PartitionChangeRecord => PartitionRecord;

    public short RegisterBrokerRecord => HasDirectories ? (short)3 : Level >= MigrationLevel ? (short)2 : (short)1;
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

    /// <summary>In the order in which Apache Kafka 4.2 registers them.</summary>
    public static readonly SupportedFeature[] Supported =
    [
        new(GroupVersion, 0, 1),
        new(KRaftVersion, 0, 1),
        new(MetadataVersion, Cluster.MetadataVersion.LevelMin, Cluster.MetadataVersion.LevelMax),
        new(ShareVersion, 0, 1),
        new(StreamsVersion, 0, 1),
        new(TransactionVersion, 0, 2),
        new(EligibleLeaderReplicas, 0, 1),
    ];
}
