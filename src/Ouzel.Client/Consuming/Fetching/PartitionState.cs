using Ouzel.Protocol;

namespace Ouzel.Client.Consuming.Fetching;

/// <summary>The thing that a partition waits for before it can be fetched.</summary>
internal enum PositionPhase
{
    /// <summary>The offset that the group committed.</summary>
    NeedsCommitted,

    /// <summary>The offset of an end or a time.</summary>
    NeedsLookup,

    /// <summary>Nothing: it has a position.</summary>
    Reading,
}

/// <summary>
/// One partition as long as this consumer has it; having it again later is another state. Guarded by the gate of <see cref="ConsumerState"/>, except where said.
/// </summary>
internal sealed class PartitionState(TopicPartition partition)
{
    public TopicPartition Partition => partition;

    public PositionPhase Phase { get; private set; } = PositionPhase.NeedsCommitted;

    /// <summary>The position to look up in <see cref="PositionPhase.NeedsLookup"/>.</summary>
    public StartPosition Target { get; private set; }

    /// <summary>Raised by everything that makes records fetched before wrong: what carries another version is dropped.</summary>
    public int Version { get; private set; }

    /// <summary>The offset of the next record to be delivered; -1 while unknown.</summary>
    public long Position { get; private set; } = -1;

    /// <summary>The leader epoch of the record before <see cref="Position"/>; -1 when unknown.</summary>
    public int PositionEpoch { get; private set; } = -1;

    /// <summary>Up to here (not included) the application has finished; -1 while unknown.</summary>
    public long Handled { get; private set; } = -1;

    public int HandledEpoch { get; private set; } = -1;

    /// <summary>The offset known to be committed; -1 for nothing.</summary>
    public long Committed { get; set; } = -1;

    /// <summary>The offset of the next record to be fetched: ahead of <see cref="Position"/> by what is buffered.</summary>
    public long FetchOffset { get; private set; } = -1;

    public int FetchEpoch { get; private set; } = -1;

    /// <summary>The leader epoch against which <see cref="FetchEpoch"/> was checked by brokers that do not do it with each fetch.</summary>
    public int CheckedLeaderEpoch { get; set; } = -1;

    /// <summary>Responses with records of this partition that are not delivered yet.</summary>
    public int ChunksBuffered { get; set; }

    public bool IsPaused { get; set; }

    /// <summary>Not fetched before the application was told of it.</summary>
    public bool IsHeld { get; set; }

    /// <summary>About to go: nothing more is delivered.</summary>
    public bool IsRevoking { get; set; }

    /// <summary>Not this consumer's any more.</summary>
    public bool IsGone { get; set; }

    public long RetryAtMs { get; private set; } = long.MinValue;

    public int Failures { get; private set; }

    /// <summary>The follower to read from (KIP-392); -1 for the leader.</summary>
    public int ReplicaId { get; private set; } = -1;

    public long ReplicaUntilMs { get; private set; }

    public long HighWatermark { get; set; } = -1;

    public long LastStableOffset { get; set; } = -1;

    /// <summary>The error to tell the application instead of records.</summary>
    public KafkaException? Fault { get; set; }

    /// <summary>Reads on from an offset, whatever was before.</summary>
    public void SeekTo(long offset, int leaderEpoch)
    {
        Version++;
        Phase = PositionPhase.Reading;
        (Position, PositionEpoch) = (offset, leaderEpoch);
        (Handled, HandledEpoch) = (offset, leaderEpoch);
        Rewind();
    }

    /// <summary>Reads on from an end or a time, which has to be looked up.</summary>
    public void SeekTo(StartPosition target)
    {
        Version++;
        Phase = PositionPhase.NeedsLookup;
        Target = target;
        (Position, PositionEpoch, FetchOffset, FetchEpoch) = (-1, -1, -1, -1);
        (Handled, HandledEpoch) = (-1, -1);
        Fault = null;
        OnWorked();
    }

    /// <summary>Forgets what was fetched ahead of the application.</summary>
    public void DropFetched()
    {
        Version++;
        Rewind();
    }

    /// <summary>Records up to <paramref name="nextOffset"/> are buffered.</summary>
    public void OnFetched(long nextOffset, int leaderEpoch) => (FetchOffset, FetchEpoch) = (nextOffset, leaderEpoch >= 0 ? leaderEpoch : FetchEpoch);

    /// <summary>Records up to <paramref name="nextOffset"/> are in the application's hands.</summary>
    public void OnDelivered(long nextOffset, int leaderEpoch) => (Position, PositionEpoch) = (nextOffset, leaderEpoch >= 0 ? leaderEpoch : PositionEpoch);

    /// <summary>There was nothing for the application up to <paramref name="nextOffset"/>.</summary>
    public void OnSkipped(long nextOffset, int leaderEpoch)
    {
        var nothingInHand = Handled == Position;
        OnDelivered(nextOffset, leaderEpoch);
        if (nothingInHand)
        {
            OnHandled();
        }
    }

    /// <summary>The application has finished with everything it got.</summary>
    public void OnHandled() => (Handled, HandledEpoch) = (Position, PositionEpoch);

    public void ReadFrom(int replicaId, long untilMs) => (ReplicaId, ReplicaUntilMs) = (replicaId, untilMs);

    public void ReadFromLeader() => ReplicaId = -1;

    public void OnWorked() => (Failures, RetryAtMs) = (0, long.MinValue);

    public void OnFailed(long retryAtMs)
    {
        Failures++;
        RetryAtMs = retryAtMs;
    }

    private void Rewind()
    {
        (FetchOffset, FetchEpoch) = (Position, PositionEpoch);
        CheckedLeaderEpoch = -1;
        Fault = null;
        OnWorked();
    }
}
