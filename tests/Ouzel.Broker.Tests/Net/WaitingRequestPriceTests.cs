using Ouzel.Broker.Memory;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Net;

/// <summary>The cost of a request that waits, measured against what the budget says.</summary>
[Collection(nameof(SteadyAllocationTests))]
public sealed class WaitingRequestPriceTests(ITestOutputHelper output)
{
    private const int Connections = 100;
    private const int RequestsOfEach = 100;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_that_waits_costs_no_more_than_the_budget_reckons(bool isFetch)
    {
        // Nothing is synced while work is held, so a produce with acks=all waits.
        using var node = new DataNode(work: new HeldWork());
        await node.CreateTopicAsync("t");
        var clients = new List<WireClient>();
        for (var i = 0; i < Connections; i++)
        {
            clients.Add(node.Connect());
            await SendAsync(clients[^1], isFetch);
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 1; i < RequestsOfEach; i++)
        {
            foreach (var client in clients)
            {
                await SendAsync(client, isFetch);
            }
        }

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (Connections * (RequestsOfEach - 1));
        Assert.All(clients, client => Assert.Equal(0, ((MemoryTransport)client.Transport).Unanswered));
        output.WriteLine($"{each} bytes for each");
        Assert.InRange(each, 200, MemoryBudget.RequestBytes);
        GC.KeepAlive(node);
    }

    private static async Task SendAsync(WireClient client, bool isFetch)
    {
        if (isFetch)
        {
            await client.SendAsync(new FetchRequest { ReplicaId = -1, MaxWaitMs = 60_000, MinBytes = 1 << 20, MaxBytes = 1 << 20, SessionEpoch = -1, Topics = [new() { Topic = "t", Partitions = [new() { Partition = 0, PartitionMaxBytes = 1 << 20, CurrentLeaderEpoch = -1, LogStartOffset = -1 }] }] }, 11);
        }
        else
        {
            await client.SendAsync(new ProduceRequest { Acks = -1, TimeoutMs = 30_000, TopicData = [new() { Name = "t", PartitionData = [new() { Index = 0, Records = new Protocol.Records.MemoryRecords(Batches.Of("v")) }] }] }, 9);
        }
    }
}
