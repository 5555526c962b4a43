using Ouzel.Broker.Memory;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Broker.Tests.Apis;

/// <summary>Fetches of old clients, whose answers are converted, when memory for requests is short.</summary>
public sealed class LargeOldFetchTests
{
    [Fact]
    public async Task A_fetch_that_holds_memory_does_not_wait_for_more_of_it_and_is_answered_without_records()
    {
        using var node = new DataNode();
        var id = await node.CreateTopicAsync("t");
        using var client = node.Connect();
        var part = new ProduceRequest.PartitionProduceData { Index = 0, Records = new MemoryRecords(Batches.Of(new string('v', 900_000))) };
        var produce = new ProduceRequest { Acks = -1, TimeoutMs = 30_000, TopicData = [new() { TopicId = id, PartitionData = [part] }] };
        Assert.Equal(ErrorCode.None, (await client.CallAsync(produce, 13)).Responses[0].PartitionResponses[0].ErrorCode);

        // Enough is left for what the request decodes to, and too little for what is found.
        var lane = node.Memory.Requests;
        var taken = lane.BytesMax - 800_000;
        Assert.True(lane.TryTake(taken));
        Assert.Equal(0, await FetchAsync(client));
        await ReleasedAsync(lane, taken);
        lane.Give(taken);
        Assert.InRange(await FetchAsync(client), 900_000, 1_000_000);
        await ReleasedAsync(lane, 0);
    }

    /// <summary>Waits until the lane has what a request held: it is let go once the response has left, perhaps just after it was received.</summary>
    private static async Task ReleasedAsync(MemoryLane lane, long rest)
    {
        for (var i = 0; i < 100_000 && lane.Taken != rest; i++)
        {
            await Task.Yield();
        }

        Assert.Equal(rest, lane.Taken);
    }

    private static async Task<int> FetchAsync(WireClient client)
    {
        var request = new FetchRequest { MaxBytes = 4_000_000, SessionEpoch = -1, Topics = [new() { Topic = "t" }] };
        for (var partition = 0; partition < 200; partition++)
        {
            request.Topics[0].Partitions.Add(new() { Partition = partition, PartitionMaxBytes = 2_000_000, CurrentLeaderEpoch = -1, LastFetchedEpoch = -1 });
        }

        var response = await client.CallAsync(request, 3).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var first = response.Responses[0].Partitions.Single(data => data.PartitionIndex == 0);
        Assert.Equal(ErrorCode.None, first.ErrorCode);
        return first.Records?.Length ?? 0;
    }
}
