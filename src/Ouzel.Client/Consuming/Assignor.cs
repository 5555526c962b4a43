namespace Ouzel.Client;

/// <summary>
/// The way a classic group divides partitions among its members (partition.assignment.strategy). The group uses one that all its members offer.
/// </summary>
public enum Assignor
{
    /// <summary>Runs of each topic's partitions; topics of equal size go to members alike. Everybody lets go of everything at each rebalance.</summary>
    Range,

    /// <summary>Partitions dealt out one by one. Everybody lets go of everything at each rebalance.</summary>
    RoundRobin,

    /// <summary>As even as can be, with as few moves as can be (KIP-54). Everybody lets go of everything at each rebalance, and gets most of it back.</summary>
    Sticky,

    /// <summary>As <see cref="Sticky"/>, but only what moves is let go of (KIP-429): the rest is read on meanwhile.</summary>
    CooperativeSticky,
}
