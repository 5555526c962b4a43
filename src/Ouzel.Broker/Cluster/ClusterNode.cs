using Microsoft.Extensions.Logging;
using Ouzel.Broker.Cluster.Embedded;
using Ouzel.Broker.Configs;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Cluster;

/// <summary>
/// This node's part in its cluster, a cluster of one: its metadata log, the controller on it, and the broker's own registration.
/// The order of a start: <see cref="Subscribe"/>, <see cref="StartAsync"/>; of a stop: <see cref="StopAsync"/>, then the log directories are closed.
/// </summary>
internal sealed class ClusterNode : IAsyncDisposable
{
    private readonly EmbeddedClusterLog _log;
    private readonly LogDirectories _directories;
    private readonly BrokerOptions _options;
    private readonly BrokerSelf _self;
    private readonly ILogger _logger;
    private readonly long _previousBrokerEpoch;
    private MetadataFold? _found;
    private IControllerChannel? _asked;
    private volatile bool _isStopping;

    public ClusterNode(EmbeddedClusterLog log, LogDirectories directories, BrokerOptions options, BrokerSelf self, MetadataFold? found, ILogger logger)
    {
        (_log, _directories, _options, _self, _found, _logger) = (log, directories, options, self, found, logger);
        _previousBrokerEpoch = directories.All.Min(directory => directory.PreviousBrokerEpoch);
    }

    public int NodeId => _self.Id;

    public required MetadataCache Metadata { get; init; }

    /// <summary>The node's options with the dynamic settings of an image over them.</summary>
    public required OptionsInForce InForce { get; init; }

    public required ITopicSettings Settings { get; init; }

    public required ImageFollower Follower { get; init; }

    public required ActiveController Active { get; init; }

    /// <summary>The machine that decides for the controller.</summary>
    public required Controller Machine { get; init; }

    /// <summary>The controller that handlers ask for changes.</summary>
    public required ClusterController Controller { get; init; }

    /// <summary>The way in which this broker reaches a controller.</summary>
    public required Func<ClusterController, IControllerChannel> ChannelTo { get; init; }

    public required InternalTopics InternalTopics { get; init; }

    /// <summary>The voters of the metadata log, for those who ask about the quorum.</summary>
    public VotersRecord? Voters => _log.Voters;

    /// <summary>The places of this node's replicas of an image, as far as the image does not say so already. Set before <see cref="StartAsync"/>.</summary>
    public Func<ClusterImage, IReadOnlyList<ReplicaDirectory>> Replicas { get; set; } = _ => [];

    /// <summary>This broker's epoch; -1 before it is registered.</summary>
    public long BrokerEpoch => _self.Epoch;

    /// <summary>Adds a listener; before <see cref="StartAsync"/>.</summary>
    public void Subscribe(IClusterListener listener) => Follower.Subscribe(listener);

    /// <summary>
    /// Loads the metadata (listeners open what it says), claims an epoch, registers this broker with the addresses it is reached at, and lets it lead
    /// what it has replicas of. When this completes, everything is served.
    /// </summary>
    public async ValueTask StartAsync(IReadOnlyList<NodeEndpoint> endpoints, CancellationToken cancellation)
    {
        await Follower.LoadAsync(_found, cancellation);
        _found = null;
        var found = Metadata.Current;
        if (found.Offset < 0)
        {
            ClusterEvents.NewCluster(_logger, _log.ClusterId);
        }
        else
        {
            ClusterEvents.Found(_logger, _log.ClusterId, found.Epoch, found.Topics.Count, found.PartitionCount, found.Configs.Count, found.Offset);
        }

        // What a broker asks the controller for at its start, decided with the claim: the whole start of a cluster of one waits for one sync.
        var registered = new BrokerRegistrationResponse { ErrorCode = ErrorCode.UnknownServerError };
        await Active.ClaimAsync(
            () => Bootstrap.Records(_log.ReadBootstrap(), _options.TopicDefaults.MinInsyncReplicas),
            [
                (image, _) => Machine.RegisterController(image, Self()).Records,
                (image, offset) => AskInClaim(image, offset, async controller => registered = await controller.RegisterAsync(Registration(endpoints))),
                (image, _) => Machine.AssignDirectories(image, NodeId, Replicas(image)).Records,
                (image, offset) => registered.ErrorCode != ErrorCode.None ? []
                    : AskInClaim(image, offset, async controller => await controller.HeartbeatAsync(Heartbeat(image, registered.BrokerEpoch))),
            ],
            cancellation);
        if (registered.ErrorCode != ErrorCode.None)
        {
            throw new LogDirectoryException($"The cluster in {_directories.Metadata.Path} does not take this broker ({registered.ErrorCode}): it is at feature levels that this program does not know");
        }

        _self.Epoch = registered.BrokerEpoch;
        var recovering = Metadata.Current.Topics.Values.Sum(topic => topic.Partitions.Count(p => p.Recovering && p.Leader == NodeId));
        if (found.Brokers.TryGetValue(NodeId, out var before) && !before.Fenced && recovering > 0)
        {
            ClusterEvents.UncleanLeaders(_logger, recovering);
        }
    }

