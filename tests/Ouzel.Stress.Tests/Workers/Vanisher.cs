using Ouzel.Protocol.Messages;
using Ouzel.Stress.Tests.Surroundings;

namespace Ouzel.Stress.Tests.Workers;

/// <summary>Pipelines whatever comes to its mind and is gone before the responses are: nobody else may notice, and nothing may be kept for it.</summary>
internal sealed class Vanisher(Run run, string name, int seed) : Worker(run, name, seed)
{
    private const int RequestsMax = 30;
    private int _made;

    protected override async Task StepAsync(Connection connection)
    {
        for (var i = Random.Next(1, RequestsMax); i > 0; i--)
        {
            var ledger = Run.Topics.Any(Random, l => !l.IsCompacted);
            switch (Random.Next(6))
            {
                case 0:
                    await connection.SendAsync(new MetadataRequest { Topics = null, AllowAutoTopicCreation = false }, 12);
                    break;
                case 1:
                    await connection.SendAsync(new JoinGroupRequest { GroupId = "ghosts", SessionTimeoutMs = 6000, RebalanceTimeoutMs = 2000, ProtocolType = "consumer", Protocols = [new() { Name = "range" }] }, 5);
                    break;
                case 2:
                    await connection.SendAsync(Appender.Request(ledger, [$"{Name}:{_made++}"], (short)Random.Next(-1, 2), Random), 13);
                    break;
                case 3:
                    await connection.SendAsync(new FindCoordinatorRequest { Key = "ghosts" }, 3);
                    break;
                default:
                    await connection.SendAsync(
                        new FetchRequest
                        {
                            MaxWaitMs = Random.Next(60_000),
                            MinBytes = Random.Next(1 << 20),
                            Topics = [new() { TopicId = ledger.TopicId, Partitions = [new() { Partition = ledger.Partition, FetchOffset = Random.Next(5), PartitionMaxBytes = Random.Next(1 << 20) }] }],
                        },
                        13);
                    break;
            }
        }

        await PauseAsync(30);
        if (Random.Next(2) == 0)
        {
            connection.Reset();
        }

        Drop();
    }
}
