using Ouzel.Protocol.Records;

namespace Ouzel.Storage;

/// <summary>The settings of one partition's log, taken from its topic's settings. Defaults are Apache Kafka 4.4's. Replaced as a whole when they change.</summary>
public sealed record LogOptions
{
    /// <summary>The defaults.</summary>
    public static LogOptions Default { get; } = new();

    /// <summary>segment.bytes: the greatest size of a log file.</summary>
    public int SegmentBytes { get; init; } = 1 << 30;

    /// <summary>segment.ms: how much time a segment's records may span.</summary>
    public long SegmentMs { get; init; } = 604_800_000;

    /// <summary>segment.jitter.ms: up to how much is taken off segment.ms at random.</summary>
    public long SegmentJitterMs { get; init; }

    /// <summary>segment.index.bytes: the greatest size of an index file.</summary>
    public int SegmentIndexBytes { get; init; } = 10 << 20;

    /// <summary>retention.bytes: -1 for no limit.</summary>
    public long RetentionBytes { get; init; } = -1;

    /// <summary>retention.ms: -1 for no limit.</summary>
    public long RetentionMs { get; init; } = 604_800_000;

    /// <summary>max.message.bytes: the greatest size of a batch with its 12 bytes of offset and length.</summary>
    public int MessageBytesMax { get; init; } = 1_048_588;

    /// <summary>max.decompressed.message.bytes: the largest record of a packed batch, without the length in front of it.</summary>
    public int DecompressedRecordBytesMax { get; init; } = int.MaxValue - 8;

    /// <summary>index.interval.bytes: how many bytes must have been appended before the next index entry.</summary>
    public int IndexIntervalBytes { get; init; } = 4096;

    /// <summary>file.delete.delay.ms: how long a removed segment's files stay as .deleted.</summary>
    public long FileDeleteDelayMs { get; init; } = 60_000;

    /// <summary>cleanup.policy contains delete.</summary>
    public bool Delete { get; init; } = true;

    /// <summary>cleanup.policy contains compact: records need keys.</summary>
    public bool Compact { get; init; }

    /// <summary>min.cleanable.dirty.ratio: compaction begins when a larger share of the log is not compacted yet.</summary>
    public double MinCleanableDirtyRatio { get; init; } = 0.5;

    /// <summary>min.compaction.lag.ms: how long a record is safe from compaction.</summary>
    public long MinCompactionLagMs { get; init; }

    /// <summary>max.compaction.lag.ms: how long a record may wait for compaction.</summary>
    public long MaxCompactionLagMs { get; init; } = long.MaxValue;

    /// <summary>delete.retention.ms: how long compaction keeps tombstones and the markers of transactions without records.</summary>
    public long DeleteRetentionMs { get; init; } = 86_400_000;

    /// <summary>compression.type; null for "producer", which keeps each batch as it was sent.</summary>
    public CompressionCodec? Compression { get; init; }

    /// <summary>compression.gzip.level, -1 for zlib's own choice.</summary>
    public int GzipLevel { get; init; } = -1;

    /// <summary>compression.lz4.level.</summary>
    public int Lz4Level { get; init; } = 9;

    /// <summary>compression.zstd.level.</summary>
    public int ZstdLevel { get; init; } = 3;

    /// <summary>preallocate: a new segment reserves its whole size. The file's length stays that of its content.</summary>
    public bool Preallocate { get; init; }

    /// <summary>message.timestamp.type.</summary>
    public TimestampType TimestampType { get; init; } = TimestampType.CreateTime;

    /// <summary>message.timestamp.before.max.ms: how far behind the clock a record's time may lie.</summary>
    public long TimestampBeforeMaxMs { get; init; } = long.MaxValue;

    /// <summary>message.timestamp.after.max.ms: how far ahead of the clock a record's time may lie.</summary>
    public long TimestampAfterMaxMs { get; init; } = 3_600_000;

    /// <summary>The time that a segment's records may span in effect: a record in the active segment waits for compaction.</summary>
    internal long RollMs => Compact ? Math.Min(SegmentMs, MaxCompactionLagMs) : SegmentMs;

    /// <summary>The level that goes with a codec, null for codecs without levels.</summary>
    public int? LevelOf(CompressionCodec codec) => codec switch
    {
        CompressionCodec.Gzip => GzipLevel,
        CompressionCodec.Lz4 => Lz4Level,
        CompressionCodec.Zstd => ZstdLevel,
        _ => null,
    };
}
