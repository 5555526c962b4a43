using System.Net;
using Microsoft.Extensions.Logging;
using Ouzel.Broker.Apis;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Cluster.Embedded;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Coordination;
using Ouzel.Broker.Fetching;
using Ouzel.Broker.Groups;
using Ouzel.Broker.Jobs;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Net;
using Ouzel.Broker.Partitions;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Storage;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Broker;

/// <summary>
/// The composition root: everything that a node is made of is made here, step by step, and entered in <see cref="Teardown"/> as soon as it has to be ended. That holds
/// also when a later step fails.
/// </summary>
internal sealed class BrokerAssembly
{
    private const string KraftVersion = "kraft.version";

    private readonly BrokerOptions _options;
    private readonly TimeProvider _clock;
    private readonly Disk _disk;
    private readonly ILoggerFactory _loggers;
    private readonly BrokerSeams _seams;
    private readonly SharedRandom _random;
    private readonly FaultGuard _faults;
    private readonly List<Listener> _open = [];
    private readonly List<ListenerOptions> _listeners = [];
    private LogDirectories? _directories;
    private ClusterNode? _cluster;
    private LimitsOfOptions? _limits;
    private bool _isAccepting;

    public BrokerAssembly(BrokerOptions options, TimeProvider clock, Disk disk, Random seed, ILoggerFactory loggers, BrokerSeams seams)
    {
        (_options, _clock, _disk, _loggers, _seams) = (options, clock, disk, loggers, seams);
        _random = new SharedRandom(seed);
        _faults = new FaultGuard(loggers.CreateLogger<FaultGuard>(), clock);
        Teardown = new Teardown(loggers.CreateLogger<Broker>());
    }

    public Teardown Teardown { get; }

    /// <summary>The failure that took a directory offline; null when none is.</summary>
    public DiskException? DiskFailure => _directories?.All.Select(d => d.Failure).FirstOrDefault(f => f is not null);

    public async Task<Broker> StartAsync()
    {
        // First, because it is what fails most often, and before anything is written.
        _seams.BeforeStep("listeners");
        OpenListeners();

        _seams.BeforeStep("log directories");
        var survey = DirectorySurvey.Take(_disk, _options, _random);
        var claims = new DirectoryClaims(_disk, survey, _options.NodeId);
        var directories = OpenDirectories(survey, claims);
        Teardown.Add(StopStep.Logs, "closing the logs", () => directories.Close(_cluster?.BrokerEpoch ?? -1));

        _seams.BeforeStep("metadata log");
        var cluster = OpenCluster(_disk, directories, survey.ClusterId, _options, _clock, _random, _loggers, survey.Metadata);
        _cluster = cluster;
        Teardown.Add(StopStep.Leadership, "handing leadership back", async () => await cluster.StopAsync(CancellationToken.None));
        Teardown.Add(StopStep.Metadata, "closing the metadata", async () => await cluster.DisposeAsync());

        _seams.BeforeStep("partitions and coordinators");
        var node = MakeNode(directories, cluster, claims);

        _seams.BeforeStep("cluster");
        await cluster.StartAsync([.. _listeners.Select(EndpointOf)], CancellationToken.None);

        _seams.BeforeStep("connections");
        var connections = new ConnectionTable(ApisOf(node), LimitsOf(_options), LimitsInForce, _clock, _loggers.CreateLogger<Connection>(), node.Memory)
        {
            Authorizer = _seams.Authorizer,
            Observer = _seams.Observer,
        };
        Teardown.Add(StopStep.Listeners, "taking no more requests", connections.TakeNoMoreAsync);
        Teardown.Add(StopStep.Connections, "draining connections", () => connections.StopAsync(TimeSpan.FromMilliseconds(_options.Ouzel.StopTimeoutMs)));
        var broker = new Broker(node, _listeners, connections, Teardown);
        broker.Watch(AddWork("log directories"));

        _seams.BeforeStep("jobs");
        var schedule = new Schedule(_clock, AddWork("jobs"), _faults);
        Teardown.Add(StopStep.Jobs, "ending the jobs", schedule.Dispose);
        if (_options.Cleaner.Enable)
        {
            new Compaction(directories, () => cluster.InForce.Of(cluster.Metadata.Current).Cleaner, schedule, _faults, _clock).Start(AddWork("compaction"));
        }

        new NodeJobs(node, connections, schedule).Start(_options, AddWork("connections"));

        _seams.BeforeStep("clients");
        _isAccepting = true;
        foreach (var listener in _open)
        {
            _ = connections.AcceptAsync(listener);
        }

        return broker;
    }

