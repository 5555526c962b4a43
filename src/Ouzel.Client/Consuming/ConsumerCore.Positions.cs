using Ouzel.Client.Consuming.Fetching;
using Ouzel.Protocol;

namespace Ouzel.Client.Consuming;

/// <summary>Seek, pause, and where everything stands.</summary>
internal sealed partial class ConsumerCore
{
    public IReadOnlyCollection<TopicPartition> Assignment
    {
        get
        {
            lock (_state.Gate)
            {
                return [.. _state.Partitions.Keys];
            }
        }
    }

    public void Seek(TopicPartition partition, long offset, int leaderEpoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        Change(partition, s => s.SeekTo(offset, leaderEpoch));
    }

    public void Seek(TopicPartition partition, StartPosition target)
    {
        if (target.IsNone)
        {
            throw new ArgumentException("StartPosition.None is no place to seek to.", nameof(target));
        }

        Change(partition, s => s.SeekTo(target));
    }

    public void Pause(TopicPartition partition) => Change(partition, static s =>
    {
        // What was read ahead is dropped: a pause may be long, and others need the room.
        s.IsPaused = true;
        s.DropFetched();
    });

    public void Resume(TopicPartition partition) => Change(partition, static s => s.IsPaused = false);

    public IReadOnlyList<PartitionStatus> Status()
    {
        lock (_state.Gate)
        {
            return [.. _state.Partitions.Values.Select(StatusOf)];
        }
    }

    /// <summary>The position, waited for while it is being looked up.</summary>
    public async Task<long> PositionAsync(TopicPartition partition, CancellationToken cancellation)
    {
        while (true)
        {
            var data = _state.Data.Next;
            lock (_state.Gate)
            {
                ObjectDisposedException.ThrowIf(_state.IsClosed, this);
                var state = Find(partition);
                if (state.Phase == PositionPhase.Reading)
                {
                    return state.Position;
                }

                if (state.Fault is { } fault)
                {
                    throw fault;
                }
            }

            await data.WaitAsync(cancellation);
        }
    }

    private PartitionStatus StatusOf(PartitionState state)
    {
        var end = _options.IsolationLevel == IsolationLevel.ReadCommitted ? state.LastStableOffset : state.HighWatermark;
        return new PartitionStatus(state.Partition, Known(state.Position), Known(state.Handled), Known(state.Committed), Known(end), state.IsPaused);
    }

    private void Change(TopicPartition partition, Action<PartitionState> change)
    {
        lock (_state.Gate)
        {
            var state = Find(partition);
            change(state);
            _state.Drop(state);
        }

        _state.Work.Set();
        _state.Data.Set();
    }

    private PartitionState Find(TopicPartition partition) =>
        _state.Partitions.GetValueOrDefault(partition) ?? throw new InvalidOperationException($"Partition {partition} is not assigned to this consumer.");

    private static long? Known(long offset) => offset >= 0 ? offset : null;
}
