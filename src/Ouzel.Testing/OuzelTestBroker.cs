using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Ouzel.Broker;
using Ouzel.Broker.Apis;
using Ouzel.Broker.Configs;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage.Disks;

namespace Ouzel.Testing;

/// <summary>
/// A Kafka broker inside the test process: the same code as the server, on a disk in memory, at a port of its own on the loopback address. Several live side by side, none shares
/// anything with another.
/// </summary>
/// <example><code>
/// await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders", partitions: 6));
/// // any Kafka client, at broker.BootstrapServers
/// </code></example>
public sealed class OuzelTestBroker : IAsyncDisposable
{
    private const string MemoryDirectory = "/data";

    private readonly OuzelTestBrokerOptions _options;
    private readonly Disk _disk;
    private readonly TestNetwork _network;
    private readonly Pulse _pulse = new();
    private readonly RequestNotes _notes = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Life? _life;
    private int _lives;

    private OuzelTestBroker(OuzelTestBrokerOptions options)
    {
        _options = options;
        Seed = options.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue);
        FaultyDisk = options.DataDirectory is null ? new FaultyDisk(NewRandom(Seed), options.Time) : null;
        _disk = FaultyDisk ?? (Disk)new RealDisk();
        _network = new TestNetwork(options.Sockets);
        Groups = new TestGroups(() => Running.Broker.Node.Groups, _pulse);
    }

    /// <summary>The address for clients: host:port. Stays the same over <see cref="RestartAsync"/>.</summary>
    public string BootstrapServers { get; private set; } = "";

    /// <summary>Makes requests fail, wait or get lost.</summary>
    public Faults Faults { get; } = new();

    /// <summary>The consumer groups.</summary>
    public TestGroups Groups { get; }

    /// <summary>The requests that clients sent, oldest first; the latest 10,000.</summary>
    public IReadOnlyList<ReceivedRequest> Requests => _notes.All;

    /// <summary>The seed that <see cref="OuzelTestBrokerOptions.Seed"/> repeats.</summary>
    public int Seed { get; }

    /// <summary>True between the start and a stop or kill.</summary>
    public bool IsRunning => Volatile.Read(ref _life) is not null;

    /// <summary>The disk in memory, which fails on demand.</summary>
    /// <exception cref="InvalidOperationException">The data is in a directory (<see cref="OuzelTestBrokerOptions.DataDirectory"/>).</exception>
    public FaultyDisk Disk => FaultyDisk ?? throw new InvalidOperationException("only the disk in memory fails on demand: leave DataDirectory out");

    internal Node Node => Running.Broker.Node;

    private FaultyDisk? FaultyDisk { get; }

    private Life Running => Volatile.Read(ref _life) ?? throw new InvalidOperationException("the broker is not running: RestartAsync starts it");

    /// <summary>Starts a broker; it serves, and its topics are there, when this completes.</summary>
    /// <param name="configure">Topics, properties, clock; null for none.</param>
    /// <exception cref="SettingException">A property or a topic cannot be used.</exception>
    public static async Task<OuzelTestBroker> StartAsync(Action<OuzelTestBrokerOptions>? configure = null)
    {
        var options = new OuzelTestBrokerOptions();
        configure?.Invoke(options);
        var broker = new OuzelTestBroker(options);
        try
        {
            await broker.BeginAsync();
            await broker.CreateTopicsAsync(options.Topics);
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a topic.</summary>
    /// <exception cref="SettingException">It cannot be made.</exception>
    public Task CreateTopicAsync(string name, int partitions = 1, params (string Name, string Value)[] settings) => CreateTopicsAsync([new TestTopic(name, partitions, settings)]);

    /// <summary>True when the topic is there.</summary>
    public bool HasTopic(string name) => Running.Broker.Node.Metadata.Current.TryTopic(name, out _);

    /// <summary>A connection without a socket. Has the shape that OuzelClientOptions.Connect wants.</summary>
    /// <param name="host">Not looked at.</param>
    /// <param name="port">One of the broker's.</param>
    /// <param name="cancellation">Not needed: it takes no time.</param>
    /// <exception cref="IOException">The broker does not run.</exception>
    public ValueTask<Stream> ConnectAsync(string host, int port, CancellationToken cancellation = default) =>
        cancellation.IsCancellationRequested ? ValueTask.FromCanceled<Stream>(cancellation) : new(_network.Connect(port));

    /// <summary>The records of a topic that consumers may see now, partition by partition.</summary>
    public IReadOnlyList<TestRecord> Read(string topic)
    {
        var node = Running.Broker.Node;
        return [.. PartitionsOf(topic).SelectMany(partition => node.Partitions.TryGet(partition, out var found) ? TestRecord.Read(found.Log, 0) : [])];
    }

    /// <summary>The records of a topic, those that are there and those that come, until the enumeration is cancelled. Ordered within a partition.</summary>
    public async IAsyncEnumerable<TestRecord> ReadAsync(string topic, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var offsets = new Dictionary<TopicPartition, long>();
        while (true)
        {
            var next = _pulse.Next;
            foreach (var partition in PartitionsOf(topic))
            {
                if (Running.Broker.Node.Partitions.TryGet(partition, out var found))
                {
                    foreach (var record in TestRecord.Read(found.Log, offsets.GetValueOrDefault(partition)))
                    {
                        offsets[partition] = record.Offset + 1;
                        yield return record;
                    }
                }
            }

            await next.WaitAsync(cancellation);
        }
    }

    /// <summary>Deletes what is older or more than the topics' retention allows, by the broker's clock, without waiting for the job that does.</summary>
    public void RunRetention()
    {
        var node = Running.Broker.Node;
        var nowMs = _options.Time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var directory in node.Directories.All.Where(d => !d.IsOffline))
        {
            directory.RunRetention(nowMs);
            directory.DeleteDue(nowMs);
        }
    }

    /// <summary>Forgets <see cref="Requests"/>.</summary>
    public void ClearRequests() => _notes.Clear();

    /// <summary>Closes every connection; clients may connect again at once.</summary>
    /// <returns>How many there were.</returns>
    public int CutConnections() => _network.Cut();

    /// <summary>The broker hangs: connections stay, new ones are taken by the system, and nothing is answered until <see cref="Thaw"/>.</summary>
    public void Freeze() => _network.Freeze();

    /// <summary>Ends <see cref="Freeze"/>: what arrived meanwhile is served.</summary>
    public void Thaw() => _network.Thaw();

    /// <summary>Stops the broker as SIGTERM does: responses in flight leave, logs are closed clean.</summary>
    public async Task StopAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await EndAsync(isKill: false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends the broker as SIGKILL does: connections break, nothing more is written. What was written is there for <see cref="RestartAsync"/>.</summary>
    public async Task KillAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await EndAsync(isKill: true);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Kills the broker and switches its machine off: of what was not synced only a part survives, by chance (<see cref="Seed"/>).</summary>
    public async Task LosePowerAsync()
    {
        var disk = Disk;
        await KillAsync();
        disk.PowerLoss();
    }

    /// <summary>Starts the broker again on its disk and at its address; a running one is stopped first.</summary>
    public async Task RestartAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await EndAsync(isKill: false);
            await BeginAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Stops the broker and ends its faults. Leaves a <see cref="OuzelTestBrokerOptions.DataDirectory"/> as it is.</summary>
    public async ValueTask DisposeAsync()
    {
        Faults.Clear();
        await StopAsync();
    }

    private async Task BeginAsync()
    {
        var life = new Life(new LifeDisk(_disk), new TestLoggers(_options));
        var options = BrokerOptions.Of([.. Properties().Select(property => (property.Key, property.Value))]);
        var faults = new FaultInterceptor(Faults, _notes, _pulse, _options.Time, NameOf);
        var seams = new BrokerSeams(
            listener => _network.Open(listener, options.Net.SocketListenBacklogSize), _ => new PooledWork(), FaultyDisk is null ? RealDisk.DescriptorsMax : long.MaxValue, faults);
        life.Broker = await Broker.Broker.StartAsync(options, _options.Time, life.Disk, NewRandom(Seed + _lives++), life.Loggers, seams);
        Volatile.Write(ref _life, life);
        BootstrapServers = string.Join(',', life.Broker.Listeners.Take(1).Select(listener => listener.Address));
    }

    private async Task EndAsync(bool isKill)
    {
        _network.Thaw();
        if (Interlocked.Exchange(ref _life, null) is not { } life)
        {
            return;
        }

        if (isKill)
        {
            life.Loggers.Mute();
            life.Disk.End();
            _network.Cut();
        }

        await life.Broker.StopAsync();
        life.Disk.End();
    }

    private async Task CreateTopicsAsync(IReadOnlyList<TestTopic> topics)
    {
        if (topics.Count == 0)
        {
            return;
        }

        var request = new CreateTopicsRequest
        {
            Topics = [.. topics.Select(topic => new CreateTopicsRequest.CreatableTopic
            {
                Name = topic.Name,
                NumPartitions = topic.Partitions,
                ReplicationFactor = 1,
                Configs = [.. topic.Settings.Select(setting => new CreateTopicsRequest.CreatableTopicConfig { Name = setting.Name, Value = setting.Value })],
            })],
        };
        var response = await Running.Broker.Node.Cluster.Controller.CreateTopicsAsync(request, _ => true);
        if (response.Topics.Find(topic => topic.ErrorCode != ErrorCode.None) is { } refused)
        {
            throw new SettingException($"topic {refused.Name} cannot be made: {refused.ErrorMessage ?? refused.ErrorCode.ToString()}");
        }
    }

    private Dictionary<string, string> Properties()
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["log.dirs"] = _options.DataDirectory ?? MemoryDirectory,
            ["listeners"] = "PLAINTEXT://127.0.0.1:0",
            ["group.initial.rebalance.delay.ms"] = "0",
            ["offsets.topic.num.partitions"] = "1",
        };
        if (_options.Time != TimeProvider.System)
        {
            // Clients have the real time and the broker another one.
            all["log.message.timestamp.after.max.ms"] = long.MaxValue.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        foreach (var (name, value) in _options.Properties)
        {
            all[name] = value;
        }

        return all;
    }

    private IEnumerable<TopicPartition> PartitionsOf(string topic) =>
        Running.Broker.Node.Metadata.Current.TryTopic(topic, out var found) ? Enumerable.Range(0, found.Partitions.Length).Select(partition => new TopicPartition(topic, partition)) : [];

    private string? NameOf(Uuid id) => Volatile.Read(ref _life) is { } life && life.Broker.Node.Metadata.Current.TryTopic(id, out var found) ? found.Name : null;

#pragma warning disable RS0030 // Here the randomness of a test begins.
    private static Random NewRandom(int seed) => new(seed);
#pragma warning restore RS0030

    /// <summary>The broker between a start and a stop.</summary>
    private sealed class Life(LifeDisk disk, TestLoggers loggers)
    {
        public LifeDisk Disk => disk;

        public TestLoggers Loggers => loggers;

        public Broker.Broker Broker { get; set; } = null!;
    }
}
