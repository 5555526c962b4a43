using System.Net;
using Microsoft.Extensions.Logging;
using Ouzel.Broker.Apis;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Cluster.Embedded;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Fetching;
using Ouzel.Broker.Groups;
using Ouzel.Broker.Jobs;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Net;
using Ouzel.Broker.Partitions;
using Ouzel.Storage;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Broker;

/// <summary>Puts a node together step by step, and takes apart what there is when a step fails.</summary>
internal sealed class BrokerAssembly(BrokerOptions options, TimeProvider clock, Disk disk, Random seed, ILoggerFactory loggers, BrokerSeams seams) : IAsyncDisposable
{
    private const string KraftVersion = "kraft.version";

    private readonly SharedRandom _random = new(seed);
    private readonly List<Listener> _open = [];
    private readonly FaultGuard _faults = new(loggers.CreateLogger<FaultGuard>(), clock);
    private LogDirectories? _directories;
    private ClusterNode? _cluster;
    private TimingWheel? _timeouts;
    private LimitsOfOptions? _limits;

    public List<BlockingWork> Work { get; } = [];

    public List<ListenerOptions> Listeners { get; } = [];

    public ConnectionTable? Connections { get; private set; }

    public Schedule? Schedule { get; private set; }

    /// <summary>What took a directory offline; null when none is.</summary>
    public DiskException? DiskFailure => _directories?.All.Select(d => d.Failure).FirstOrDefault(f => f is not null);

    public async Task<Node> StartAsync()
    {
        // First, because it is what fails most often, and before anything is written.
        OpenListeners();
        var survey = DirectorySurvey.Take(disk, options, _random);
        var claims = new DirectoryClaims(disk, survey, options.NodeId);
        _directories = OpenDirectories(survey, claims);
        _cluster = ClusterNode.Open(disk, _directories, survey.ClusterId, options, clock, _random, loggers, survey.Metadata);
        var memory = new MemoryBudget(LimitsOf(options), clock, loggers.CreateLogger<Connection>());
        var partitions = new PartitionTable(
            options.NodeId, _directories, DurabilityOf(options.Ouzel.Durability), SettingsOf, clock, loggers.CreateLogger<PartitionTable>(),
            (topicId, name) => claims.MayBeNew(topicId, name.Partition) && (claims.MayMeanEarlier(name.Topic) || !_directories.RemembersLog(name)), image => _cluster.InForce.Of(image).CordonedDirectories);
        var groups = new GroupCoordinator(options.Groups, _cluster.Metadata, _random, clock, loggers, memory.Groups);
        _timeouts = new TimingWheel(clock, _faults);
        _cluster.Subscribe(partitions);
        _cluster.Subscribe(new GroupMetadataListener(options.NodeId, groups, partitions, clock));
        _cluster.Subscribe(new TopicNews(loggers.CreateLogger<TopicNews>()));
        _cluster.Replicas = partitions.Misplaced;
        var reports = new DirectoryReports(_cluster, partitions, loggers.CreateLogger<DirectoryReports>());
        _cluster.Subscribe(reports);
        var node = new Node
        {
            Clock = clock,
            Faults = _faults,
            Memory = memory,
            Random = _random,
            Loggers = loggers,
            Options = options,
            Features = new FeatureLevels(FinalizedFeatures),
            Metadata = _cluster.Metadata,
            Cluster = _cluster,
            Directories = _directories,
            Partitions = partitions,
            Reports = reports,
            FetchSessions = new FetchSessions(options.Net.MaxIncrementalFetchSessionCacheSlots, FetchSessions.PartitionsIn(options.Ouzel.MemoryBytesMax), clock, _random),
            Timeouts = _timeouts,
            ProducerIds = new ProducerIds(AllocateProducerIdsAsync),
            FetchBytesMax = () => options.Net.FetchMaxBytes,
            Groups = groups,
        };
        await _cluster.StartAsync([.. Listeners.Select(EndpointOf)], CancellationToken.None);
        Connections = new ConnectionTable(ApisOf(node), LimitsOf(options), LimitsInForce, clock, loggers.CreateLogger<Connection>(), memory);
        Schedule = new Schedule(clock, AddWork("jobs"), _faults);
        if (options.Cleaner.Enable)
        {
            new Compaction(_directories, () => _cluster.InForce.Of(_cluster.Metadata.Current).Cleaner, Schedule, _faults, clock).Start(AddWork("compaction"));
        }

        return node;
    }

    /// <summary>Lets clients in.</summary>
    public void Accept()
    {
        foreach (var listener in _open)
        {
            _ = Connections!.AcceptAsync(listener);
        }
    }

