using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Simulation.Tests.Checks;
using Ouzel.Simulation.Tests.Clients;

namespace Ouzel.Simulation.Tests;

/// <summary>Topics whose logs do not only grow, each in a part of the runs: one that is trimmed, one that is compacted, one that comes and goes.</summary>
internal sealed partial class World
{
    private const string Short = "short";
    private const string Keyed = "keyed";
    private const string Churned = "churned";

    /// <summary>Each is in one of so many runs: they make a run longer.</summary>
    private const int TopicOdds = 3;

    private readonly List<Ledger> _ledgers = [];

    /// <summary>From now on what the ledger says must hold, also after a crash and at the end.</summary>
    public Ledger Keep(Ledger ledger)
    {
        _ledgers.Add(ledger);
        return ledger;
    }

    /// <summary>The topic is about to be deleted.</summary>
    public void Forget(Ledger ledger) => _ledgers.Remove(ledger);

    private void StartTopics()
    {
        if (Scheduler.Random.Next(TopicOdds) == 0)
        {
            Run(Short, async client =>
            {
                await MakeAsync(client, Short, ("retention.bytes", "1500"), ("segment.ms", "150"), ("file.delete.delay.ms", "100"));
                await new Trimmer(this, client, Keep(new Ledger(Scheduler, Short, 0))).RunAsync();
            });
        }

        if (Scheduler.Random.Next(TopicOdds) == 0)
        {
            Run(Keyed, async client =>
            {
                await MakeAsync(client, Keyed, ("cleanup.policy", "compact"), ("segment.ms", "150"), ("min.cleanable.dirty.ratio", "0.01"), ("file.delete.delay.ms", "100"));
                await new KeyedProducer(this, client, Keep(new Ledger(Scheduler, Keyed, 0) { IsCompacted = true })).RunAsync();
            });
        }

        if (Scheduler.Random.Next(TopicOdds) == 0)
        {
            Run(Churned, client =>
            {
                var late = new Client(this, client.Name + "late");
                _clients.Add(late);
                return new TopicChurn(this, client, late, Churned).RunAsync();
            });
        }
    }

    private static Task MakeAsync(Client client, string topic, params (string Name, string Value)[] settings) => client.PersistAsync(
        () => new CreateTopicsRequest
        {
            Topics = [new() { Name = topic, NumPartitions = 1, ReplicationFactor = 1, Configs = [.. settings.Select(s => new CreateTopicsRequest.CreatableTopicConfig { Name = s.Name, Value = s.Value })] }],
        },
        5,
        r => r.Topics[0].ErrorCode is ErrorCode.None or ErrorCode.TopicAlreadyExists);
}
