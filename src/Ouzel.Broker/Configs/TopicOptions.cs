using Ouzel.Protocol.Records;
using Ouzel.Storage;

namespace Ouzel.Broker.Configs;

/// <summary>Settings of one topic. What is not set on the topic comes from the broker.</summary>
/// <remarks>
/// The one place of a topic's setting: name, bounds, default, documentation, the broker's setting that it comes from, and at the end of the class how it reaches the log. The
/// first name in From is made a setting of the broker from the same declaration; further ones, of coarser units, are declared among the broker's.
/// </remarks>
[SettingsGroup(SettingScope.Topic)]
public sealed partial class TopicOptions
{
    /// <summary>Fate of old records: delete, compact, both, or nothing when empty.</summary>
    [Setting("cleanup.policy", OneOf = "compact, delete", From = "log.cleanup.policy")]
    public IReadOnlyList<string> CleanupPolicy { get; init; } = ["delete"];

    /// <summary>Level used when the broker itself compresses with gzip.</summary>
    [Setting("compression.gzip.level", Min = 1, Max = 9, Or = -1, From = "compression.gzip.level")]
    public int CompressionGzipLevel { get; init; } = -1;

    /// <summary>Level used when the broker itself compresses with lz4.</summary>
    [Setting("compression.lz4.level", Min = 1, Max = 17, From = "compression.lz4.level")]
    public int CompressionLz4Level { get; init; } = 9;

    /// <summary>Codec that batches are stored with; producer keeps what the client chose.</summary>
    [Setting("compression.type", OneOf = "uncompressed, zstd, lz4, snappy, gzip, producer", From = "compression.type")]
    public string CompressionType { get; init; } = "producer";

    /// <summary>Level used when the broker itself compresses with zstd.</summary>
    [Setting("compression.zstd.level", Min = -131072, Max = 22, From = "compression.zstd.level")]
    public int CompressionZstdLevel { get; init; } = 3;

    /// <summary>Time that a deletion marker of a compacted topic is kept.</summary>
    [Setting("delete.retention.ms", Min = 0, From = "log.cleaner.delete.retention.ms")]
    public long DeleteRetentionMs { get; init; } = 86400000;

    /// <summary>The topic may take what share groups give up.</summary>
    [Setting("errors.deadletterqueue.group.enable", Accepted = true)]
    public bool DeadLetterGroupEnable { get; init; } = false;

    /// <summary>Time that the file of a deleted segment is kept.</summary>
    [Setting("file.delete.delay.ms", Min = 0, From = "log.segment.delete.delay.ms")]
    public long FileDeleteDelayMs { get; init; } = 60000;

    /// <summary>Records after which the log is forced to disk.</summary>
    [Setting("flush.messages", Min = 1, From = "log.flush.interval.messages", Accepted = true)]
    public long FlushMessages { get; init; } = long.MaxValue;

    /// <summary>Time after which a record is forced to disk.</summary>
    [Setting("flush.ms", Min = 0, From = "log.flush.interval.ms, log.flush.scheduler.interval.ms", Accepted = true)]
    public long FlushMs { get; init; } = long.MaxValue;

    /// <summary>Copies whose catching up is held to the replication quota, as partition:broker pairs or *.</summary>
    [Setting("follower.replication.throttled.replicas", Form = SettingForm.ThrottledReplicas, Accepted = true)]
    public IReadOnlyList<string> FollowerReplicationThrottledReplicas { get; init; } = [];

    /// <summary>Bytes of records between two entries of the offset index.</summary>
    [Setting("index.interval.bytes", Min = 0, From = "log.index.interval.bytes")]
    public int IndexIntervalBytes { get; init; } = 4096;

    /// <summary>Segment size below the usual minimum, for tests.</summary>
    [Setting("internal.segment.bytes", Internal = true)]
    public int? InternalSegmentBytes { get; init; }

    /// <summary>Copies whose serving is held to the replication quota, as partition:broker pairs or *.</summary>
    [Setting("leader.replication.throttled.replicas", Form = SettingForm.ThrottledReplicas, Accepted = true)]
    public IReadOnlyList<string> LeaderReplicationThrottledReplicas { get; init; } = [];

