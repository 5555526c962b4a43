using Microsoft.Extensions.Logging;
using Ouzel.Protocol.Records;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage.Compaction;

/// <summary>Compacts the logs of a directory, the one with the largest dirty share first, until none is due.</summary>
internal sealed class LogCleaner(LogDirectory directory, CompactionOptions options, Random random, ILogger logger, Func<bool> isStopped, long nowMs)
{
    private readonly HashSet<PartitionLog> _passedOver = [];

    /// <summary>Returns how many passes compacted something.</summary>
    public int Run()
    {
        var passes = 0;
        while (!isStopped() && !directory.IsOffline && Next() is { } next)
        {
            if (Compact(next.Log, next.View, next.Plan))
            {
                passes++;
            }
            else
            {
                _passedOver.Add(next.Log);
            }
        }

        return passes;
    }

    private (PartitionLog Log, LogView View, CompactionPlan Plan)? Next()
    {
        (PartitionLog Log, LogView View, CompactionPlan Plan)? best = null;
        foreach (var log in directory.Logs)
        {
            if (!log.Options.Compact || log.Topic == LogDirectory.MetadataTopic || log.IsFailed || log.CannotBeCompacted || log.SegmentCount < 2 || _passedOver.Contains(log))
            {
                continue;
            }

            try
            {
                var view = log.View();
                var plan = CompactionPlan.Of(view.Sketch(log.Options), view.CompactedTo, view.StartOffset, view.EndOffset, view.StableOffset, log.Options, nowMs);
                if (plan.IsDue && (best == null || plan.DirtyRatio > best.Value.Plan.DirtyRatio))
                {
                    best = (log, view, plan);
                }
            }
            catch (ObjectDisposedException)
            {
                _passedOver.Add(log); // it was closed or lost a segment just now; the next run looks again
            }
            catch (DiskException e)
            {
                _passedOver.Add(log);
                if (!e.IsOutOfDescriptors && !log.IsFailed)
                {
                    log.FailCompaction(e);
                }
            }
            catch (Exception e)
            {
                GiveUp(log, e);
            }
        }

        return best;
    }

    private bool Compact(PartitionLog log, LogView view, CompactionPlan plan)
    {
        try
        {
            // What is replaced must lie below the recovery point that a start would use: recovery takes holes in what it checks for damage unless the topic
            // is compacted still.
            log.Flush();
            directory.CheckpointOffsets();
            var bytes = log.SizeBytes;
            var compactedTo = new LogCompaction(log, view, plan, options, log.Options, random, isStopped).Run(nowMs);
            if (!log.TryMarkCompacted(compactedTo, view.Truncations))
            {
                return false;
            }

            directory.CheckpointOffsets();
            StorageEvents.Compacted(logger, log.DirectoryPath, compactedTo, bytes, log.SizeBytes);
            return true;
        }
        catch (OperationCanceledException e)
        {
            StorageEvents.CompactionPutOff(logger, log.DirectoryPath, e.Message);
        }
        catch (ObjectDisposedException)
        {
            StorageEvents.CompactionPutOff(logger, log.DirectoryPath, "it was closed");
        }
        catch (RecordFormatException e)
        {
            log.CannotBeCompacted = true;
            StorageEvents.CannotBeCompacted(logger, null, log.DirectoryPath, e.Message);
        }
        catch (DiskException e) when ((e.Errno == DiskException.OutOfSpace || e.IsOutOfDescriptors) && !log.IsFailed)
        {
            StorageEvents.CompactionLacksRoom(logger, log.DirectoryPath, e.Message);
        }
        catch (DiskException e) when (!log.IsFailed)
        {
            log.FailCompaction(e);
        }
        catch (DiskException e)
        {
            StorageEvents.CompactionEnded(logger, log.DirectoryPath, e.Message);
        }
        catch (Exception e)
        {
            GiveUp(log, e);
        }

        return false;
    }

    /// <summary>Something in this log that a pass cannot get over, such as a batch whose records are numbered out of order: it costs this partition its compaction, and no other.</summary>
    private void GiveUp(PartitionLog log, Exception e)
    {
        log.CannotBeCompacted = true;
        StorageEvents.CannotBeCompacted(logger, e, log.DirectoryPath, e.Message);
    }
}
