namespace Ouzel.Broker.Partitions;

/// <summary>The point at which a write with acks=all is answered (ouzel.durability).</summary>
internal enum Durability
{
    /// <summary>Once it is synced to this node's disk, by group commit.</summary>
    Fsync,

    /// <summary>Once every in-sync replica has it; synced while this node is the only one in sync.</summary>
    Replicated,

    /// <summary>Once the operating system has it, as Apache Kafka on one node.</summary>
    Os,
}