    /// <summary>After a step that failed: whatever was opened is closed again.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _open)
        {
            await listener.DisposeAsync();
        }

        Schedule?.Dispose();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        _directories?.Close();
        _timeouts?.Dispose();
        foreach (var work in Work)
        {
            work.Dispose();
        }
    }

    private ApiTable ApisOf(Node node)
    {
        var apis = ApiTable.For(node);
        return seams.Interceptor is { } interceptor ? new ApiTable([.. apis.Entries.Select(entry => entry.Through(interceptor))]) : apis;
    }

    private void OpenListeners()
    {
        foreach (var listener in options.Listeners)
        {
            var opened = seams.Open(listener);
            _open.AddRange(opened);
            Listeners.Add(listener with { Port = ((IPEndPoint)opened[0].LocalEndPoint).Port });
        }
    }

    private LogDirectories OpenDirectories(DirectorySurvey survey, DirectoryClaims claims)
    {
        var found = survey.Metadata.Delta.After;
        var inForce = new OptionsInForce(options);
        var atStart = inForce.Of(found);
        var storage = new StorageOptions
        {
            Directories = options.DataDirectories,
            MetadataDirectory = survey.MetadataStandsAlone ? survey.MetadataDirectory : null,
            ClusterId = survey.ClusterId,
            NodeId = options.NodeId,
            ClaimOf = claims.Of,
            ProducerIdExpirationMs = atStart.Transactions.ProducerIdExpirationMs,
            Clock = clock,
            RecoveryThreads = atStart.Log.NumRecoveryThreadsPerDataDir,
            LogOptionsOf = topic => topic == TopicNames.ClusterMetadata ? EmbeddedClusterLog.LogOptions : inForce.OfTopic(found, topic).ToLogOptions(),
        };
        return LogDirectories.Open(disk, storage, _random, path => AddWork("flush " + path), loggers.CreateLogger<LogDirectories>(), clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>A thread, or what a test has instead of it, that lives until the node has stopped.</summary>
    public BlockingWork AddWork(string name)
    {
        var work = seams.WorkOf(name);
        work.Failed = fault => _faults.Tell(name, fault);
        Work.Add(work);
        return work;
    }

    private TopicLogSettings SettingsOf(ClusterImage image, string topic)
    {
        var settings = _cluster!.InForce.OfTopic(image, topic);
        return new TopicLogSettings(settings.ToLogOptions(), settings.MinInsyncReplicas);
    }

    private (IReadOnlyDictionary<string, short> Levels, long Epoch) FinalizedFeatures()
    {
        var image = _cluster!.Metadata.Current;

        // The quorum keeps its own level in its log, outside the image: it is 1 from the moment its voters are known.
        return (_cluster.Voters is null ? image.Features : image.Features.SetItem(KraftVersion, 1), image.Offset);
    }

    private NetworkLimits LimitsOf(BrokerOptions of) => NetworkLimits.From(of.Net, of.Ouzel.MemoryBytesMax) with { DescriptorsMax = seams.DescriptorsMax };

    /// <summary>The limits on connections can be changed while the node runs.</summary>
    private NetworkLimits LimitsInForce()
    {
        var inForce = _cluster!.InForce.Of(_cluster.Metadata.Current);
        var last = _limits;
        if (last is null || !ReferenceEquals(last.Options, inForce))
        {
            _limits = last = new LimitsOfOptions(inForce, LimitsOf(inForce));
        }

        return last.Limits;
    }

    private async ValueTask<(long First, int Count)> AllocateProducerIdsAsync()
    {
        var block = await _cluster!.Controller.AllocateProducerIdsAsync();
        return (block.First, block.Count);
    }

    /// <summary>What the cluster's metadata says of a listener; clients of one that advertises nothing are told the address they came by instead.</summary>
    private NodeEndpoint EndpointOf(ListenerOptions listener)
    {
        var (host, port) = options.AdvertisedListeners.TryGetValue(listener.Name, out var told)
            ? told
            : (listener.Host.Length == 0 ? "localhost" : listener.Host, listener.Port);
        return new NodeEndpoint(listener.Name, host, (ushort)(port == 0 ? listener.Port : port), SecurityProtocol: 0);
    }

    private static Durability DurabilityOf(string setting) => setting switch
    {
        "os" => Durability.Os,
        "replicated" => Durability.Replicated,
        _ => Durability.Fsync,
    };

    private sealed record LimitsOfOptions(BrokerOptions Options, NetworkLimits Limits);
}
