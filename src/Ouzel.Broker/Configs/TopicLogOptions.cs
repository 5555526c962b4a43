using Ouzel.Protocol.Records;
using Ouzel.Storage;

namespace Ouzel.Broker.Configs;

public sealed partial class TopicOptions
{
    /// <summary>Makes the options that the logs of the topic's partitions need.</summary>
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