    /// <summary>Bytes kept locally when segments are also stored remotely; -2 follows retention.bytes.</summary>
    [Setting("local.retention.bytes", Min = -2, From = "log.local.retention.bytes", Accepted = true)]
    public long LocalRetentionBytes { get; init; } = -2;

    /// <summary>Time kept locally when segments are also stored remotely; -2 follows retention.ms.</summary>
    [Setting("local.retention.ms", Min = -2, From = "log.local.retention.ms", Accepted = true)]
    public long LocalRetentionMs { get; init; } = -2;

    /// <summary>Longest time for which a record may wait for compaction.</summary>
    [Setting("max.compaction.lag.ms", Min = 1, From = "log.cleaner.max.compaction.lag.ms")]
    public long MaxCompactionLagMs { get; init; } = long.MaxValue;

    /// <summary>Largest record of a compressed batch once it is unpacked, counted without its length.</summary>
    [Setting("max.decompressed.message.bytes", Min = 1, Max = 2147483639, From = "max.decompressed.message.bytes")]
    public int MaxDecompressedMessageBytes { get; init; } = 2147483639;

    /// <summary>Largest batch of records, counted as it is stored.</summary>
    [Setting("max.message.bytes", Min = 0, From = "message.max.bytes")]
    public int MaxMessageBytes { get; init; } = 1048588;

    /// <summary>Most that a record's timestamp may lie ahead of the broker's clock.</summary>
    [Setting("message.timestamp.after.max.ms", Min = 0, From = "log.message.timestamp.after.max.ms")]
    public long MessageTimestampAfterMaxMs { get; init; } = 3600000;

    /// <summary>Most that a record's timestamp may lie behind the broker's clock.</summary>
    [Setting("message.timestamp.before.max.ms", Min = 0, From = "log.message.timestamp.before.max.ms")]
    public long MessageTimestampBeforeMaxMs { get; init; } = long.MaxValue;

    /// <summary>Time that a record keeps: the producer's, or that of its append.</summary>
    [Setting("message.timestamp.type", OneOf = "CreateTime, LogAppendTime", From = "log.message.timestamp.type")]
    public string MessageTimestampType { get; init; } = "CreateTime";

    /// <summary>Share of the log that must be uncompacted before compaction begins.</summary>
    [Setting("min.cleanable.dirty.ratio", Min = 0, Max = 1, From = "log.cleaner.min.cleanable.ratio")]
    public double MinCleanableDirtyRatio { get; init; } = 0.5;

    /// <summary>Time for which a record is safe from compaction.</summary>
    [Setting("min.compaction.lag.ms", Min = 0, From = "log.cleaner.min.compaction.lag.ms")]
    public long MinCompactionLagMs { get; init; } = 0;

    /// <summary>Copies that must be in step before a write with acks=all is accepted.</summary>
    [Setting("min.insync.replicas", Min = 1, From = "min.insync.replicas")]
    public int MinInsyncReplicas { get; init; } = 1;

    /// <summary>Reserves a segment's full size when it is made.</summary>
    [Setting("preallocate", From = "log.preallocate")]
    public bool Preallocate { get; init; } = false;

    /// <summary>Bytes by which copying away may lag; -1 for no limit.</summary>
    [Setting("remote.copy.lag.bytes", Min = -1, From = "log.remote.copy.lag.bytes", Accepted = true)]
    public long RemoteCopyLagBytes { get; init; } = -1;

    /// <summary>Time by which copying away may lag; -1 for no limit.</summary>
    [Setting("remote.copy.lag.ms", Min = -1, From = "log.remote.copy.lag.ms", Accepted = true)]
    public long RemoteCopyLagMs { get; init; } = 0;

    /// <summary>Stops copying segments away while those already away stay readable.</summary>
    [Setting("remote.log.copy.disable", Accepted = true)]
    public bool RemoteLogCopyDisable { get; init; } = false;

