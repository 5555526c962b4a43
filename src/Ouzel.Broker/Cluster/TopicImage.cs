using Ouzel.Protocol;

namespace Ouzel.Broker.Cluster;

/// <summary>A topic as the cluster's metadata knows it. <paramref name="Partitions"/>[i] is partition i; nobody changes the array.</summary>
internal sealed record TopicImage(string Name, Uuid Id, PartitionImage[] Partitions)
{
    public bool TryPartition(int index, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PartitionImage? partition)
    {
        partition = (uint)index < (uint)Partitions.Length ? Partitions[index] : null;
        return partition is not null;
    }
}

/// <summary>
/// A partition as the cluster's metadata knows it. The arrays are never changed in place.
/// Eligible leaders (KIP-966) may lead although they have left the ISR, because the ISR was below its minimum when they did.
/// </summary>
internal sealed record PartitionImage
{
    public const int NoLeader = -1;

    /// <summary>In order of preference: the first is the preferred leader.</summary>
    public required int[] Replicas { get; init; }
    public required int[] Isr { get; init; }
    public int[] RemovingReplicas { get; init; } = [];
    public int[] AddingReplicas { get; init; } = [];
    public int[] EligibleLeaders { get; init; } = [];
    public int[] LastKnownEligibleLeaders { get; init; } = [];
    /// <summary>The log directory of each replica, in the order of <see cref="Replicas"/>; empty when the cluster is too old to tell.</summary>
    public Uuid[] Directories { get; init; } = [];
    /// <summary>Broker id, or -1.</summary>
    public required int Leader { get; init; }
    public required int LeaderEpoch { get; init; }
    public required int PartitionEpoch { get; init; }
    /// <summary>The leader was chosen uncleanly and has not said since that it is whole.</summary>
    public bool Recovering { get; init; }

    public bool IsReassigning => AddingReplicas.Length + RemovingReplicas.Length > 0;
}
