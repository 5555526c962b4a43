using Ouzel.Protocol;

namespace Ouzel.Broker.Coordination;

/// <summary>A shard's wish after it handled one event: append these records, then go on.</summary>
/// <param name="Records">Appended and applied before <paramref name="Then"/> runs; null or empty: nothing to append.</param>
/// <param name="Then">Told how the append went (<see cref="ErrorCode.None"/>: appended and applied). Responses that depend on the append are given here.</param>
/// <param name="IsDivisible">The records may be stored in several batches, of which the first may be stored when a later one is refused; otherwise all or none.</param>
internal readonly record struct CoordinatorStep(
    IReadOnlyList<CoordinatorRecord>? Records, Func<ErrorCode, CoordinatorStep>? Then = null, bool IsDivisible = false)
{
    /// <summary>The producer to whose transaction the records belong; null: they count at once.</summary>
    public CoordinatorProducer? Producer { get; init; }

    /// <summary>Appended instead of records: the end of a transaction, which the shard then sees as in the log.</summary>
    public CoordinatorMarker? Marker { get; init; }

    /// <summary>
    /// Goes on, in an operation of its own, once everything the shard has appended by then is committed: here begins what the world outside must not hear of before. Told an error when this
    /// can no longer be said. Forgotten when this node resigns or the log is read anew, and with an operation that fails half way: what is still to be done must follow from the records.
    /// </summary>
    public Func<ErrorCode, CoordinatorMoment, CoordinatorStep>? OnCommitted { get; init; }

    /// <summary>Nothing to append and nothing to go on with.</summary>
    public static CoordinatorStep Done => default;

    /// <summary>The same step, with something done first when it is known how the append went.</summary>
    public CoordinatorStep Before(Action<ErrorCode> action)
    {
        var then = Then;
        return this with
        {
            Then = error =>
            {
                action(error);
                return then?.Invoke(error) ?? Done;
            },
        };
    }
}
