namespace Ouzel.Broker.Configs;

/// <summary>Settings that only Ouzel has.</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class OuzelOptions
{
    /// <summary>
    /// The part of the limit kept for memory outside of the collected heap: the runtime and its libraries as far as they are touched, compiled code, stacks,
    /// what system calls keep. A node at rest is 60 MB resident, its small heap among them.
    /// </summary>
    private const long OutsideHeapBytes = 64L << 20;

    /// <summary>Asked once: the runtime's answer is smaller after the host has told it the limit.</summary>
    private static readonly long HalfOfMachine = Math.Max(134217728, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);

    /// <summary>
    /// Point at which a write with acks=all is answered: fsync, once it is on the disk; replicated, once all in-sync copies have it; os, once the operating
    /// system has it.
    /// </summary>
    [Setting("ouzel.durability", OneOf = "fsync, replicated, os")]
    public string Durability { get; init; } = "fsync";

    /// <summary>Place of data: disk, or memory for a broker that forgets everything when it stops.</summary>
    [Setting("ouzel.storage", OneOf = "disk, memory")]
    public string Storage { get; init; } = "disk";

    /// <summary>Memory of the whole process in bytes; clients wait, or are cut off, before it is exceeded. 0 is half of what the machine or its container has.</summary>
    [Setting("ouzel.memory.limit", Min = 134217728, Or = 0)]
    public long MemoryLimit { get; init; } = 0;

    /// <summary>Longest time a stop waits for connections to finish what they began.</summary>
    [Setting("ouzel.stop.timeout.ms", Min = 0)]
    public int StopTimeoutMs { get; init; } = 10000;

    /// <summary>Form of log lines: text for people, json for machines.</summary>
    [Setting("ouzel.log.format", OneOf = "text, json")]
    public string LogFormat { get; init; } = "text";

    /// <summary>Least important log lines that are written.</summary>
    [Setting("ouzel.log.level", OneOf = "trace, debug, info, warn, error", AnyCase = true)]
    public string LogLevel { get; init; } = "info";

    /// <summary>The limit in bytes, worked out for this machine.</summary>
    public long MemoryBytesMax => MemoryLimit > 0 ? MemoryLimit : HalfOfMachine;

    /// <summary>The most that the collected heap may take of it.</summary>
    public long HeapBytesMax => MemoryBytesMax - OutsideHeapBytes;
}
