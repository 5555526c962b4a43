using Ouzel.Protocol;

namespace Ouzel.Client.Hosting.Handling;

/// <summary>
/// The records between the first that is not handled and the last that was read, of all partitions that this member has: which may be begun, which must wait for another, what may be
/// committed. A state machine without clock and threads; safe for threads.
/// </summary>
/// <param name="recordsMax">Of a partition with so many no more are read before some are handled.</param>
/// <param name="isOrderedByKey">Whether records of one partition with other keys may be handled at the same time.</param>
internal sealed class RecordWindow(int recordsMax, bool isOrderedByKey)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, PartitionProgress> _partitions = [];

    /// <summary>Lines in which a record is being handled, and those that wait for it.</summary>
    private readonly Dictionary<RecordLine, Queue<PendingRecord>?> _lines = [];

    private TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isStopped;

    /// <summary>True when none of the partitions has room.</summary>
    public bool AreAllFull
    {
        get
        {
            lock (_gate)
            {
                return _partitions.Values.All(IsFullOf);
            }
        }
    }

    /// <summary>Ends when a partition that was full has room; take it before looking at <see cref="IsFull"/>.</summary>
    public Task NextRoom
    {
        get
        {
            lock (_gate)
            {
                return _room.Task;
            }
        }
    }

    /// <summary>True when no more is to be read of the partition.</summary>
    public bool IsFull(TopicPartition partition)
    {
        lock (_gate)
        {
            return _partitions.TryGetValue(partition, out var progress) && IsFullOf(progress);
        }
    }

    /// <summary>True when the partition has so much room that reading it again is worth a fetch of what its pause has dropped.</summary>
    public bool IsHalfFree(TopicPartition partition)
    {
        lock (_gate)
        {
            return !_partitions.TryGetValue(partition, out var progress) || progress.Count <= recordsMax / 2;
        }
    }

    /// <summary>Takes in what is read of these partitions from now on, until they are closed.</summary>
    public void Open(IEnumerable<TopicPartition> partitions)
    {
        lock (_gate)
        {
            foreach (var partition in partitions)
            {
                _partitions.TryAdd(partition, new PartitionProgress(partition));
            }
        }
    }

    /// <summary>Takes in what was read of a partition. Of one that is not open it takes nothing: it was lost meanwhile, and another member reads it.</summary>
    /// <param name="partition">Its partition.</param>
    /// <param name="records">In order.</param>
    /// <param name="nextOffset">Where reading goes on.</param>
    /// <param name="begun">Those that are to be begun now.</param>
    /// <returns>False when the partition is not open.</returns>
    public bool TryAdd(TopicPartition partition, IReadOnlyList<Record<byte[], byte[]>> records, long nextOffset, out List<PendingRecord> begun)
    {
        begun = [];
        lock (_gate)
        {
            if (!_partitions.TryGetValue(partition, out var progress))
            {
                return false;
            }

            foreach (var raw in records)
            {
                var record = new PendingRecord(progress, raw);
                progress.Add(record);
                if (TryBegin(record))
                {
                    begun.Add(record);
                }
            }

            progress.EndAt(nextOffset, records.Count > 0 ? records[^1].Position.LeaderEpoch : -1);
        }

        return true;
    }

    /// <summary>The handling of a record has ended.</summary>
    /// <param name="record">One that was begun.</param>
    /// <param name="isHandled">False when it was given up, because its partition goes.</param>
    /// <returns>The next of its line, to be begun now.</returns>
    public PendingRecord? End(PendingRecord record, bool isHandled)
    {
        lock (_gate)
        {
            var next = NextOf(record);
            if (next is not null)
            {
                record.Progress.OnBegun();
            }

            var wasFull = IsFullOf(record.Progress);
            record.Progress.OnEnded(record, isHandled);
            if (wasFull && !IsFullOf(record.Progress))
            {
                TellRoom();
            }

            return next;
        }
    }

    /// <summary>Begins nothing more at all. What runs may still end.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
        }
    }

    /// <summary>Begins nothing more of these partitions, and forgets them; what they have that may be committed is in the result.</summary>
    public List<PartitionProgress> Close(IEnumerable<TopicPartition> partitions)
    {
        List<PartitionProgress> closed = [];
        lock (_gate)
        {
            foreach (var partition in partitions)
            {
                if (_partitions.Remove(partition, out var progress))
                {
                    progress.Close();
                    closed.Add(progress);
                }
            }

            TellRoom();
        }

        return closed;
    }

    public List<PartitionProgress> CloseAll()
    {
        List<TopicPartition> all;
        lock (_gate)
        {
            all = [.. _partitions.Keys];
        }

        return Close(all);
    }

    /// <summary>The offsets that may be committed.</summary>
    public List<(PartitionProgress Progress, TopicPartitionOffset Offset)> Committable()
    {
        lock (_gate)
        {
            return Committable(_partitions.Values);
        }
    }

    /// <summary>The offsets that may be committed of partitions that were closed.</summary>
    public List<(PartitionProgress Progress, TopicPartitionOffset Offset)> CommittableOf(IEnumerable<PartitionProgress> partitions)
    {
        lock (_gate)
        {
            return Committable(partitions);
        }
    }

    public void OnCommitted(IEnumerable<(PartitionProgress Progress, TopicPartitionOffset Offset)> committed)
    {
        lock (_gate)
        {
            foreach (var (progress, offset) in committed)
            {
                progress.OnCommitted(offset);
            }
        }
    }

    private static List<(PartitionProgress Progress, TopicPartitionOffset Offset)> Committable(IEnumerable<PartitionProgress> partitions) =>
        [.. partitions.Where(p => p.Committable is not null).Select(p => (p, p.Committable!.Value))];

    private bool IsFullOf(PartitionProgress progress) => progress.Count >= recordsMax;

    private bool TryBegin(PendingRecord record)
    {
        var line = new RecordLine(record, isOrderedByKey);
        if (_lines.TryGetValue(line, out var waiting))
        {
            (_lines[line] = waiting ?? new Queue<PendingRecord>())!.Enqueue(record);
            return false;
        }

        if (_isStopped)
        {
            return false;
        }

        _lines.Add(line, null);
        record.Progress.OnBegun();
        return true;
    }

    private PendingRecord? NextOf(PendingRecord record)
    {
        var line = new RecordLine(record, isOrderedByKey);
        if (!_isStopped && !record.Progress.IsClosed && _lines[line] is { Count: > 0 } waiting)
        {
            return waiting.Dequeue();
        }

        _lines.Remove(line);
        return null;
    }

    private void TellRoom()
    {
        _room.TrySetResult();
        _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
