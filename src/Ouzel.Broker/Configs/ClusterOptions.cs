namespace Ouzel.Broker.Configs;

/// <summary>The node, its cluster and the log of the cluster's metadata.</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class ClusterOptions
{
    /// <summary>Time between two heartbeats of a broker to the controller.</summary>
    [Setting("broker.heartbeat.interval.ms", Accepted = true)]
    public int BrokerHeartbeatIntervalMs { get; init; } = 2000;

    /// <summary>Older name of node.id.</summary>
    [Setting("broker.id")]
    public int BrokerId { get; init; } = -1;

    /// <summary>Rack of the broker, for placing copies apart.</summary>
    [Setting("broker.rack")]
    public string? BrokerRack { get; init; }

    /// <summary>Time without a heartbeat after which the controller takes a broker for dead.</summary>
    [Setting("broker.session.timeout.ms", Accepted = true)]
    public int BrokerSessionTimeoutMs { get; init; } = 9000;

    /// <summary>Names of the listeners that only controllers use; a single node opens none of them.</summary>
    [Setting("controller.listener.names", Required = true)]
    public IReadOnlyList<string> ControllerListenerNames { get; init; } = [];

    /// <summary>Duration of a controller event above which it is always logged.</summary>
    [Setting("controller.performance.always.log.threshold.ms", Min = 0, Internal = true, Accepted = true)]
    public long ControllerPerformanceAlwaysLogThresholdMs { get; init; } = 2000;

    /// <summary>Time over which the durations of controller events are summed up.</summary>
    [Setting("controller.performance.sample.period.ms", Min = 100, Internal = true, Accepted = true)]
    public long ControllerPerformanceSamplePeriodMs { get; init; } = 60000;

    /// <summary>Time that metadata records are gathered before they are written.</summary>
    [Setting("controller.quorum.append.linger.ms", Min = 0, Accepted = true)]
    public int ControllerQuorumAppendLingerMs { get; init; } = 25;

    /// <summary>Lets a controller join the voters by itself.</summary>
    [Setting("controller.quorum.auto.join.enable", Accepted = true)]
    public bool ControllerQuorumAutoJoinEnable { get; init; } = false;

    /// <summary>Addresses by which the controllers are found.</summary>
    [Setting("controller.quorum.bootstrap.servers", Form = SettingForm.NotEmptyList, Accepted = true)]
    public IReadOnlyList<string> ControllerQuorumBootstrapServers { get; init; } = [];

    /// <summary>Longest wait before a controller stands for election again.</summary>
    [Setting("controller.quorum.election.backoff.max.ms", Min = 0, Accepted = true)]
    public int ControllerQuorumElectionBackoffMaxMs { get; init; } = 1000;

    /// <summary>Longest wait for the outcome of an election of controllers.</summary>
    [Setting("controller.quorum.election.timeout.ms", Min = 0, Accepted = true)]
    public int ControllerQuorumElectionTimeoutMs { get; init; } = 1000;

    /// <summary>Most bytes of the metadata log that one fetch between controllers carries.</summary>
    [Setting("controller.quorum.fetch.max.bytes", Min = 1, Accepted = true)]
    public int ControllerQuorumFetchMaxBytes { get; init; } = 1048576;

    /// <summary>Most bytes of a snapshot that one fetch between controllers carries.</summary>
    [Setting("controller.quorum.fetch.snapshot.max.bytes", Min = 1, Accepted = true)]
    public int ControllerQuorumFetchSnapshotMaxBytes { get; init; } = 1048576;

    /// <summary>Time without a successful fetch after which a controller stands for election.</summary>
    [Setting("controller.quorum.fetch.timeout.ms", Min = 0, Accepted = true)]
    public int ControllerQuorumFetchTimeoutMs { get; init; } = 2000;

    /// <summary>Longest wait for the response of another controller.</summary>
    [Setting("controller.quorum.request.timeout.ms", Min = 0, Accepted = true)]
    public int ControllerQuorumRequestTimeoutMs { get; init; } = 2000;

    /// <summary>Wait before a request to another controller is sent again.</summary>
    [Setting("controller.quorum.retry.backoff.ms", Min = 0, Accepted = true)]
    public int ControllerQuorumRetryBackoffMs { get; init; } = 20;

    /// <summary>The controllers that vote, as a list of id@host:port.</summary>
    [Setting("controller.quorum.voters", Form = SettingForm.NotEmptyList, Accepted = true)]
    public IReadOnlyList<string> ControllerQuorumVoters { get; init; } = [];

    /// <summary>Longest wait for the first registration with the controller.</summary>
    [Setting("initial.broker.registration.timeout.ms", Accepted = true)]
    public int InitialBrokerRegistrationTimeoutMs { get; init; } = 60000;

    /// <summary>Segment size of the metadata log, for tests.</summary>
    [Setting("internal.metadata.log.segment.bytes", Internal = true, Accepted = true)]
    public int? InternalMetadataLogSegmentBytes { get; init; }

    /// <summary>Largest batch of the metadata log.</summary>
    [Setting("internal.metadata.max.batch.size.in.bytes", Internal = true, Accepted = true)]
    public int InternalMetadataMaxBatchSizeInBytes { get; init; } = 8388608;

    /// <summary>Directory of the metadata log; unset means the first of log.dirs.</summary>
    [Setting("metadata.log.dir")]
    public string? MetadataLogDir { get; init; }

    /// <summary>Bytes of metadata records after which a snapshot is written.</summary>
    [Setting("metadata.log.max.record.bytes.between.snapshots", Min = 1)]
    public long MetadataLogMaxRecordBytesBetweenSnapshots { get; init; } = 20971520;

    /// <summary>Time after which a snapshot is written.</summary>
    [Setting("metadata.log.max.snapshot.interval.ms", Min = 0)]
    public long MetadataLogMaxSnapshotIntervalMs { get; init; } = 3600000;

    /// <summary>Segment size of the metadata log.</summary>
    [Setting("metadata.log.segment.bytes", Min = 8388608, Accepted = true)]
    public int MetadataLogSegmentBytes { get; init; } = 1073741824;

    /// <summary>Time after which the metadata log begins a new segment.</summary>
    [Setting("metadata.log.segment.ms", Accepted = true)]
    public long MetadataLogSegmentMs { get; init; } = 604800000;

    /// <summary>Time after which an idle controller writes an empty record; 0 for never.</summary>
    [Setting("metadata.max.idle.interval.ms", Min = 0, Accepted = true)]
    public int MetadataMaxIdleIntervalMs { get; init; } = 500;

    /// <summary>Bytes of metadata log and snapshots beyond which the oldest are deleted.</summary>
    [Setting("metadata.max.retention.bytes")]
    public long MetadataMaxRetentionBytes { get; init; } = 104857600;

    /// <summary>Time after which metadata log and snapshots are deleted.</summary>
    [Setting("metadata.max.retention.ms")]
    public long MetadataMaxRetentionMs { get; init; } = 604800000;

    /// <summary>Number of this node in its cluster.</summary>
    [Setting("node.id", Min = 0, Required = true)]
    public int NodeId { get; init; }

    /// <summary>Roles of this node: broker, controller or both.</summary>
    [Setting("process.roles", OneOf = "broker, controller", Required = true)]
    public IReadOnlyList<string> ProcessRoles { get; init; } = [];
}
