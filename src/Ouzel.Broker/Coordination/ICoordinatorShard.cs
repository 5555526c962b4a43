namespace Ouzel.Broker.Coordination;

/// <summary>
/// A state machine that is the fold of an internal partition's records, plus what only lives in memory. It owns no clock, file or thread.
/// Disposed when this node serves it no more: what it was charged for is given back.
/// </summary>
internal interface ICoordinatorShard : IDisposable
{
    /// <summary>The time at which the shard wants to be woken, in <see cref="CoordinatorMoment.TicksMs"/>; null for never.</summary>
    long? NextDeadlineMs { get; }

    /// <summary>Folds one record of the log into the state, in log order; called both while loading and after each append.</summary>
    /// <param name="offset">The record's offset.</param>
    /// <param name="producerId">The producer of a transactional batch, -1 for any other batch.</param>
    /// <param name="key">The record's key.</param>
    /// <param name="value">The record's value; null for a tombstone.</param>
    /// <exception cref="InvalidDataException">The record cannot be read; the state is as before.</exception>
    void Apply(long offset, long producerId, ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte>? value);

    /// <summary>Folds the end of a transaction; as <see cref="Apply"/>, while loading and after each marker that is stored.</summary>
    void ApplyMarker(long producerId, bool commit);

    /// <summary>Topics were deleted: what is kept for them goes.</summary>
    CoordinatorStep OnTopicsDeleted(IReadOnlySet<string> topics) => CoordinatorStep.Done;

    /// <summary>The log was read to its end: from now on requests come. Effects on the world outside begin in the step's <see cref="CoordinatorStep.OnCommitted"/>: never while loading, and never for what may still be lost.</summary>
    CoordinatorStep OnLoaded(CoordinatorMoment now);

    /// <summary>Handles one deadline that has passed.</summary>
    CoordinatorStep Expire(CoordinatorMoment now);

    /// <summary>
    /// The last operation failed half way. Brings what it touched back to what the log says; false when that cannot be told apart from the rest,
    /// so that all of the state must be folded anew.
    /// </summary>
    bool TryRecover(CoordinatorMoment now);
}
