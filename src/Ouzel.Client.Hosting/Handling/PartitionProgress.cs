using Ouzel.Protocol;

namespace Ouzel.Client.Hosting.Handling;

/// <summary>
/// The progress of one partition: records are begun in order and done in any order, and the offset that may be committed is that of the first one that is not done. Used under the lock
/// of <see cref="RecordWindow"/>.
/// </summary>
/// <param name="partition">Whose.</param>
internal sealed class PartitionProgress(TopicPartition partition)
{
    private readonly Queue<PendingRecord> _records = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TopicPartitionOffset? _end;
    private int _runs;
    private bool _hasRead;

    public TopicPartition Partition => partition;

    /// <summary>Records that cannot be committed yet.</summary>
    public int Count => _records.Count;

    /// <summary>Nothing new is begun: the partition goes, or the host stops.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Ends when it is closed and nothing runs.</summary>
    public Task Idle => _idle.Task;

    /// <summary>For what runs; cancelled when the time for it is over.</summary>
    public CancellationTokenSource Cancel { get; } = new();

    /// <summary>The offset to be committed, if something was handled since the last commit; that of the first record that was read, before anything was.</summary>
    public TopicPartitionOffset? Committable { get; private set; }

    public void Add(PendingRecord record)
    {
        if (!_hasRead)
        {
            // A group that begins at the end has no place of its own yet: without this one it would begin at a later end, behind what fails now.
            (_hasRead, Committable) = (true, new TopicPartitionOffset(partition, record.Raw.Position.Offset));
        }

        _records.Enqueue(record);
    }

    /// <summary>All that was read up to <paramref name="nextOffset"/> has been added: behind the last record it goes on there, whatever lies between.</summary>
    public void EndAt(long nextOffset, int leaderEpoch)
    {
        _end = new TopicPartitionOffset(partition, nextOffset, leaderEpoch);
        Advance();
    }

    public void OnBegun() => _runs++;

    /// <summary>A record is handled, or was given up.</summary>
    public void OnEnded(PendingRecord record, bool isHandled)
    {
        record.IsHandled = isHandled;
        _runs--;
        Advance();
        TellIdle();
    }

    /// <summary>It was committed, unless more was handled meanwhile.</summary>
    public void OnCommitted(TopicPartitionOffset offset)
    {
        if (Committable == offset)
        {
            Committable = null;
        }
    }

    public void Close()
    {
        IsClosed = true;
        TellIdle();
    }

    private void Advance()
    {
        PendingRecord? last = null;
        while (_records.TryPeek(out var first) && first.IsHandled)
        {
            last = _records.Dequeue();
        }

        if (_records.Count == 0 && _end is { } end)
        {
            (Committable, _end) = (end, null);
        }
        else if (last is not null)
        {
            Committable = new TopicPartitionOffset(partition, last.Raw.Position.Offset + 1, last.Raw.Position.LeaderEpoch);
        }
    }

    private void TellIdle()
    {
        if (IsClosed && _runs == 0)
        {
            _idle.TrySetResult();
        }
    }
}
