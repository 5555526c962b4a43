using Microsoft.Extensions.Logging;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Storage;

/// <summary>The surroundings that a log needs.</summary>
internal sealed record LogContext(Disk Disk, StorageOptions Options, Random Random, ILogger Logger)
{
    /// <summary>Told when the log's disk failed: the whole log directory must stop.</summary>
    public Action<PartitionLog, DiskException>? Failed { get; init; }

    /// <summary>The failure that took the log directory offline; a log that is marked failed with it names it as the cause.</summary>
    public Func<DiskException?>? DirectoryFailure { get; init; }

    /// <summary>Told before records below the recovery point are dropped, and after the start was lowered, outside the log's lock: the checkpoints must follow.</summary>
    public Action? MarksLowered { get; init; }

    /// <summary>The pace of the directory's disk; null when nobody asks.</summary>
    public DiskPace? Pace { get; init; }

    /// <summary>The names of the directories beside this one.</summary>
    public DirectoryEntries? Entries { get; init; }

    /// <summary>The few logs that tell at a start what they check.</summary>
    public FirstFew ChecksTold { get; } = new(10);

    /// <summary>The few logs that tell at a start that they build indexes again.</summary>
    public FirstFew RepairsTold { get; } = new(10);

    /// <summary>Told after a roll, so that the sealed segment gets flushed in the background.</summary>
    public Action<PartitionLog>? Rolled { get; init; }
}
