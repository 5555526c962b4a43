using Microsoft.Extensions.Logging;
using Ouzel.Broker;
using Ouzel.Broker.Configs;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Simulation.Tests.Bed;
using Ouzel.Simulation.Tests.Checks;
using Ouzel.Simulation.Tests.Clients;
using Ouzel.Storage;
using Ouzel.Storage.Disks;
using BrokerNode = Ouzel.Broker.Broker;

namespace Ouzel.Simulation.Tests;

/// <summary>One run: a broker with its clients, bad weather, healing, and the look at what is left.</summary>
internal sealed partial class World
{
    public const string Topic = "t";
    public const string Group = "g";
    public const int PartitionCount = 2;

    /// <summary>After the faults have stopped, everything must be done within this time.</summary>
    private const double HealingMsMax = 120_000;

    private readonly FaultyDisk _disk;
    private readonly int _seed;
    private readonly List<Client> _clients = [];
    private int _running;
    private Process _brokerProcess;
    private ProcessDisk? _brokerDisk;
    private BrokerNode? _broker;
    private bool _isDiskBroken;

    public World(int seed)
    {
        _seed = seed;
        Scheduler = new Scheduler(seed);
        Weather = new Weather(Scheduler);
        Network = new Network(Scheduler, Weather);
        Partitions = [.. Enumerable.Range(0, PartitionCount).Select(p => new PartitionHistory(Scheduler, $"{Topic}-{p}"))];
        Commits = new GroupHistory(Scheduler);
        _brokerProcess = new Process(Scheduler, "nobody");
        _disk = new FaultyDisk(new Random(seed ^ 0xd15c), new ProcessClock(Scheduler, _brokerProcess, Wall));
    }

    public Scheduler Scheduler { get; }

    public Weather Weather { get; }

    public Network Network { get; }

    public WallClock Wall { get; } = new();

    public PartitionHistory[] Partitions { get; }

    public GroupHistory Commits { get; }

    /// <summary>Counts the broker's starts.</summary>
    public int Life { get; private set; }

    public bool IsHealed { get; private set; }

    /// <summary>Producers and members have finished; readers stop.</summary>
    public bool AreClientsDone => _running == 0 && IsHealed;

    /// <summary>Runs it to its end; null when every rule held, else what broke.</summary>
    public string? Run()
    {
        double healAtMs = Scheduler.Random.Next(4000, 20000);
        StartBroker();
        Scheduler.AfterMs(0, null, "clients", StartClients);
        Scheduler.AfterMs(Scheduler.Random.Next(500, 4000), null, "", NextFault);
        Scheduler.AfterMs(healAtMs, null, "heal", Heal);
        var isOver = false;
        var inspector = new Client(this, "inspector");
        while (Scheduler.Failure is null && !isOver)
        {
            if (Scheduler.NowMs > healAtMs + HealingMsMax)
            {
                Scheduler.Fail($"not done {HealingMsMax / 1000} s after the faults stopped; still running: {string.Join(' ', _unfinished)}");
            }
            else if (!Scheduler.Step())
            {
                Scheduler.Fail($"nothing is left to happen; still running: {string.Join(' ', _unfinished)}");
            }

            if (AreClientsDone && inspector is { } ready && _running == 0)
            {
                inspector = null;
                ready.Process.Start("inspect", async () =>
                {
                    await InspectAsync(ready);
                    isOver = true;
                });
            }
        }

        return Scheduler.Failure;
    }

    private readonly SortedSet<string> _unfinished = [];

    private void StartClients()
    {
        Run("admin", async admin =>
        {
            await admin.PersistAsync(
                () => new CreateTopicsRequest { Topics = [new() { Name = Topic, NumPartitions = PartitionCount, ReplicationFactor = 1 }] },
                5,
                r => r.Topics[0].ErrorCode is ErrorCode.None or ErrorCode.TopicAlreadyExists);
            for (var i = 0; i < Scheduler.Random.Next(1, 4); i++)
            {
                var kind = i == 0 ? ProducerKind.Idempotent : (ProducerKind)Scheduler.Random.Next(3);
                Run($"producer{i}", client => new Producer(this, client, kind, Scheduler.Random.Next(3, 16)).RunAsync());
            }

            for (var i = 0; i < Scheduler.Random.Next(1, 4); i++)
            {
                Run($"member{i}", client =>
                {
                    var late = new Client(this, client.Name + "late");
                    _clients.Add(late);
                    return new GroupMember(this, client, late).RunAsync();
                });
            }

            StartTopics();
            for (var i = 0; i < PartitionCount; i++)
            {
                var partition = i;
                var client = new Client(this, $"reader{i}");
                _clients.Add(client);
                client.Process.Start("follow", () => new Reader(this, client).FollowAsync(partition));
            }
        });
    }

