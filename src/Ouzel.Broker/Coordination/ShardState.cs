namespace Ouzel.Broker.Coordination;

/// <summary>What a node does with one internal partition.</summary>
internal enum ShardState
{
    /// <summary>Another node leads it, or nobody.</summary>
    Idle,

    /// <summary>Its log is being read.</summary>
    Loading,

    /// <summary>Requests are served.</summary>
    Active,

    /// <summary>Its log could not be read, or its disk is gone. The former is tried again after a while.</summary>
    Failed,
}
