using Ouzel.Protocol;

namespace Ouzel.Broker.Coordination;

/// <summary>The ends of this node's logs when it started after a stop that was not clean.</summary>
/// <param name="OwnEnd">Of the internal partition itself: what lies before was committed before that stop.</param>
/// <param name="EndOf">Of any partition that this node leads; null for one that was closed clean, is new, or is led elsewhere.</param>
internal sealed record RecoveredEnds(long OwnEnd, Func<TopicPartition, long?> EndOf);