    /// <summary>Opens the metadata log in its log directory, which is open already, and makes what a node has of its cluster; the log need not be read again if it ends where what was found ends.</summary>
    internal static ClusterNode OpenCluster(
        Disk disk, LogDirectories directories, string clusterId, BrokerOptions options, TimeProvider clock, Random random, ILoggerFactory loggers, MetadataFold? found = null)
    {
        var logOptions = new EmbeddedLogOptions
        {
            NodeId = options.NodeId,
            RetentionBytes = options.Cluster.MetadataMaxRetentionBytes,
            RetentionMs = options.Cluster.MetadataMaxRetentionMs,
        };
        var controllerOptions = new ControllerOptions
        {
            PartitionsDefault = options.Topics.NumPartitions,
            ReplicationFactorDefault = (short)options.Topics.DefaultReplicationFactor,
            DeleteTopics = options.Topics.DeleteTopicEnable,
        };
        var policy = new SnapshotPolicy
        {
            BytesBetween = options.Cluster.MetadataLogMaxRecordBytesBetweenSnapshots,
            IntervalMs = options.Cluster.MetadataLogMaxSnapshotIntervalMs,
        };
        var log = EmbeddedClusterLog.Open(disk, directories.Metadata, clusterId, logOptions, clock, loggers.CreateLogger<EmbeddedClusterLog>());
        var self = new BrokerSelf(options.NodeId, Uuid.Random(random));
        var metadata = new MetadataCache();
        var inForce = new OptionsInForce(options);
        var settings = new TopicSettings(inForce);
        var logger = loggers.CreateLogger<ClusterNode>();
        var follower = new ImageFollower(log, metadata);
        var active = new ActiveController(log, follower, metadata, clock, policy, logger);
        var machine = new Controller(controllerOptions, settings, random);
        var controller = new ClusterController(active, machine, self, () => log.Voters);
        return new ClusterNode(log, directories, options, self, found, logger)
        {
            Metadata = metadata,
            InForce = inForce,
            Settings = settings,
            Follower = follower,
            Active = active,
            Machine = machine,
            Controller = controller,
            ChannelTo = static asked => new OwnController(asked),
            InternalTopics = new InternalTopics(controller, metadata, options, logger),
        };
    }

    /// <summary>The parts that handlers work with, each told of the cluster's changes in the order in which they are made.</summary>
    private Node MakeNode(LogDirectories directories, ClusterNode cluster, DirectoryClaims claims)
    {
        var memory = new MemoryBudget(LimitsOf(_options), _clock, _loggers.CreateLogger<Connection>());
        var partitions = new PartitionTable(
            _options.NodeId, directories, DurabilityOf(_options.Ouzel.Durability), SettingsOf, _clock, _loggers.CreateLogger<PartitionTable>(),
            (topicId, name) => claims.MayBeNew(topicId, name.Partition) && (claims.MayMeanEarlier(name.Topic) || !directories.RemembersLog(name)),
            image => cluster.InForce.Of(image).CordonedDirectories);
        var groups = new GroupCoordinator(_options.Groups, cluster.Metadata, _random, _clock, _loggers, memory.Groups);
        var coordinators = new CoordinatorTable([groups.Shards]);
        Teardown.Add(StopStep.Coordinators, "closing the coordinators", coordinators.Dispose);
        var timeouts = new TimingWheel(_clock, _faults);
        Teardown.Add(StopStep.Timeouts, "ending the timeouts", timeouts.Dispose);
        var reports = new DirectoryReports(cluster, partitions, _loggers.CreateLogger<DirectoryReports>());
        cluster.Subscribe(partitions);
        cluster.Subscribe(new CoordinatorListener(_options.NodeId, coordinators, partitions, cluster.Metadata, _clock));
        cluster.Subscribe(new TopicNews(_loggers.CreateLogger<TopicNews>()));
        cluster.Subscribe(reports);
        cluster.Replicas = partitions.Misplaced;
        return new Node
        {
            Clock = _clock,
            Faults = _faults,
            Memory = memory,
            Random = _random,
            Loggers = _loggers,
            Options = _options,
            Features = new FeatureLevels(FinalizedFeatures),
            Metadata = cluster.Metadata,
            Cluster = cluster,
            Directories = directories,
            Partitions = partitions,
            Reports = reports,
            FetchSessions = new FetchSessions(_options.Net.MaxIncrementalFetchSessionCacheSlots, FetchSessions.PartitionsIn(_options.Ouzel.MemoryBytesMax), _clock, _random),
            Timeouts = timeouts,
            ProducerIds = new ProducerIds(AllocateProducerIdsAsync),
            FetchBytesMax = () => _options.Net.FetchMaxBytes,
            Coordinators = coordinators,
            Groups = groups,
        };
    }

