using Ouzel.Protocol;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

public sealed partial class LogDirectory
{
    private readonly Lock _startsLock = new();
    private List<TaskCompletionSource<bool>>? _startsAsked;

    /// <summary>
    /// Completes when the starts of all logs, as they are now, are on the disk: an acknowledged DeleteRecords must not be undone by a crash. One write of
    /// log-start-offset-checkpoint for all who ask while another is under way. False when it could not be written.
    /// </summary>
    public Task<bool> WaitStartsDurableAsync()
    {
        var wait = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_startsLock)
        {
            if (_startsAsked is { } asked)
            {
                asked.Add(wait);
                return wait.Task;
            }

            _startsAsked = [wait];
        }

        Work.StartBeside(WriteStarts);
        return wait.Task;
    }

    private void WriteStarts()
    {
        List<TaskCompletionSource<bool>> asked;
        lock (_startsLock)
        {
            (asked, _startsAsked) = (_startsAsked!, null);
        }

        var isWritten = false;
        try
        {
            UnlessOutOfDescriptors(() =>
            {
                WriteOffsets(startsOnly: true);
                isWritten = !IsOffline;
            });
        }
        catch (DiskException)
        {
            // The directory has been told and is offline.
        }
        catch (Exception e)
        {
            _faults.Tell("checkpoint of log starts", e);
        }

        asked.ForEach(w => w.SetResult(isWritten));
    }

    /// <summary>Writes recovery points and log starts; every minute is enough, as they only shorten recovery.</summary>
    public void CheckpointOffsets() => UnlessOutOfDescriptors(WriteOffsets);

    private void WriteOffsets() => WriteOffsets(startsOnly: false);

    private void WriteOffsets(bool startsOnly)
    {
        lock (_checkpointLock)
        {
            if (IsOffline || _options.IsMetadataAlone(Path))
            {
                return;
            }

            Guarded(() =>
            {
                var (all, deleted) = LogsAndDeleted();
                var logs = all.Where(l => l.Topic != MetadataTopic).ToList();
                logs.ForEach(l => l.SyncNames()); // a start that its first segment tells is left out below: that segment must stay the first
                if (!startsOnly)
                {
                    Write(OffsetCheckpoint.RecoveryPoints, logs, static l => l.RecoveryPointToWrite);
                }

                Write(OffsetCheckpoint.LogStarts, logs.Where(l => l.LogStartOffset > l.Segments[0].BaseOffset), static l => l.LogStartOffset);
                if (startsOnly)
                {
                    return;
                }

                WriteCompacted(logs);
                lock (_logsLock)
                {
                    _stillCheckpointed.ExceptWith(deleted);
                }
            });
        }
    }

    /// <summary>Writes how far each log is compacted, if that is not what the file says.</summary>
    private void WriteCompacted(List<PartitionLog> logs)
    {
        var offsets = KeptLines(OffsetCheckpoint.Compacted).ToDictionary();
        foreach (var log in logs)
        {
            if (log.CompactedTo is { } offset)
            {
                offsets[log.TopicPartition] = offset;
            }
        }

        if (offsets.Count == _compactedWritten.Count && offsets.All(o => _compactedWritten.TryGetValue(o.Key, out var written) && written == o.Value))
        {
            return;
        }

        OffsetCheckpoint.Write(_disk, Path + "/" + OffsetCheckpoint.Compacted, offsets);
        _compactedWritten = offsets;
    }

    /// <summary>Writes the high watermarks; Kafka does it every 5 seconds.</summary>
    public void CheckpointHighWatermarks() => UnlessOutOfDescriptors(WriteHighWatermarks);

    private void WriteHighWatermarks()
    {
        lock (_checkpointLock)
        {
            if (!IsOffline && !_options.IsMetadataAlone(Path))
            {
                Guarded(() => Write(OffsetCheckpoint.HighWatermarks, Logs.Where(l => l.Topic != MetadataTopic), static l => l.HighWatermark));
            }
        }
    }
}
