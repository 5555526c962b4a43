using Microsoft.Extensions.Logging;
using Ouzel.Protocol;

namespace Ouzel.Storage;

/// <summary>The events of logs and their directories. Event ids 2000-2099.</summary>
internal static partial class StorageEvents
{
    [LoggerMessage(2000, LogLevel.Warning, "{Path}: {Name} is not the directory of a partition in use; it is left alone")]
    public static partial void NoPartitionInUse(ILogger logger, string path, string name);

    [LoggerMessage(2001, LogLevel.Information, "{Path}: the last stop was not clean; checking {Count} logs from their recovery points on")]
    public static partial void LogsChecked(ILogger logger, string path, int count);

    [LoggerMessage(2002, LogLevel.Information, "{Path}: and {Count} more logs were checked")]
    public static partial void MoreLogsChecked(ILogger logger, string path, int count);

    [LoggerMessage(2003, LogLevel.Warning, "{Path}: and the indexes of {Count} more logs were built again")]
    public static partial void MoreIndexesRebuilt(ILogger logger, string path, int count);

    [LoggerMessage(2004, LogLevel.Error, "{Log} cannot be opened: {Reason}. The partition is offline (KAFKA_STORAGE_ERROR) until a start that can; its files were left as they are, others are served")]
    public static partial void LogNotOpened(ILogger logger, Exception fault, string log, string reason);

    [LoggerMessage(2005, LogLevel.Warning, "{Path}: {File} is damaged; it is kept as {Kept} and the logs themselves will tell")]
    public static partial void CheckpointDamaged(ILogger logger, string path, string file, string kept);

    [LoggerMessage(2006, LogLevel.Warning, "{Path}: a new partition takes this name; what was there is kept as {Target}")]
    public static partial void NameTaken(ILogger logger, string path, string target);

    [LoggerMessage(2007, LogLevel.Information, "{Path}: its topic was deleted; so is the directory now")]
    public static partial void TopicWasDeleted(ILogger logger, string path);

    [LoggerMessage(2008, LogLevel.Warning, "{Path} {Reason}: it is kept as {Target}. Delete it when you do not need it")]
    public static partial void StrayKept(ILogger logger, string path, string reason, string target);

    [LoggerMessage(2009, LogLevel.Warning, "{Path} is left alone: {Reason}")]
    public static partial void LeftAlone(ILogger logger, string path, string reason);

    [LoggerMessage(2010, LogLevel.Warning, "{Path} is damaged; it is made again for topic id {Id}, and what was there is kept as {Kept}")]
    public static partial void PartitionMetadataDamaged(ILogger logger, string path, Uuid id, string kept);

    [LoggerMessage(2020, LogLevel.Warning, "{Log}: the topic's id cannot be read either: {Reason}")]
    public static partial void TopicIdUnreadable(ILogger logger, string log, string reason);

    [LoggerMessage(2021, LogLevel.Warning, "{Path}: not a whole list of leader epochs; it is kept as it was beside, and epochs written before are not known any more")]
    public static partial void EpochsDamaged(ILogger logger, string path);

    [LoggerMessage(2022, LogLevel.Warning, "{Log}: the index files of segment {Base} are missing, or have a length or entries that cannot be; building them again")]
    public static partial void IndexesMissing(ILogger logger, string log, long @base);

    [LoggerMessage(2023, LogLevel.Warning, "{Log}: {Flaw} in segment {Base}, although the last stop was clean: the file was changed since. The segment is checked and its indexes are built again")]
    public static partial void ChangedSinceStop(ILogger logger, string log, string flaw, long @base);

    [LoggerMessage(2024, LogLevel.Information, "{Log}: checking segment {Base}, which was not flushed (recovery point {RecoveryPoint})")]
    public static partial void SegmentChecked(ILogger logger, string log, long @base, long recoveryPoint);

    [LoggerMessage(2025, LogLevel.Information, "{Log}: no records between offsets {End} and {Base}: compacted once, or never synced before the power went")]
    public static partial void NoRecordsBetween(ILogger logger, string log, long end, long @base);

    [LoggerMessage(2026, LogLevel.Warning, "{Log}: {Reason} segment {Base}: the log ends at offset {End} now. {Bytes} bytes and {Segments} later segments were cut off; what is not zeros is kept beside as {Suffix} files and can be deleted")]
    public static partial void LogCut(ILogger logger, string log, string reason, long @base, long end, long bytes, int segments, string suffix);

