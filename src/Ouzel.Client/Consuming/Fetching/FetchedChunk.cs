using Ouzel.Client.Connections;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Client.Consuming.Fetching;

/// <summary>Keeps the bytes of a fetch response until the last of its partitions is done with.</summary>
internal sealed class FetchLease(LeasedResponse<FetchResponse> leased)
{
    private int _users = 1;

    public void Add() => Interlocked.Increment(ref _users);

    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            leased.Dispose();
        }
    }
}

/// <summary>The record batches of one partition in one response, with how far they have been taken apart.</summary>
/// <param name="state">Whose they are.</param>
/// <param name="lease">What keeps them.</param>
/// <param name="memory">The batches; the last may be cut.</param>
/// <param name="aborted">Transactions whose records are not delivered; null when all are.</param>
internal sealed class FetchedChunk(PartitionState state, FetchLease lease, ReadOnlyMemory<byte> memory, AbortedTransactions? aborted)
{
    private readonly int _version = state.Version;

    public PartitionState State => state;

    public ReadOnlyMemory<byte> Memory => memory;

    public AbortedTransactions? Aborted => aborted;

    public int Bytes => memory.Length;

    /// <summary>The place where the next batch begins.</summary>
    public int At { get; set; }

    /// <summary>True when the partition is still this consumer's, and nobody has moved its position.</summary>
    public bool IsCurrent => !state.IsGone && state.Version == _version;

    public void Release() => lease.Release();

    /// <summary>Goes over the batches, looking at their headers only.</summary>
    /// <returns>The offset behind the last whole batch and its leader epoch, or -1 and -1 when there is none; and whether what follows it is no batch.</returns>
    public static (long NextOffset, int LeaderEpoch, bool IsDamaged) Survey(ReadOnlySpan<byte> bytes)
    {
        var (nextOffset, leaderEpoch) = (-1L, -1);
        while (true)
        {
            var status = RecordBatch.Read(bytes, out var batch, out var size);
            if (status != BatchReadStatus.Whole)
            {
                return (nextOffset, leaderEpoch, status == BatchReadStatus.Damaged);
            }

            (nextOffset, leaderEpoch) = batch.Magic == 2 ? (batch.NextOffset, batch.PartitionLeaderEpoch) : (batch.BaseOffset + 1, -1);
            bytes = bytes[(int)size..];
        }
    }
}