    private ServedApis ApisOf(Node node)
    {
        var apis = ApiTable.For(node);
        return _seams.Interceptor is { } interceptor ? new ServedApis([.. apis.Entries.Select(entry => entry.Through(interceptor))]) : apis;
    }

    private void OpenListeners()
    {
        foreach (var listener in _options.Listeners)
        {
            var opened = _seams.Open(listener);
            foreach (var one in opened)
            {
                _open.Add(one);

                // The table of connections ends those that it was given.
                Teardown.Add(StopStep.Listeners, "closing a listener", async () =>
                {
                    if (!_isAccepting)
                    {
                        await one.DisposeAsync();
                    }
                });
            }

            _listeners.Add(listener with { Port = ((IPEndPoint)opened[0].LocalEndPoint).Port });
        }
    }

    private LogDirectories OpenDirectories(DirectorySurvey survey, DirectoryClaims claims)
    {
        var found = survey.Metadata.Delta.After;
        var inForce = new OptionsInForce(_options);
        var atStart = inForce.Of(found);
        var storage = new StorageOptions
        {
            Directories = _options.DataDirectories,
            MetadataDirectory = survey.MetadataDirectory,
            ClusterId = survey.ClusterId,
            NodeId = _options.NodeId,
            ClaimOf = claims.Of,
            ProducerIdExpirationMs = atStart.Transactions.ProducerIdExpirationMs,
            Clock = _clock,
            RecoveryThreads = atStart.Log.NumRecoveryThreadsPerDataDir,
            LogOptionsOf = topic => topic == TopicNames.ClusterMetadata ? EmbeddedClusterLog.LogOptions : inForce.OfTopic(found, topic).ToLogOptions(),
        };
        return _directories = LogDirectories.Open(_disk, storage, _random, path => AddWork("flush " + path), _loggers.CreateLogger<LogDirectories>(), _clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>A thread, or what a test has instead of it, that lives until the node has stopped.</summary>
    private BlockingWork AddWork(string name)
    {
        var work = _seams.WorkOf(name);
        work.Failed = fault => _faults.Tell(name, fault);
        Teardown.Add(StopStep.Threads, "ending a thread", work.Dispose);
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

    private NetworkLimits LimitsOf(BrokerOptions of) => NetworkLimits.From(of.Net, of.Ouzel.MemoryBytesMax) with { DescriptorsMax = _seams.DescriptorsMax };

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

    /// <summary>Makes a listener's entry in the cluster's metadata; clients of one that advertises nothing are told the address they came by instead.</summary>
    private NodeEndpoint EndpointOf(ListenerOptions listener)
    {
        var (host, port) = _options.AdvertisedListeners.TryGetValue(listener.Name, out var told)
            ? told
            : (listener.Host.Length == 0 ? "localhost" : listener.Host, listener.Port);
        return new NodeEndpoint(listener.Name, host, (ushort)(port == 0 ? listener.Port : port), (short)SecurityProtocols.Of(listener.Protocol));
    }

    private static Durability DurabilityOf(string setting) => setting switch
    {
        "os" => Durability.Os,
        "replicated" => Durability.Replicated,
        _ => Durability.Fsync,
    };

    private sealed record LimitsOfOptions(BrokerOptions Options, NetworkLimits Limits);
}
