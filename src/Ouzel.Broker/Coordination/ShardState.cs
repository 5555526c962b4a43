namespace Ouzel.Broker.Coordination;

/// <summary>The state of one internal partition on a node.</summary>
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
