namespace Ouzel.Broker.Configs;

/// <summary>The place of logs, and what a topic gets that does not say otherwise.</summary>
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

    /// <summary>Records of a partition after which its log is forced to disk.</summary>
    [Setting("log.flush.interval.messages", Dynamic = DynamicMode.ClusterWide, Min = 1, Accepted = true)]
    public long FlushIntervalMessages { get; init; } = long.MaxValue;

    /// <summary>Time after which a record is forced to disk; unset follows log.flush.scheduler.interval.ms.</summary>
    [Setting("log.flush.interval.ms", Dynamic = DynamicMode.ClusterWide, Accepted = true)]
    public long? FlushIntervalMs { get; init; }

    /// <summary>Time between two writes of the recovery points.</summary>
    [Setting("log.flush.offset.checkpoint.interval.ms", Min = 0)]
    public int FlushOffsetCheckpointIntervalMs { get; init; } = 60000;

    /// <summary>Time between two looks for records that must be forced to disk.</summary>
    [Setting("log.flush.scheduler.interval.ms", Accepted = true)]
    public long FlushSchedulerIntervalMs { get; init; } = long.MaxValue;

    /// <summary>Time between two writes of the log start offsets.</summary>
    [Setting("log.flush.start.offset.checkpoint.interval.ms", Min = 0, Accepted = true)]
    public int FlushStartOffsetCheckpointIntervalMs { get; init; } = 60000;

    /// <summary>Bytes of records between two entries of the offset index.</summary>
    [Setting("log.index.interval.bytes", Dynamic = DynamicMode.ClusterWide, Min = 0)]
    public int IndexIntervalBytes { get; init; } = 4096;

    /// <summary>Largest size of an index file; a full index closes its segment.</summary>
    [Setting("log.index.size.max.bytes", Dynamic = DynamicMode.ClusterWide, Min = 4)]
    public int IndexSizeMaxBytes { get; init; } = 10485760;

    /// <summary>Wait after the start before the first retention, flush and checkpoint runs.</summary>
    [Setting("log.initial.task.delay.ms", Min = 0, Internal = true, Accepted = true)]
    public long InitialTaskDelayMs { get; init; } = 30000;

    /// <summary>Bytes kept locally of a topic whose segments are also stored remotely.</summary>
    [Setting("log.local.retention.bytes", Dynamic = DynamicMode.ClusterWide, Min = -2, Accepted = true)]
    public long LocalRetentionBytes { get; init; } = -2;

    /// <summary>Time for which segments stay locally that are also stored remotely.</summary>
    [Setting("log.local.retention.ms", Dynamic = DynamicMode.ClusterWide, Min = -2, Accepted = true)]
    public long LocalRetentionMs { get; init; } = -2;

    /// <summary>Most that a record's timestamp may lie ahead of the node's clock.</summary>
    [Setting("log.message.timestamp.after.max.ms", Dynamic = DynamicMode.ClusterWide, Min = 0)]
    public long MessageTimestampAfterMaxMs { get; init; } = 3600000;

    /// <summary>Most that a record's timestamp may lie behind the node's clock.</summary>
    [Setting("log.message.timestamp.before.max.ms", Dynamic = DynamicMode.ClusterWide, Min = 0)]
    public long MessageTimestampBeforeMaxMs { get; init; } = long.MaxValue;

    /// <summary>Time that a record keeps: the producer's, or that of its append.</summary>
    [Setting("log.message.timestamp.type", Dynamic = DynamicMode.ClusterWide, OneOf = "CreateTime, LogAppendTime")]
    public string MessageTimestampType { get; init; } = "CreateTime";

    /// <summary>Reserves a segment's full size when it is made.</summary>
    [Setting("log.preallocate", Dynamic = DynamicMode.ClusterWide)]
    public bool Preallocate { get; init; } = false;

    /// <summary>Bytes of a partition beyond which its oldest segments are deleted; -1 for no limit.</summary>
    [Setting("log.retention.bytes", Dynamic = DynamicMode.ClusterWide)]
    public long RetentionBytes { get; init; } = -1;

    /// <summary>Time between two looks for segments to delete.</summary>
    [Setting("log.retention.check.interval.ms", Min = 1)]
    public long RetentionCheckIntervalMs { get; init; } = 300000;

    /// <summary>Hours after which a segment is deleted; log.retention.minutes and log.retention.ms win over it.</summary>
    [Setting("log.retention.hours")]
    public int RetentionHours { get; init; } = 168;

    /// <summary>Minutes after which a segment is deleted; log.retention.ms wins over it.</summary>
    [Setting("log.retention.minutes")]
    public int? RetentionMinutes { get; init; }

    /// <summary>Time after which a segment is deleted; -1 for no limit.</summary>
    [Setting("log.retention.ms", Dynamic = DynamicMode.ClusterWide)]
    public long? RetentionMs { get; init; }

    /// <summary>Hours after which a new segment is begun even if the old one is not full.</summary>
    [Setting("log.roll.hours", Min = 1)]
    public int RollHours { get; init; } = 168;

    /// <summary>Greatest random part by which log.roll.hours is shortened.</summary>
    [Setting("log.roll.jitter.hours", Min = 0)]
    public int RollJitterHours { get; init; } = 0;

    /// <summary>Greatest random part by which log.roll.ms is shortened.</summary>
    [Setting("log.roll.jitter.ms", Dynamic = DynamicMode.ClusterWide)]
    public long? RollJitterMs { get; init; }

    /// <summary>Time after which a new segment is begun even if the old one is not full.</summary>
    [Setting("log.roll.ms", Dynamic = DynamicMode.ClusterWide)]
    public long? RollMs { get; init; }

    /// <summary>Size at which a new segment is begun.</summary>
    [Setting("log.segment.bytes", Dynamic = DynamicMode.ClusterWide, Min = 1048576)]
    public int SegmentBytes { get; init; } = 1073741824;

    /// <summary>Time that the file of a deleted segment is kept.</summary>
    [Setting("log.segment.delete.delay.ms", Dynamic = DynamicMode.ClusterWide, Min = 0)]
    public long SegmentDeleteDelayMs { get; init; } = 60000;

    /// <summary>Fate of old records: delete, compact, both, or nothing when empty.</summary>
    [Setting("log.cleanup.policy", Dynamic = DynamicMode.ClusterWide, OneOf = "compact, delete")]
    public IReadOnlyList<string> CleanupPolicy { get; init; } = ["delete"];

    /// <summary>Number of threads for each directory that would open logs at the start.</summary>
    [Setting("num.recovery.threads.per.data.dir", Dynamic = DynamicMode.ClusterWide, Min = 1)]
    public int NumRecoveryThreadsPerDataDir { get; init; } = 2;

    /// <summary>Number of threads that move partitions between directories.</summary>
    [Setting("num.replica.alter.log.dirs.threads", Accepted = true)]
    public int? NumReplicaAlterLogDirsThreads { get; init; }

    /// <summary>Codec that batches are stored with; producer keeps what the client chose.</summary>
    [Setting("compression.type", Dynamic = DynamicMode.ClusterWide, OneOf = "uncompressed, zstd, lz4, snappy, gzip, producer")]
    public string CompressionType { get; init; } = "producer";

    /// <summary>Level used when the node itself compresses with gzip.</summary>
    [Setting("compression.gzip.level", Dynamic = DynamicMode.ClusterWide, Min = 1, Max = 9, Or = -1)]
    public int CompressionGzipLevel { get; init; } = -1;

    /// <summary>Level used when the node itself compresses with lz4.</summary>
    [Setting("compression.lz4.level", Dynamic = DynamicMode.ClusterWide, Min = 1, Max = 17)]
    public int CompressionLz4Level { get; init; } = 9;

    /// <summary>Level used when the node itself compresses with zstd.</summary>
    [Setting("compression.zstd.level", Dynamic = DynamicMode.ClusterWide, Min = -131072, Max = 22)]
    public int CompressionZstdLevel { get; init; } = 3;

    /// <summary>Largest batch of records, counted as it is stored.</summary>
    [Setting("message.max.bytes", Dynamic = DynamicMode.ClusterWide, Min = 0)]
    public int MessageMaxBytes { get; init; } = 1048588;

    /// <summary>Largest record of a compressed batch once it is unpacked, counted without its length.</summary>
    [Setting("max.decompressed.message.bytes", Dynamic = DynamicMode.ClusterWide, Min = 1, Max = 2147483639)]
    public int MaxDecompressedMessageBytes { get; init; } = 2147483639;
}
