using Ouzel.Protocol;

namespace Ouzel.Client.Producing;

/// <summary>A partition's queue with the lock around it.</summary>
internal sealed class PartitionSlot(TopicPartition name, PartitionQueue queue)
{
    private int _waiting;

    public TopicPartition Name => name;

    /// <summary>Held for an append's copy or a step of the queue, never across a wait.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Used under <see cref="Gate"/>.</summary>
    public PartitionQueue Queue => queue;

    /// <summary>The sender looks at it. Changed under <see cref="Gate"/>.</summary>
    public bool IsActive { get; set; }

    /// <summary>Batches that wait to be sent, as last noted; read without the lock.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Called under <see cref="Gate"/> after the queue changed.</summary>
    public void NoteWaiting() => Volatile.Write(ref _waiting, queue.Waiting);
}