    [LoggerMessage(2027, LogLevel.Warning, "{Log}: ends at {End}, before its own start {Start}; it begins empty at the start. What was there is kept beside as {Suffix} files and can be deleted")]
    public static partial void EndsBeforeStart(ILogger logger, string log, long end, long start, string suffix);

    [LoggerMessage(2028, LogLevel.Warning, "{Path}: the indexes beside it had entries that cannot be, or that the log contradicts; they were built again")]
    public static partial void IndexesRebuilt(ILogger logger, string path);

    [LoggerMessage(2029, LogLevel.Warning, "{Path}: the producer snapshot cannot be read (wrong checksum or length); it is removed and the log is read instead")]
    public static partial void SnapshotUnreadable(ILogger logger, string path);

    [LoggerMessage(2030, LogLevel.Warning, "{Path}: an index without its log file; it is removed")]
    public static partial void IndexWithoutLog(ILogger logger, string path);

    [LoggerMessage(2031, LogLevel.Information, "{Path}: replaced by a cleaned segment; it is removed")]
    public static partial void ReplacedByCleaned(ILogger logger, string path);

    [LoggerMessage(2032, LogLevel.Warning, "{Path} is damaged; the segments that it was to replace stay, and what there is of it is kept beside them as .removed files")]
    public static partial void CleanedDamaged(ILogger logger, string path);

    [LoggerMessage(2040, LogLevel.Warning, "{Path}: the disk made a writer wait for {Waited:0} ms. Until it keeps up, appends to this directory are queued, up to {Mebibytes} MiB; others are served as before")]
    public static partial void DiskIsSlow(ILogger logger, string path, double waited, int mebibytes);

    [LoggerMessage(2041, LogLevel.Information, "{Path}: logs were synced {Syncs} times, {Records:0.#} records at a time; one took {Median:0.00} ms (p50), {Slow:0.00} ms (p99)")]
    public static partial void Synced(ILogger logger, string path, long syncs, double records, double median, double slow);

    [LoggerMessage(2042, LogLevel.Warning, "{Log}: the directory is gone already, taken away by somebody else; the partition is deleted")]
    public static partial void DirectoryGone(ILogger logger, string log);

    [LoggerMessage(2043, LogLevel.Warning, "{Path}: a checkpoint was left out: {Reason}. Raise the limit of open files (ulimit -n)")]
    public static partial void CheckpointLeftOut(ILogger logger, string path, string reason);

    [LoggerMessage(2044, LogLevel.Warning, "{Path}: {Reason}. The disk is well; raise the limit of open files (ulimit -n)")]
    public static partial void OutOfDescriptors(ILogger logger, string path, string reason);

    [LoggerMessage(2045, LogLevel.Error, "{Path} is offline until the next start: {Reason}. Its partitions are not served; free or replace the disk, then start again")]
    public static partial void DirectoryOffline(ILogger logger, Exception fault, string path, string reason);

    [LoggerMessage(2046, LogLevel.Error, "{Log} is offline until the next start, which will check it: this is a defect of the broker, please report it. Other partitions are served")]
    public static partial void PartitionOffline(ILogger logger, Exception fault, string log);

    [LoggerMessage(2060, LogLevel.Information, "{Log}: compacted up to offset {Offset}; {Before} bytes became {After}")]
    public static partial void Compacted(ILogger logger, string log, long offset, long before, long after);

    [LoggerMessage(2061, LogLevel.Debug, "{Log}: not compacted now: {Reason}")]
    public static partial void CompactionPutOff(ILogger logger, string log, string reason);

    [LoggerMessage(2062, LogLevel.Warning, "{Log}: not compacted now: {Reason}")]
    public static partial void CompactionLacksRoom(ILogger logger, string log, string reason);

    [LoggerMessage(2063, LogLevel.Debug, "{Log}: compaction ended with the disk: {Reason}")]
    public static partial void CompactionEnded(ILogger logger, string log, string reason);

    [LoggerMessage(2064, LogLevel.Error, "{Log}: cannot be compacted and grows until the next start: {Reason}. Other partitions are compacted; delete the records up to there or the topic if it must not grow")]
    public static partial void CannotBeCompacted(ILogger logger, Exception? fault, string log, string reason);

    [LoggerMessage(2090, LogLevel.Error, "{Loop} failed. What was at work is given up and the rest goes on; this is a defect of the broker, please report it with the lines below. Further ones are told once in ten minutes ({Untold} were not told before)")]
    public static partial void LoopFault(ILogger logger, Exception fault, string loop, long untold);
}
