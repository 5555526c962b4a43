namespace Ouzel.Storage.Compaction;

/// <summary>The means that compaction may use. Defaults are Apache Kafka 4.4's.</summary>
public sealed record CompactionOptions
{
    /// <summary>log.cleaner.dedupe.buffer.size: most bytes of the map from keys to offsets.</summary>
    public long DedupeBufferBytes { get; init; } = 128 << 20;

    /// <summary>log.cleaner.io.buffer.load.factor: how full the map may get.</summary>
    public double LoadFactor { get; init; } = 0.9;

    /// <summary>log.cleaner.io.buffer.size: bytes of the buffers for reading and writing together; a larger batch gets what it needs.</summary>
    public int IoBufferBytes { get; init; } = 512 << 10;
}
