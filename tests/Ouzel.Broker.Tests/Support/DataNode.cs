using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Apis;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Fetching;
using Ouzel.Broker.Jobs;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Net;
using Ouzel.Broker.Partitions;
using Ouzel.Broker.Requests;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Tests.Support;

/// <summary>The data path of a node without a controller: the test says what the cluster's metadata is. Everything runs on the test's thread.</summary>
internal sealed class DataNode : IDisposable
{
    private static readonly MetadataVersion Level = new(MetadataVersion.LevelMax);

    private readonly LogDirectories _directories;
    private readonly InlineWork _work = new();
    private readonly MemoryListener _listener = new();
    private readonly Dictionary<string, TopicLogSettings> _settings = [];
    private long _nextProducerId;

    public DataNode(Disk? disk = null, BlockingWork? work = null, Durability durability = Durability.Fsync, string directory = "/data")
    {
        Disk = disk ?? new MemoryDisk(Clock);
        var options = new StorageOptions { Directories = [directory], ClusterId = "AAAAAAAAAAAAAAAAAAAAAA", NodeId = 1 };
        _directories = LogDirectories.Open(Disk, options, Random, _ => work ?? _work, NullLogger.Instance, NowMs);
        Partitions = new PartitionTable(1, _directories, durability, (_, topic) => SettingsOf(topic), Clock, NullLogger.Instance);
        Timeouts = new TimingWheel(Clock, new FaultGuard(NullLogger.Instance, Clock));
        FetchSessions = new FetchSessions(10, 100, Clock, Random);
        Memory = new MemoryBudget(new NetworkLimits(), Clock, NullLogger.Instance);
        var apis = new ServedApis([
            new ApiEntry<ProduceRequest, ProduceResponse>(new ProduceApi(Metadata, Partitions, Timeouts, Memory, Clock), ApiOrder.Pipelined, 0, 13, 0),
            new ApiEntry<FetchRequest, FetchResponse>(new FetchApi(Metadata, Partitions, FetchSessions, Timeouts, () => 57671680, Memory), ApiOrder.Pipelined, 4, 18, 0),
            new ApiEntry<ListOffsetsRequest, ListOffsetsResponse>(new ListOffsetsApi(Metadata, Partitions), ApiOrder.Serial, 1, 11, 0),
            new ApiEntry<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(new OffsetForLeaderEpochApi(Metadata, Partitions), ApiOrder.Serial, 2, 4, 2),
            new ApiEntry<DeleteRecordsRequest, DeleteRecordsResponse>(new DeleteRecordsApi(Metadata, Partitions), ApiOrder.Serial, 0, 2, 0),
            new ApiEntry<DescribeProducersRequest, DescribeProducersResponse>(new DescribeProducersApi(Metadata, Partitions), ApiOrder.Serial, 0, 0, 0),
            new ApiEntry<InitProducerIdRequest, InitProducerIdResponse>(new InitProducerIdApi(new ProducerIds(AllocateAsync)), ApiOrder.Serial, 0, 5, 0),
        ]);
        _ = new ConnectionTable(apis, new NetworkLimits(), () => new NetworkLimits(), Clock, NullLogger.Instance, Memory).AcceptAsync(_listener);
    }

    /// <summary>Called once, when a topic's settings are asked for next.</summary>
    public Action? OnSettingsAsked { get; set; }

    /// <summary>Told of changes behind the partitions.</summary>
    public IClusterListener? Listener { get; set; }

    public FakeTimeProvider Clock { get; } = FakeTime.New();

    public Random Random { get; } = new(1);

    public Disk Disk { get; }

    public MetadataCache Metadata { get; } = new();

    public PartitionTable Partitions { get; }

    public TimingWheel Timeouts { get; }

    public MemoryBudget Memory { get; }

    public FetchSessions FetchSessions { get; }

    public long NowMs => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public int BlocksAllocated { get; private set; }

    public WireClient Connect(string clientId = "test") => new(_listener.Connect(), clientId);

    /// <summary>The broker's end of a connection that a test made.</summary>
    public void Accept(Transport server) => _listener.Arrive(server);

    /// <summary>Makes a topic of one replica per partition, this node. Returns its id.</summary>
    public async Task<Uuid> CreateTopicAsync(string name, int partitions = 1, LogOptions? options = null, int isrMin = 1)
    {
        _settings[name] = new TopicLogSettings(options ?? LogOptions.Default, isrMin);
        var id = Uuid.Random(Random);
        List<ClusterRecord> records = [ClusterRecord.Of(new TopicRecord { Name = name, TopicId = id })];
        for (var i = 0; i < partitions; i++)
        {
            var partition = new PartitionRecord { TopicId = id, PartitionId = i, Replicas = [1], Isr = [1], Leader = 1, LeaderEpoch = 0, PartitionEpoch = 0 };
            records.Add(ClusterRecord.Of(partition, Level));
        }

        await ApplyAsync([.. records]);
        return id;
    }

    public Task DeleteTopicAsync(string name) => ApplyAsync(ClusterRecord.Of(new RemoveTopicRecord { TopicId = Metadata.Current.Topics[name].Id }));

    /// <summary>One partition more.</summary>
    public Task GrowTopicAsync(string name)
    {
        var topic = Metadata.Current.Topics[name];
        return ApplyAsync(ClusterRecord.Of(new PartitionRecord { TopicId = topic.Id, PartitionId = topic.Partitions.Length, Replicas = [1], Isr = [1], Leader = 1, LeaderEpoch = 0, PartitionEpoch = 0 }, Level));
    }

    /// <summary>Another leader epoch of a partition, led by this node or by another.</summary>
    public Task ChangeLeaderAsync(string name, int partition, int leader)
        => ApplyAsync(ClusterRecord.Of(new PartitionChangeRecord { TopicId = Metadata.Current.Topics[name].Id, PartitionId = partition, Leader = leader, Isr = [leader] }, Level));

    public async Task ApplyAsync(params ClusterRecord[] records)
    {
        var delta = new ClusterDelta(Metadata.Current);
        foreach (var record in records)
        {
            delta.Apply(record);
        }

        var image = delta.Complete(Metadata.Current.Offset + records.Length, 1, NowMs);
        Metadata.Current = image;
        await Partitions.OnChangeAsync(image, delta);
        if (Listener is { } listener)
        {
            await listener.OnChangeAsync(image, delta);
        }
    }

    public Partition PartitionOf(string topic, int partition = 0)
    {
        Assert.True(Partitions.TryGet(new TopicPartition(topic, partition), out var found));
        return found;
    }

    public void Dispose()
    {
        _directories.Close();
        Timeouts.Dispose();
        _work.Dispose();
    }

    private TopicLogSettings SettingsOf(string topic)
    {
        (var asked, OnSettingsAsked) = (OnSettingsAsked, null);
        asked?.Invoke();
        return _settings.GetValueOrDefault(topic, new TopicLogSettings(LogOptions.Default, 1));
    }

    private ValueTask<(long, int)> AllocateAsync()
    {
        BlocksAllocated++;
        var first = _nextProducerId;
        _nextProducerId += 1000;
        return new((first, 1000));
    }
}
