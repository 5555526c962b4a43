using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Stress.Tests.Checks;
using Ouzel.Stress.Tests.Surroundings;

namespace Ouzel.Stress.Tests.Workers;

/// <summary>Makes, grows and deletes topics of a few names while others write to and read from them.</summary>
internal sealed class TopicChurn(Run run, string name, int seed) : Worker(run, name, seed)
{
    private const int NameCount = 2;
    private const int PartitionsMax = 6;
    private readonly (Uuid Id, int Partitions)?[] _topics = new (Uuid, int)?[NameCount];

    protected override async Task StepAsync(Connection connection)
    {
        var which = Random.Next(NameCount);
        var topic = $"{Name}-{which}";
        if (_topics[which] is not { } known)
        {
            await MakeAsync(connection, which, topic);
        }
        else if (Random.Next(4) == 0 && known.Partitions < PartitionsMax)
        {
            await GrowAsync(connection, which, topic, known);
        }
        else
        {
            await DeleteAsync(connection, which, known.Id);
        }

        await PauseAsync(400);
    }

    private async Task MakeAsync(Connection connection, int which, string topic)
    {
        var partitions = Random.Next(1, 4);
        if (await Run.Topics.CreateAsync(connection, topic, partitions, ("segment.ms", "200"), ("retention.ms", "-1")) is not { } id)
        {
            // Of an attempt whose response was lost, or not now.
            await FindAsync(connection, which, topic);
            return;
        }

        _topics[which] = (id, partitions);
        Run.Topics.Add(id, topic, 0, partitions);

        // A topic can be used the moment its creation is answered.
        var ledger = Run.Topics.Any(Random, l => l.TopicId == id);
        List<string> values = [$"{Name}first:0"];
        var told = (await connection.CallAsync(Appender.Request(ledger, values, -1, Random), 13)).Responses[0].PartitionResponses[0];
        if (told.ErrorCode == ErrorCode.None)
        {
            ledger.Acknowledge(told.BaseOffset, values);
        }
        else
        {
            Run.Require(Run.IsRestless, $"{Name}: the first Produce to {ledger.Name} answers {told.ErrorCode} {told.ErrorMessage}");
        }
    }

    private async Task FindAsync(Connection connection, int which, string topic)
    {
        var metadata = await connection.CallAsync(new MetadataRequest { Topics = [new() { Name = topic }], AllowAutoTopicCreation = false }, 12);
        if (metadata.Topics[0] is { ErrorCode: ErrorCode.None } found)
        {
            _topics[which] = (found.TopicId, found.Partitions.Count);
        }
    }

    private async Task GrowAsync(Connection connection, int which, string topic, (Uuid Id, int Partitions) known)
    {
        var count = known.Partitions + 1;
        var result =
            (await connection.CallAsync(new CreatePartitionsRequest { TimeoutMs = 30000, Topics = [new() { Name = topic, Count = count, Assignments = null }] }, 3)).Results[0];
        if (result.ErrorCode == ErrorCode.None)
        {
            _topics[which] = (known.Id, count);
            if (Run.Topics.All().Any(l => l.TopicId == known.Id))
            {
                Run.Topics.Add(known.Id, topic, known.Partitions, 1);
            }
        }
        else if (result.ErrorCode == ErrorCode.InvalidPartitions)
        {
            // Of an attempt whose response was lost.
            await FindAsync(connection, which, topic);
        }
        else
        {
            Run.Require(Run.IsRestless, $"{Name}: CreatePartitions of {topic} answers {result.ErrorCode} {result.ErrorMessage}");
        }
    }

    private async Task DeleteAsync(Connection connection, int which, Uuid id)
    {
        Run.Topics.Forget(id);
        var result = (await connection.CallAsync(new DeleteTopicsRequest { TimeoutMs = 30000, Topics = [new() { Name = null, TopicId = id }] }, 6)).Responses[0];
        if (result.ErrorCode is ErrorCode.None or ErrorCode.UnknownTopicId)
        {
            _topics[which] = null;
            Run.Topics.Gone(id);
        }
        else
        {
            Run.Require(Run.IsRestless, $"{Name}: DeleteTopics answers {result.ErrorCode} {result.ErrorMessage}");
        }
    }
}
