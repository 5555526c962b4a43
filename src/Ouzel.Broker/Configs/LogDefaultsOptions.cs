namespace Ouzel.Broker.Configs;

/// <summary>The place of logs, their care, and the coarser units of what a topic gets that sets nothing itself: its other defaults stand in <see cref="TopicOptions"/>.</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class LogDefaultsOptions
{
    /// <summary>Directory of the data, when log.dirs is not given.</summary>
    [Setting("log.dir")]
    public IReadOnlyList<string> Dir { get; init; } = ["/tmp/kafka-logs"];

    /// <summary>Directories of the data; each partition lies in one of them.</summary>
    [Setting("log.dirs")]
    public IReadOnlyList<string>? Dirs { get; init; }

    /// <summary>Directories that keep and serve what they have and get nothing new; * for all.</summary>
    [Setting("cordoned.log.dirs", Dynamic = DynamicMode.PerBroker)]
    public IReadOnlyList<string> CordonedLogDirs { get; init; } = [];

    /// <summary>Time that a node may fail to report a broken directory before it stops.</summary>
    [Setting("log.dir.failure.timeout.ms", Min = 1, Accepted = true)]
    public long DirFailureTimeoutMs { get; init; } = 30000;

    /// <summary>Time between two writes of the recovery points.</summary>
    [Setting("log.flush.offset.checkpoint.interval.ms", Min = 0)]
    public int FlushOffsetCheckpointIntervalMs { get; init; } = 60000;

    /// <summary>Time between two looks for records that must be forced to disk.</summary>
    [Setting("log.flush.scheduler.interval.ms", Accepted = true)]
    public long FlushSchedulerIntervalMs { get; init; } = long.MaxValue;

    /// <summary>Time between two writes of the log start offsets.</summary>
    [Setting("log.flush.start.offset.checkpoint.interval.ms", Min = 0, Accepted = true)]
    public int FlushStartOffsetCheckpointIntervalMs { get; init; } = 60000;

    /// <summary>Wait after the start before the first retention, flush and checkpoint runs.</summary>
    [Setting("log.initial.task.delay.ms", Min = 0, Internal = true, Accepted = true)]
    public long InitialTaskDelayMs { get; init; } = 30000;

    /// <summary>Time between two looks for segments to delete.</summary>
    [Setting("log.retention.check.interval.ms", Min = 1)]
    public long RetentionCheckIntervalMs { get; init; } = 300000;

    /// <summary>Hours after which a segment is deleted; log.retention.minutes and log.retention.ms win over it.</summary>
    [Setting("log.retention.hours")]
    public int RetentionHours { get; init; } = 168;

    /// <summary>Minutes after which a segment is deleted; log.retention.ms wins over it.</summary>
    [Setting("log.retention.minutes")]
    public int? RetentionMinutes { get; init; }

    /// <summary>Hours after which a new segment is begun even if the old one is not full.</summary>
    [Setting("log.roll.hours", Min = 1)]
    public int RollHours { get; init; } = 168;

    /// <summary>Greatest random part by which log.roll.hours is shortened.</summary>
    [Setting("log.roll.jitter.hours", Min = 0)]
    public int RollJitterHours { get; init; } = 0;

    /// <summary>Number of threads for each directory that would open logs at the start.</summary>
    [Setting("num.recovery.threads.per.data.dir", Dynamic = DynamicMode.ClusterWide, Min = 1)]
    public int NumRecoveryThreadsPerDataDir { get; init; } = 2;

    /// <summary>Number of threads that move partitions between directories.</summary>
    [Setting("num.replica.alter.log.dirs.threads", Accepted = true)]
    public int? NumReplicaAlterLogDirsThreads { get; init; }
}
