using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Partitions;

/// <summary>What one Produce request appended: whom to tell, and what has to be durable before it is acknowledged. Used again for the next.</summary>
internal sealed class Appends
{
    private readonly List<Append> _all = [];

    public int Count => _all.Count;

    /// <param name="bytes">0 when it was a repetition and nothing was written.</param>
    /// <param name="acknowledgedFrom">The end of the batch when its durability is waited for (acks=all), else -1.</param>
    /// <param name="told">What the answer says of it.</param>
    public void Add(Partition partition, int bytes, long acknowledgedFrom, ProduceResponse.PartitionProduceResponse told)
    {
        // The wait begins here, so that the syncs of all partitions go on side by side.
        ValueTask<bool> durable = acknowledgedFrom < 0 ? new(true) : partition.WaitAcknowledgedAsync(acknowledgedFrom, isBrief: true);
        _all.Add(new Append(partition, bytes, durable, told));
    }

    /// <summary>An append that waits for a slow disk: what is told of it, and who is told, is known when it is done.</summary>
    public void AddQueued(Partition partition, Task<LogAppendResult> appended, int bytes, bool acksAll, ProduceResponse.PartitionProduceResponse told)
        => _all.Add(new Append(partition, 0, FinishAsync(partition, appended, bytes, acksAll, told), told));

    public void TellNews()
    {
        foreach (Append append in _all)
        {
            if (append.Bytes > 0)
            {
                append.Partition.TellNews(append.Bytes);
            }
        }
    }

    /// <summary>False when it can no longer be acknowledged. Await once.</summary>
    public ValueTask<bool> AcknowledgedAsync(int index) => _all[index].Durable;

    public ProduceResponse.PartitionProduceResponse ToldOf(int index) => _all[index].Told;

    /// <summary>True also for a refusal, which says itself why.</summary>
    private static async ValueTask<bool> FinishAsync(Partition partition, Task<LogAppendResult> appended, int bytes, bool acksAll, ProduceResponse.PartitionProduceResponse told)
    {
        LogAppendResult result = await appended;
        ProducePieces.Fill(told, result);
        if (result.Error != ErrorCode.None)
        {
            return true;
        }

        if (!result.IsDuplicate)
        {
            partition.TellNews(bytes);
        }

        return !acksAll || await partition.WaitAcknowledgedAsync(result.LastOffset + 1);
    }

    public void Clear() => _all.Clear();

    private readonly record struct Append(Partition Partition, int Bytes, ValueTask<bool> Durable, ProduceResponse.PartitionProduceResponse Told);
}
