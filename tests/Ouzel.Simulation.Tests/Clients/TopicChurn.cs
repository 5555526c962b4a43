using System.Text;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Simulation.Tests.Checks;

namespace Ouzel.Simulation.Tests.Clients;

/// <summary>Makes a topic, writes to it at once, grows, trims and reads it, deletes it, and makes another under the same name.</summary>
internal sealed class TopicChurn(World world, Client client, Client late, string topic)
{
    private const int PartitionsMax = 3;
    private readonly HashSet<Uuid> _deleted = [];
    private readonly LogClient _log = new(client);
    private int _made;

    public async Task RunAsync()
    {
        while (true)
        {
            var (id, partitions) = await CreateAsync();
            List<Ledger> ledgers = [.. Enumerable.Range(0, partitions).Select(p => world.Keep(new Ledger(world.Scheduler, topic, p)))];
            await UseAsync(ledgers[0], onlyWrite: true);
            for (var left = client.Random.Next(12); left > 0; left--)
            {
                if (client.Random.Next(6) == 0 && ledgers.Count < PartitionsMax)
                {
                    await GrowAsync(ledgers.Count + 1);
                    ledgers.Add(world.Keep(new Ledger(world.Scheduler, topic, ledgers.Count)));
                }

                await UseAsync(ledgers[client.Random.Next(ledgers.Count)], onlyWrite: false);
                await client.DelayMsAsync(0, 150);
            }

            if (world.IsHealed)
            {
                return;
            }

            ledgers.ForEach(world.Forget);
            for (var i = client.Random.Next(4); i > 0; i--)
            {
                var partition = client.Random.Next(ledgers.Count);
                late.Process.Start("late write", () => WriteLateAsync(partition));
            }

            await DeleteAsync(id);
            await client.DelayMsAsync(0, 100);
        }
    }

    /// <summary>Arrives about when the topic goes, from another connection; nobody cares for the response.</summary>
    private async Task WriteLateAsync(int partition)
    {
        await late.DelayMsAsync(0, 30);
        using var builder = new RecordBatchBuilder();
        builder.Append(late.Clock.GetUtcNow().ToUnixTimeMilliseconds(), default, Encoding.UTF8.GetBytes($"{late.Name}:{_made++}"));
        var records = new MemoryRecords(builder.BuildArray());
        try
        {
            await late.CallAsync(new ProduceRequest { Acks = -1, TimeoutMs = 30000, TopicData = [new() { Name = topic, PartitionData = [new() { Index = partition, Records = records }] }] }, 9);
        }
        catch (IOException)
        {
            // As said.
        }
    }

    private async Task UseAsync(Ledger ledger, bool onlyWrite)
    {
        switch (onlyWrite ? 9 : client.Random.Next(10))
        {
            case 0 or 1:
                await _log.TrimAsync(ledger);
                break;
            case 2:
                await _log.CheckAsync(ledger);
                break;
            default:
                string[] values = [.. Enumerable.Range(_made, client.Random.Next(1, 4)).Select(n => $"{client.Name}:{n}")];
                _made += values.Length;
                await _log.WriteAsync(ledger, values, 0);
                break;
        }
    }

    private async Task<(Uuid Id, int Partitions)> CreateAsync()
    {
        var wanted = client.Random.Next(1, PartitionsMax);
        var created = await client.PersistAsync(
            () => new CreateTopicsRequest
            {
                timeoutMs = 30000,
                Topics = [new() { Name = topic, NumPartitions = wanted, ReplicationFactor = 1, Configs = [new() { Name = "segment.ms", Value = "150" }, new() { Name = "file.delete.delay.ms", Value = "100" }] }],
            },
            7,
            r => r.Topics[0].ErrorCode is ErrorCode.None or ErrorCode.TopicAlreadyExists);
        var (id, partitions) = (created.Topics[0].TopicId, wanted);
        if (created.Topics[0].ErrorCode == ErrorCode.TopicAlreadyExists)
        {
            // By an attempt whose answer was lost.
            var found = await client.PersistAsync(() => new MetadataRequest { Topics = [new() { Name = topic }], AllowAutoTopicCreation = false }, 12, r => r.Topics[0].ErrorCode == ErrorCode.None);
            (id, partitions) = (found.Topics[0].TopicId, found.Topics[0].Partitions.Count);
        }

        client.Say($"{topic} is {id} with {partitions} partitions");
        if (_deleted.Contains(id) || partitions != wanted)
        {
            client.Fail($"a new {topic} with {wanted} partitions is {id} with {partitions}, which was deleted before");
        }

        return (id, partitions);
    }

    private async Task GrowAsync(int count)
    {
        await client.PersistAsync(
            () => new CreatePartitionsRequest { TimeoutMs = 30000, Topics = [new() { Name = topic, Count = count, Assignments = null }] },
            2,
            r => r.Results[0].ErrorCode is ErrorCode.None or ErrorCode.InvalidPartitions);
        client.Say($"{topic} has {count} partitions");
    }

    private async Task DeleteAsync(Uuid id)
    {
        await client.PersistAsync(
            () => new DeleteTopicsRequest { TimeoutMs = 30000, Topics = [new() { Name = null, TopicId = id }] },
            6,
            r => r.Responses[0].ErrorCode is ErrorCode.None or ErrorCode.UnknownTopicId);
        client.Say($"{topic} is gone");
        _deleted.Add(id);
    }
}