    /// <summary>Deletes the remote segments when remote storage is turned off.</summary>
    [Setting("remote.log.delete.on.disable", Accepted = true)]
    public bool RemoteLogDeleteOnDisable { get; init; } = false;

    /// <summary>Also stores the topic's segments remotely.</summary>
    [Setting("remote.storage.enable", Accepted = true)]
    public bool RemoteStorageEnable { get; init; } = false;

    /// <summary>Bytes of a partition beyond which its oldest segments are deleted; -1 for no limit.</summary>
    [Setting("retention.bytes", From = "log.retention.bytes")]
    public long RetentionBytes { get; init; } = -1;

    /// <summary>Time after which a segment is deleted; -1 for no limit.</summary>
    [Setting("retention.ms", Min = -1, From = "log.retention.ms, log.retention.minutes, log.retention.hours")]
    public long RetentionMs { get; init; } = 604800000;

    /// <summary>Size at which a new segment is begun.</summary>
    [Setting("segment.bytes", Min = 1048576, From = "log.segment.bytes")]
    public int SegmentBytes { get; init; } = 1073741824;

    /// <summary>Largest size of an index file; a full index closes its segment.</summary>
    [Setting("segment.index.bytes", Min = 4, From = "log.index.size.max.bytes")]
    public int SegmentIndexBytes { get; init; } = 10485760;

    /// <summary>Greatest random part by which the time until a new segment is begun is shortened.</summary>
    [Setting("segment.jitter.ms", Min = 0, From = "log.roll.jitter.ms, log.roll.jitter.hours")]
    public long SegmentJitterMs { get; init; } = 0;

    /// <summary>Time after which a new segment is begun even if the old one is not full.</summary>
    [Setting("segment.ms", Min = 1, From = "log.roll.ms, log.roll.hours")]
    public long SegmentMs { get; init; } = 604800000;

    /// <summary>Allows a copy that is not in step to become leader, at the price of records.</summary>
    [Setting("unclean.leader.election.enable", From = "unclean.leader.election.enable")]
    public bool UncleanLeaderElectionEnable { get; init; } = false;

    /// <summary>The part of it that the logs of the topic's partitions act on.</summary>
    public LogOptions ToLogOptions() => new()
    {
        SegmentBytes = InternalSegmentBytes ?? SegmentBytes,
        SegmentMs = SegmentMs,
        SegmentJitterMs = SegmentJitterMs,
        SegmentIndexBytes = SegmentIndexBytes,
        RetentionBytes = RetentionBytes,
        RetentionMs = RetentionMs,
        MessageBytesMax = MaxMessageBytes,
        DecompressedRecordBytesMax = MaxDecompressedMessageBytes,
        IndexIntervalBytes = IndexIntervalBytes,
        FileDeleteDelayMs = FileDeleteDelayMs,
        Delete = CleanupPolicy.Contains("delete"),
        Compact = CleanupPolicy.Contains("compact"),
        MinCleanableDirtyRatio = MinCleanableDirtyRatio,
        MinCompactionLagMs = MinCompactionLagMs,
        MaxCompactionLagMs = MaxCompactionLagMs,
        DeleteRetentionMs = DeleteRetentionMs,
        Compression = CompressionType switch
        {
            "uncompressed" => CompressionCodec.None,
            "gzip" => CompressionCodec.Gzip,
            "snappy" => CompressionCodec.Snappy,
            "lz4" => CompressionCodec.Lz4,
            "zstd" => CompressionCodec.Zstd,
            _ => null,
        },
        GzipLevel = CompressionGzipLevel,
        Lz4Level = CompressionLz4Level,
        ZstdLevel = CompressionZstdLevel,
        Preallocate = Preallocate,
        TimestampType = MessageTimestampType == "LogAppendTime" ? TimestampType.LogAppendTime : TimestampType.CreateTime,
        TimestampBeforeMaxMs = MessageTimestampBeforeMaxMs,
        TimestampAfterMaxMs = MessageTimestampAfterMaxMs,
    };
}
