using Ouzel.Client.Consuming.Fetching;
using Ouzel.Protocol;

namespace Ouzel.Client.Consuming;

/// <summary>The things that the records of one consumer have in common: the block they lie in, and how their keys and values are decoded.</summary>
internal sealed class RecordSource<TKey, TValue>(ConsumerCore core, IDeserializer<TKey> keys, IDeserializer<TValue> values)
{
    public IDeserializer<TKey> Keys => keys;

    public IDeserializer<TValue> Values => values;

    public int Life => core.Block.Life;

    public ref readonly RecordSlot Slot(int index, int life)
    {
        Check(life);
        return ref core.Block.Slot(index);
    }

    public TopicPartition Partition(int life)
    {
        Check(life);
        return core.Block.Chunk!.State.Partition;
    }

    public ReadOnlyMemory<byte> Bytes(int source, int at, int length) => core.Block.Bytes(source, at, length);

    public Task CommitAsync(int life, long offset, int leaderEpoch, CancellationToken cancellation)
    {
        Check(life);
        return core.CommitAsync(core.Block.Chunk!.State, offset, leaderEpoch, cancellation);
    }

    public Task CommitAsync(PartitionState state, long offset, int leaderEpoch, CancellationToken cancellation) => core.CommitAsync(state, offset, leaderEpoch, cancellation);

    private void Check(int life)
    {
        if (life != core.Block.Life)
        {
            throw new InvalidOperationException("This record is gone: it is valid until the enumeration moves on. ToOwned makes one that stays.");
        }
    }
}
