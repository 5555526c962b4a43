using Ouzel.Protocol;

namespace Ouzel.Storage;

/// <summary>A partition's log as its directory's files tell it, after whatever repair they needed.</summary>
internal sealed class LoadedLog
{
    public required TopicPartition TopicPartition { get; init; }
    public required Uuid TopicId { get; init; }
    public required string Directory { get; init; }
    public required LogOptions Options { get; init; }
    public required ProducerState Producers { get; init; }
    public required ProducerSnapshots Snapshots { get; init; }
    public required LeaderEpochs Epochs { get; init; }
    public required IReadOnlyList<Segment> Segments { get; init; }
    public required long LogStartOffset { get; init; }
    public required long LogEndOffset { get; init; }
    public required long RecoveryPoint { get; init; }
    public required long HighWatermark { get; init; }

    /// <summary>The number of the directory's name if it was made just now, 0 otherwise; see <see cref="DirectoryEntries"/>.</summary>
    public long DirectoryNumber { get; init; }
}

/// <summary>A partition's entries in the log directory's checkpoints, and how it was stopped.</summary>
/// <param name="WasClean">The last stop closed every log; nothing needs to be checked.</param>
/// <param name="RecoveryPoint">Everything below was synced; 0 when not known.</param>
/// <param name="LogStartOffset">Where the log starts at least; 0 when not known.</param>
/// <param name="HighWatermark">The last high watermark written down; 0 when not known.</param>
internal readonly record struct LogCheckpoint(bool WasClean, long RecoveryPoint, long LogStartOffset, long HighWatermark);
