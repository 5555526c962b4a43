using Ouzel.Protocol;

namespace Ouzel.Client;

/// <summary>The kinds of changes to a consumer's partitions.</summary>
public enum RebalanceKind
{
    /// <summary>They were added. None of their records has been delivered yet: a Seek during the call decides where reading begins.</summary>
    Assigned,

    /// <summary>They are about to go to another member. Nothing of them is in the application's hands any more; offsets can still be committed during the call.</summary>
    Revoked,

    /// <summary>They were taken away without notice (the session ended, or the application took longer than <see cref="ConsumerOptions.MaxPollIntervalMs"/>): another member may be reading them already.</summary>
    Lost,
}

/// <summary>A change of the partitions that a consumer reads.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Partitions">To which partitions; may be none for <see cref="RebalanceKind.Assigned"/>.</param>
/// <param name="Generation">The group's generation; -1 outside of one.</param>
/// <param name="Reason">Why, for logs.</param>
public sealed record RebalanceEvent(RebalanceKind Kind, IReadOnlyList<TopicPartition> Partitions, int Generation, string Reason);
