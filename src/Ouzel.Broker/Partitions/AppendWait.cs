using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Partitions;

/// <summary>One append of a Produce: whom to tell of it, and its wait. Used again with its owner.</summary>
internal sealed class AppendWait(Appends owner) : AcknowledgeWait
{
    public Partition Partition { get; private set; } = null!;

    /// <summary>0 when it was a repetition, or is told by itself.</summary>
    public int Bytes { get; private set; }

    public bool IsNewSegment { get; private set; }

    /// <summary>The response's part for it; belongs to somebody else once this is done.</summary>
    public ProduceResponse.PartitionProduceResponse Told { get; private set; } = null!;

    /// <summary>The response says how it ended. Under the owner's lock.</summary>
    public bool IsDone { get; set; }

    public void Begin(Partition partition, int bytes, bool isNewSegment, ProduceResponse.PartitionProduceResponse told, bool isDone)
        => (Partition, Bytes, IsNewSegment, Told, IsDone) = (partition, bytes, isNewSegment, told, isDone);

    /// <summary>Keeps nothing of this append.</summary>
    public void Clear() => (Partition, Told) = (null!, null!);

    protected internal override void OnEnded(ErrorCode error, Exception? fault, bool isLetGo) => owner.OnEnded(this, error, fault, isLetGo);

    protected internal override void OnLetGo() => owner.OnLetGo();
}
