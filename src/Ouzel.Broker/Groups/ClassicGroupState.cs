namespace Ouzel.Broker.Groups;

/// <summary>The states of a classic group; the names go over the wire. A group that does not exist is described as Dead.</summary>
internal enum ClassicGroupState
{
    /// <summary>No members; offsets may be there.</summary>
    Empty,

    /// <summary>Waiting for the members to join.</summary>
    PreparingRebalance,

    /// <summary>Waiting for the leader's plan.</summary>
    CompletingRebalance,

    /// <summary>Everyone may have its part.</summary>
    Stable,
}