    /// <summary>Gives up what this broker leads and fences it, so that the next start is a clean one.</summary>
    public async ValueTask StopAsync(CancellationToken cancellation)
    {
        if (BrokerEpoch < 0 || Active.Resigned.IsCompleted)
        {
            return;
        }

        _isStopping = true;
        var stopping = Heartbeat(Metadata.Current, BrokerEpoch);
        stopping.WantShutDown = true;
        await Asked.HeartbeatAsync(stopping);
        var last = Heartbeat(Metadata.Current, BrokerEpoch);
        last.WantFence = true;
        await Asked.HeartbeatAsync(last);
    }

    /// <summary>Tells the controller in which log directories replicas are.</summary>
    public ValueTask<ErrorCode> AssignDirectoriesAsync(Func<ClusterImage, IReadOnlyList<ReplicaDirectory>> replicas) =>
        Active.DecideAsync((image, _) => Machine.AssignDirectories(image, NodeId, replicas(image)));

    /// <summary>Tells the controller which log directories failed and which are cordoned under an image's settings. A broker that stops tells no more: it would ask to lead again.</summary>
    public async ValueTask ReportDirectoriesAsync(ClusterImage image)
    {
        if (!_isStopping)
        {
            await Asked.HeartbeatAsync(Heartbeat(image, BrokerEpoch));
        }
    }

    /// <summary>The ids of the log directories that get nothing new under an image's settings.</summary>
    public List<Uuid> CordonedDirectories(ClusterImage image)
    {
        var cordoned = InForce.Of(image).CordonedDirectories;
        return [.. _directories.All.Where(directory => cordoned.Contains(directory.Path)).Select(directory => directory.DirectoryId)];
    }

    private IControllerChannel Asked => _asked ??= ChannelTo(Controller);

    /// <summary>Asks the controller that is being made: it decides at once, and what it decides is committed with its claim.</summary>
    private List<ClusterRecord> AskInClaim(ClusterImage image, long offset, Func<IControllerChannel, Task> ask)
    {
        var step = new ClaimStep(image, offset);
        var asked = ask(ChannelTo(new ClusterController(step, Machine, _self, () => _log.Voters)));
        asked.GetAwaiter().GetResult(); // over already: a step of a claim waits for nothing
        return [.. step.Records];
    }

    private BrokerHeartbeatRequest Heartbeat(ClusterImage image, long epoch) => new()
    {
        BrokerId = NodeId,
        BrokerEpoch = epoch,
        CurrentMetadataOffset = image.Offset,
        OfflineLogDirs = [.. _directories.All.Where(directory => directory.IsOffline).Select(directory => directory.DirectoryId)],
        CordonedLogDirs = CordonedDirectories(image),
    };

    private ControllerImage Self()
    {
        var endpoints = _log.Voters?.Voters.Find(voter => voter.VoterId == NodeId)?.Endpoints.Select(e => new NodeEndpoint(e.Name, e.Host, e.Port, 0)).ToArray();
        return new ControllerImage(NodeId, _self.IncarnationId, endpoints ?? [new EmbeddedLogOptions { NodeId = NodeId }.ControllerEndpoint], FeatureNames.Supported, ZkMigrationReady: false);
    }

    private BrokerRegistrationRequest Registration(IReadOnlyList<NodeEndpoint> endpoints) => new()
    {
        BrokerId = NodeId,
        ClusterId = _log.ClusterId,
        IncarnationId = _self.IncarnationId,
        Rack = _options.Cluster.BrokerRack,
        PreviousBrokerEpoch = _previousBrokerEpoch,
        LogDirs = [.. _directories.All.Where(directory => !directory.IsOffline).Select(directory => directory.DirectoryId).Order()],
        Listeners = [.. endpoints.Select(e => new BrokerRegistrationRequest.Listener { Name = e.Name, Host = e.Host, Port = e.Port, SecurityProtocol = e.SecurityProtocol })],
        Features = [.. FeatureNames.Supported.Select(f => new BrokerRegistrationRequest.Feature
        {
            Name = f.Name, MinSupportedVersion = f.LevelMin, MaxSupportedVersion = f.LevelMax,
        })],
    };

    public ValueTask DisposeAsync() => _log.DisposeAsync();
}
