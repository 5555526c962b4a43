namespace Ouzel.Protocol.Records.Validation;

/// <summary>A topic's demands on batches that are produced to it. Defaults are Apache Kafka 4.4's.</summary>
public sealed record ValidationRules
{
    /// <summary>False for batches the broker makes itself: markers are control batches, and offsets are its own affair.</summary>
    public bool FromClient { get; init; } = true;

    /// <summary>Accept message sets of magic 0 and 1 and convert them: Produce 0 to 2.</summary>
    public bool OldFormatsAllowed { get; init; }

    /// <summary>The topic is compacted: a record without a key would never go away.</summary>
    public bool KeyRequired { get; init; }

    /// <summary>message.timestamp.type. Under LogAppendTime the bounds do not count.</summary>
    public TimestampType TimestampType { get; init; } = TimestampType.CreateTime;

    /// <summary>message.timestamp.before.max.ms.</summary>
    public long TimestampBeforeMaxMs { get; init; } = long.MaxValue;

    /// <summary>message.timestamp.after.max.ms.</summary>
    public long TimestampAfterMaxMs { get; init; } = 3_600_000;

    /// <summary>max.message.bytes: for the batch as it was sent, and again when it was packed anew.</summary>
    public int MessageBytesMax { get; init; } = 1_048_588;

    /// <summary>compression.type; null for "producer", which keeps each batch as it was sent.</summary>
    public CompressionCodec? Compression { get; init; }

    /// <summary>The level that goes with <see cref="Compression"/>.</summary>
    public int Level { get; init; } = Records.Compression.DefaultLevel;

    /// <summary>max.decompressed.message.bytes: the largest record of a packed batch, without the length in front of it.</summary>
    public int DecompressedRecordBytesMax { get; init; } = int.MaxValue - 8;
}
