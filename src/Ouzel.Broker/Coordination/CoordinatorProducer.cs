namespace Ouzel.Broker.Coordination;

/// <summary>The producer to whose transaction records belong: they count when its marker says so.</summary>
/// <param name="Id">The producer's id.</param>
/// <param name="Epoch">Its epoch; one that is over is refused by the log.</param>
internal readonly record struct CoordinatorProducer(long Id, short Epoch);

/// <summary>The end of a transaction in an internal partition that it wrote into.</summary>
/// <param name="Producer">Whose transaction.</param>
/// <param name="CoordinatorEpoch">Of the transaction coordinator that decided; an older one is refused by the log.</param>
/// <param name="IsCommit">False: aborted.</param>
internal readonly record struct CoordinatorMarker(CoordinatorProducer Producer, int CoordinatorEpoch, bool IsCommit);