    private void Run(string name, Func<Client, Task> work)
    {
        var client = new Client(this, name);
        _clients.Add(client);
        _running++;
        _unfinished.Add(name);
        client.Process.Start("begin", async () =>
        {
            await work(client);
            _running--;
            _unfinished.Remove(name);
        });
    }

    private async Task InspectAsync(Client inspector)
    {
        await CheckAsync(inspector);

        // A fetch whose client has gone is kept for as long as it wanted to wait.
        await inspector.DelayMsAsync(Reader.WaitMsMax, Reader.WaitMsMax + 1);
        _clients.ForEach(c => c.Close());
        await inspector.DelayMsAsync(1000, 1001);
        CheckBounds();
        PowerOff("the end");
        await CheckAsync(inspector);
    }

    private async Task CheckAsync(Client inspector)
    {
        for (var partition = 0; partition < PartitionCount; partition++)
        {
            Partitions[partition].CheckWhole(await new Reader(this, inspector).ReadAllAsync(partition));
            var member = new GroupMember(this, inspector, inspector);
            while (true)
            {
                try
                {
                    if (await member.FetchAsync(inspector, partition) is not null)
                    {
                        break;
                    }
                }
                catch (IOException)
                {
                    // Not up yet.
                }

                await inspector.DelayMsAsync(50, 200);
            }
        }

        foreach (var ledger in _ledgers)
        {
            await new LogClient(inspector).CheckAsync(ledger);
        }
    }

    /// <summary>With nobody left but the inspector, nothing waits and nothing is kept for those who went.</summary>
    private void CheckBounds()
    {
        if (_broker is not { } broker)
        {
            Scheduler.Fail("the broker is not up after healing");
            return;
        }

        var connections = broker.Connections.Count;
        var timeouts = broker.Node.Timeouts.Count;
        var waiters = 0;
        for (var i = 0; i < PartitionCount; i++)
        {
            if (broker.Node.Partitions.TryGet(new TopicPartition(Topic, i), out var partition))
            {
                waiters += partition.End.Count + partition.Watermark.Count;
            }
        }

        if (connections > 1 || timeouts > 0 || waiters > 0)
        {
            Scheduler.Fail($"everybody has gone, but {connections} connections, {timeouts} timeouts and {waiters} waiting fetches are kept");
        }
    }

    private void StartBroker()
    {
        Life++;
        _broker = null;
        _isDiskBroken = false;
        var process = new Process(Scheduler, $"broker{Life}");
        _brokerProcess = process;
        var disk = new ProcessDisk(Scheduler, process, _disk) { PowerGoes = () => PowerOff("inside a change of the disk") };
        _brokerDisk = disk;
        var options = BrokerOptions.Of([
            ("log.dirs", "/data"), ("offsets.topic.num.partitions", "1"), ("group.initial.rebalance.delay.ms", "100"),
            ("log.roll.ms", "2000"), ("log.index.size.max.bytes", "4096"), ("log.retention.check.interval.ms", "150"), ("log.flush.offset.checkpoint.interval.ms", "900"),
            ("log.cleaner.backoff.ms", "200"), ("log.cleaner.dedupe.buffer.size", "2097152"), ("log.cleaner.io.buffer.size", "8192"),
        ]);
        var seams = new BrokerSeams(
            listener => [Network.Listen(listener.Name)],
            name => new DiskThread(Scheduler, process, Weather, name));
        process.Start("start", async () =>
        {
            try
            {
                var broker = await BrokerNode.StartAsync(options, new ProcessClock(Scheduler, process, Wall), disk, new Random(_seed + Life), new LoggerFactory([new LogLines(Scheduler, process, () => _isDiskBroken)]), seams);
                _broker = broker;
                Scheduler.Write(process.Name, "up");
                await broker.Ended;
            }
            catch (Exception fault) when (process.IsDead || (_isDiskBroken && fault is DiskException or Ouzel.Broker.Cluster.ControllerFailedException))
            {
                if (!process.IsDead)
                {
                    // After a failed disk a machine is restarted; what was not synced is anybody's guess.
                    Scheduler.Write(process.Name, $"gave up: {fault.Message}");
                    Scheduler.AfterMs(Scheduler.Random.Next(500), process, "", () => PowerOff("after a failed disk"));
                }
            }
        });
    }
}
