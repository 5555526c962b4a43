using Microsoft.Extensions.Logging;
using Ouzel.Protocol.Records;
using Ouzel.Storage.Compaction;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>The leftovers of an interrupted deletion, cleaning or replacement in a partition's directory: they are undone or completed (KAFKA-12520).</summary>
internal sealed class Leftovers(Disk disk, string directory, ILogger logger)
{
    private const string Temporary = ".tmp";
    private const int BlockBytes = 1 << 16;

    /// <summary>
    /// Removes .deleted, .cleaned and temporary files, completes replacements whose .swap files are whole, and removes indexes without a log.
    /// Returns the files that are there afterwards, by name.
    /// </summary>
    public Dictionary<string, DiskEntry> Remove()
    {
        var files = List();
        var isChanged = RemoveTemporary(files);
        isChanged |= CompleteSwaps(files);
        if (isChanged)
        {
            files = List();
        }

        foreach (var name in files.Keys.Where(n => IsIndex(n) && !files.ContainsKey(n[..20] + LogFiles.Log)).ToList())
        {
            StorageEvents.IndexWithoutLog(logger, directory + "/" + name);
            disk.Delete(directory + "/" + name);
            files.Remove(name);
        }

        return files;
    }

    private Dictionary<string, DiskEntry> List() => disk.ListFiles(directory).ToDictionary(f => f.Name);

    private bool RemoveTemporary(Dictionary<string, DiskEntry> files)
    {
        var cleaned = files.Keys.Where(n => n.EndsWith(LogFiles.Cleaned, StringComparison.Ordinal)).ToList();
        var smallest = cleaned.Select(OffsetOf).Append(long.MaxValue).Min();
        var going = files.Keys.Where(n =>
            n.EndsWith(LogFiles.Cleaned, StringComparison.Ordinal) || n.EndsWith(LogFiles.Deleted, StringComparison.Ordinal) || n.EndsWith(Temporary, StringComparison.Ordinal)
            || (n.EndsWith(LogFiles.Swap, StringComparison.Ordinal) && OffsetOf(n) >= smallest)).ToList();
        foreach (var name in going)
        {
            disk.Delete(directory + "/" + name);
            files.Remove(name);
        }

        return going.Count > 0;
    }

    private bool CompleteSwaps(Dictionary<string, DiskEntry> files)
    {
        var swaps = files.Keys.Where(n => n.EndsWith(LogFiles.Swap, StringComparison.Ordinal)).ToList();
        if (swaps.Count == 0)
        {
            return false;
        }

        var (from, below, damaged) = (long.MaxValue, 0L, (string?)null);
        foreach (var name in swaps.Where(n => n.EndsWith(LogFiles.Log + LogFiles.Swap, StringComparison.Ordinal)))
        {
            from = Math.Min(from, OffsetOf(name));
            below = Math.Max(below, EndOffsetOf(name, out var isWhole));
            damaged = isWhole ? damaged : name;
        }

        if (damaged is not null && files.ContainsKey(LogFiles.Name(from, LogFiles.Log)))
        {
            // What it was made from is still there, and is removed for a whole copy only.
            StorageEvents.CleanedDamaged(logger, directory + "/" + damaged);
            swaps.ForEach(name => KeptAside.Move(disk, directory + "/" + name));
            disk.SyncDirectory(directory);
            return true;
        }

        foreach (var name in files.Keys.Where(n => !n.EndsWith(LogFiles.Swap, StringComparison.Ordinal) && OffsetOf(n) is >= 0 and var o && o >= from && o < below).ToList())
        {
            StorageEvents.ReplacedByCleaned(logger, directory + "/" + name);
            disk.Delete(directory + "/" + name);
        }

        foreach (var name in swaps)
        {
            disk.Move(directory + "/" + name, directory + "/" + name[..^LogFiles.Swap.Length]);
        }

        disk.SyncDirectory(directory);
        return true;
    }

    /// <summary>Behind the last batch up to which every checksum is right and the offsets grow; an offset that a damaged header names would take segments along that were never copied.</summary>
    private long EndOffsetOf(string name, out bool isWhole)
    {
        var file = disk.Open(directory + "/" + name, DiskOpen.Existing);
        var end = OffsetOf(name);
        try
        {
            using var source = new BatchSource(file, 0, file.Length, BlockBytes);
            while (source.MoveNext())
            {
                RecordBatch.TryRead(source.Current, out var batch, out _);
                if (batch.BaseOffset < end || batch.LastOffset - OffsetOf(name) > int.MaxValue)
                {
                    throw new RecordFormatException($"offset {batch.BaseOffset} where {end} is the least");
                }

                end = batch.LastOffset + 1;
            }

            isWhole = true;
        }
        catch (RecordFormatException)
        {
            isWhole = false; // told by the caller, who knows what follows
        }
        finally
        {
            file.Release();
        }

        return end;
    }

    private static bool IsIndex(string name) =>
        LogFiles.TryOffset(name, LogFiles.OffsetIndex, out _) || LogFiles.TryOffset(name, LogFiles.TimeIndex, out _) || LogFiles.TryOffset(name, LogFiles.TransactionIndex, out _);

    /// <summary>The number a file's name begins with, -1 without one.</summary>
    private static long OffsetOf(string name) => name.Length > 20 && long.TryParse(name.AsSpan(0, 20), out var offset) ? offset : -1;
}
