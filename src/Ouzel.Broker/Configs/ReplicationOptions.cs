namespace Ouzel.Broker.Configs;

/// <summary>Copies of partitions, leaders and in-sync replicas.</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class ReplicationOptions
{
    /// <summary>Gives leadership back to the preferred broker of each partition.</summary>
    [Setting("auto.leader.rebalance.enable", Accepted = true)]
    public bool AutoLeaderRebalanceEnable { get; init; } = true;

    /// <summary>Hands leadership over before the node stops.</summary>
    [Setting("controlled.shutdown.enable", Accepted = true)]
    public bool ControlledShutdownEnable { get; init; } = true;

    /// <summary>Longest wait on a socket between controller and broker.</summary>
    [Setting("controller.socket.timeout.ms", Accepted = true)]
    public int ControllerSocketTimeoutMs { get; init; } = 30000;

    /// <summary>Listener by which brokers talk to each other.</summary>
    [Setting("inter.broker.listener.name", Accepted = true)]
    public string? InterBrokerListenerName { get; init; }

    /// <summary>Time between two looks at the spread of leaders.</summary>
    [Setting("leader.imbalance.check.interval.seconds", Min = 1, Accepted = true)]
    public long LeaderImbalanceCheckIntervalSeconds { get; init; } = 300;

    /// <summary>Number of fetchers for each broker that is copied from.</summary>
    [Setting("num.replica.fetchers", Dynamic = DynamicMode.ClusterWide, Min = 1, Accepted = true)]
    public int NumReplicaFetchers { get; init; } = 1;

    /// <summary>Wait after a failed fetch of a copy.</summary>
    [Setting("replica.fetch.backoff.ms", Min = 0, Accepted = true)]
    public int ReplicaFetchBackoffMs { get; init; } = 1000;

    /// <summary>Bytes of each partition that a copy asks for at a time.</summary>
    [Setting("replica.fetch.max.bytes", Min = 0, Accepted = true)]
    public int ReplicaFetchMaxBytes { get; init; } = 1048576;

    /// <summary>Bytes that a copy waits for.</summary>
    [Setting("replica.fetch.min.bytes", Accepted = true)]
    public int ReplicaFetchMinBytes { get; init; } = 1;

    /// <summary>Bytes of all partitions that a copy asks for at a time.</summary>
    [Setting("replica.fetch.response.max.bytes", Min = 0, Accepted = true)]
    public int ReplicaFetchResponseMaxBytes { get; init; } = 10485760;

    /// <summary>Longest wait of a copy for new bytes.</summary>
    [Setting("replica.fetch.wait.max.ms", Accepted = true)]
    public int ReplicaFetchWaitMaxMs { get; init; } = 500;

    /// <summary>Time between two writes of the high watermarks.</summary>
    [Setting("replica.high.watermark.checkpoint.interval.ms")]
    public long ReplicaHighWatermarkCheckpointIntervalMs { get; init; } = 5000;

    /// <summary>Time after which a copy that has not caught up is no longer in step.</summary>
    [Setting("replica.lag.time.max.ms", Accepted = true)]
    public long ReplicaLagTimeMaxMs { get; init; } = 30000;

    /// <summary>Java class that chooses the copy a reader is sent to.</summary>
    [Setting("replica.selector.class", Accepted = true)]
    public string? ReplicaSelectorClass { get; init; }

    /// <summary>Receive buffer of the connections that copy.</summary>
    [Setting("replica.socket.receive.buffer.bytes", Accepted = true)]
    public int ReplicaSocketReceiveBufferBytes { get; init; } = 65536;

    /// <summary>Longest wait on a socket of a connection that copies.</summary>
    [Setting("replica.socket.timeout.ms", Accepted = true)]
    public int ReplicaSocketTimeoutMs { get; init; } = 30000;

    /// <summary>Security protocol between brokers.</summary>
    [Setting("security.inter.broker.protocol", OneOf = "PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL", Accepted = true)]
    public string SecurityInterBrokerProtocol { get; init; } = "PLAINTEXT";

    /// <summary>Time between two looks for partitions that need such an election.</summary>
    [Setting("unclean.leader.election.interval.ms", Min = 1, Internal = true, Accepted = true)]
    public long UncleanLeaderElectionIntervalMs { get; init; } = 300000;
}
