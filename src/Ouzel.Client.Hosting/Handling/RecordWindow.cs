using Ouzel.Protocol;

namespace Ouzel.Client.Hosting.Handling;

/// <summary>
/// The records between the first that is not handled and the last that was read, of all partitions: which may be begun, which must wait for another, what may be committed. A state
/// machine without clock and threads; safe for threads.
/// </summary>
/// <param name="recordsMax">More are not read before some are handled.</param>
/// <param name="isOrderedByKey">Whether records of one partition with other keys may be handled at the same time.</param>
internal sealed class RecordWindow(int recordsMax, bool isOrderedByKey)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, PartitionProgress> _partitions = [];

    /// <summary>Lines in which a record is being handled, and those that wait for it.</summary>
    private readonly Dictionary<RecordLine, Queue<PendingRecord>?> _lines = [];

    private TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private bool _isStopped;

    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                return _count >= recordsMax;
            }
        }
    }

    /// <summary>Ends when there is room; take it before looking at <see cref="IsFull"/>.</summary>
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

    /// <summary>Takes in what was read of a partition.</summary>
    /// <param name="partition">Its partition.</param>
    /// <param name="records">In order.</param>
    /// <param name="nextOffset">Where reading goes on.</param>
    /// <returns>Those that are to be begun now.</returns>
    public List<PendingRecord> Add(TopicPartition partition, IReadOnlyList<Record<byte[], byte[]>> records, long nextOffset)
    {
        List<PendingRecord> begun = [];
        lock (_gate)
        {
            var progress = Find(partition);
            foreach (var raw in records)
            {
                var record = new PendingRecord(progress, raw);
                progress.Add(record);
                _count++;
                if (TryBegin(record))
                {
                    begun.Add(record);
                }
            }

            progress.EndAt(nextOffset, records.Count > 0 ? records[^1].Position.LeaderEpoch : -1);
        }

        return begun;
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

            Release(record.Progress.OnEnded(record, isHandled), record.Progress);
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
                    var count = progress.Count;
                    progress.Close();
                    closed.Add(progress);
                    Release(count, null);
                }
            }
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

    private PartitionProgress Find(TopicPartition partition)
    {
        if (!_partitions.TryGetValue(partition, out var progress))
        {
            progress = new PartitionProgress(partition);
            _partitions.Add(partition, progress);
        }

        return progress;
    }

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

    /// <param name="records">So many left the window.</param>
    /// <param name="progress">Their partition; those of a closed one have left before.</param>
    private void Release(int records, PartitionProgress? progress)
    {
        if (records == 0 || progress is { IsClosed: true })
        {
            return;
        }

        _count -= records;
        if (_count < recordsMax)
        {
            _room.TrySetResult();
            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
