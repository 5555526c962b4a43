using Ouzel.Broker.Cluster;

namespace Ouzel.Broker.Partitions;

/// <summary>The leader of a partition, as of one metadata image. Swapped whole; nobody changes the arrays.</summary>
/// <param name="IsLeader">This node leads.</param>
/// <param name="LeaderId">-1: nobody.</param>
/// <param name="Epoch">The leader epoch.</param>
/// <param name="PartitionEpoch">Rises with every change of the partition in the cluster's metadata.</param>
/// <param name="Replicas">Broker ids, the preferred leader first.</param>
/// <param name="Isr">Broker ids of the replicas in sync.</param>
/// <param name="IsrMin">min.insync.replicas, at most the number of replicas.</param>
/// <param name="LeadsSince">The leader epoch in which this node's leadership began that has not been interrupted since: what it appended from then on stands in its log.</param>
internal sealed record Leadership(bool IsLeader, int LeaderId, int Epoch, int PartitionEpoch, int[] Replicas, int[] Isr, int IsrMin, int LeadsSince)
{
    public static Leadership None { get; } = new(false, PartitionImage.NoLeader, -1, -1, [], [], 0, 0);

    /// <summary>No other replica has to have a record before it is committed.</summary>
    public bool IsAlone => IsLeader && Isr.Length <= 1;

    /// <summary>Too few replicas are in sync for an append with acks=all.</summary>
    public bool IsBelowMin => Isr.Length < IsrMin;

    /// <summary>Makes what follows this one when the metadata says so.</summary>
    public Leadership Next(PartitionImage image, bool isLeader, int isrMin) => new(
        isLeader,
        image.Leader,
        image.LeaderEpoch,
        image.PartitionEpoch,
        image.Replicas,
        image.Isr,
        Math.Min(isrMin, image.Replicas.Length),
        IsLeader && isLeader ? LeadsSince : image.LeaderEpoch);

    /// <summary>True when there is nothing in the other that is not known here.</summary>
    public bool SaysTheSame(Leadership other)
        => (IsLeader, LeaderId, Epoch, PartitionEpoch, IsrMin) == (other.IsLeader, other.LeaderId, other.Epoch, other.PartitionEpoch, other.IsrMin)
            && Isr.AsSpan().SequenceEqual(other.Isr) && Replicas.AsSpan().SequenceEqual(other.Replicas);
}
