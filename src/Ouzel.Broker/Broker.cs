using Microsoft.Extensions.Logging;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Diagnostics;
using Ouzel.Broker.Jobs;
using Ouzel.Broker.Net;
using Ouzel.Broker.Requests;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Broker;

/// <summary>One node: the only place where its parts are put together.</summary>
public sealed class Broker : IAsyncDisposable
{
    private const int DeleteDueIntervalMs = 5000;
    private const int IdleCheckIntervalMs = 10000;
    private const int StallCheckIntervalMs = 2000;
    private const int PeerCheckIntervalMs = 200;
    private const int MemoryTrimIntervalMs = 60000;

    private readonly Node _node;
    private readonly ConnectionTable _connections;
    private readonly Schedule _schedule;
    private readonly List<BlockingWork> _work;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private Task? _stopping;

    private Broker(Node node, IReadOnlyList<ListenerOptions> listeners, ConnectionTable connections, Schedule schedule, List<BlockingWork> work)
    {
        _node = node;
        Listeners = listeners;
        _connections = connections;
        _schedule = schedule;
        _work = work;
        _logger = node.Loggers.CreateLogger<Broker>();
    }

    /// <summary>The open listeners with their real ports, in the order of the settings.</summary>
    public IReadOnlyList<ListenerOptions> Listeners { get; }

    /// <summary>Ends when the broker cannot go on; fails with the reason.</summary>
    public Task Ended => _ended.Task;

    internal Node Node => _node;

    internal ConnectionTable Connections => _connections;

    /// <summary>Starts a node on real sockets; it serves when this completes.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">A listener's address cannot be had.</exception>
    /// <exception cref="LogDirectoryException">The data directory is somebody else's, in use, or damaged.</exception>
    /// <exception cref="DiskException">The data directory cannot be written.</exception>
    public static Task<Broker> StartAsync(BrokerOptions options, TimeProvider clock, Disk disk, Random random, ILoggerFactory loggers)
        => StartAsync(options, clock, disk, random, loggers, BrokerSeams.Real(options));

    internal static async Task<Broker> StartAsync(BrokerOptions options, TimeProvider clock, Disk disk, Random random, ILoggerFactory loggers, BrokerSeams seams)
    {
        var assembly = new BrokerAssembly(options, clock, disk, random, loggers, seams);
        try
        {
            var node = await assembly.StartAsync();
            var broker = new Broker(node, assembly.Listeners, assembly.Connections!, assembly.Schedule!, assembly.Work);
            broker.Watch(assembly.AddWork("log directories"));
            broker.ScheduleJobs(options, assembly.AddWork("connections"));
            assembly.Accept();
            return broker;
        }
        catch (Exception fault)
        {
            await assembly.DisposeAsync();

            // What the disk did comes before what came of it.
            if (fault is ControllerFailedException or DiskException { Errno: 0 } && assembly.DiskFailure is { } failure)
            {
                throw failure;
            }

            throw;
        }
    }

    /// <summary>Makes a topic unless it exists.</summary>
    /// <returns>How many partitions it has.</returns>
    public async Task<int> EnsureTopicAsync(string name, int partitions)
    {
        if (_node.Metadata.Current.TryTopic(name, out var found))
        {
            return found.Partitions.Length;
        }

        var request = new CreateTopicsRequest { Topics = [new() { Name = name, NumPartitions = partitions, ReplicationFactor = -1 }] };
        var result = (await _node.Cluster.Controller.CreateTopicsAsync(request, _ => true)).Topics[0];
        if (result.ErrorCode is not (Protocol.ErrorCode.None or Protocol.ErrorCode.TopicAlreadyExists))
        {
            throw new SettingException($"topic {name} cannot be made: {result.ErrorMessage ?? result.ErrorCode.ToString()}");
        }

        return _node.Metadata.Current.TryTopic(name, out found) ? found.Partitions.Length : partitions;
    }

    /// <summary>Lets answers in flight leave, hands leadership back, closes the logs clean. Safe to call more than once.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            return _stopping ??= StopOnceAsync();
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task StopOnceAsync()
    {
        _schedule.Dispose();

        await TryAsync("taking no more requests", _connections.TakeNoMoreAsync);

        // Waiting fetches and joins are answered because this node leads nothing any more; then connections have something to drain.
        await TryAsync("handing leadership back", async () => await _node.Cluster.StopAsync(CancellationToken.None));
        await TryAsync("draining connections", () => _connections.StopAsync(TimeSpan.FromMilliseconds(_node.Options.Ouzel.StopTimeoutMs)));
        Try("closing the groups", _node.Groups.Dispose);
        await TryAsync("closing the metadata", async () => await _node.Cluster.DisposeAsync());
        Try("closing the logs", () => _node.Directories.Close(_node.Cluster.BrokerEpoch));
        _node.Timeouts.Dispose();
        foreach (var work in _work)
        {
            work.Dispose();
        }

        _ended.TrySetResult();
    }

    /// <param name="work">For what waits for the controller.</param>
    private void Watch(BlockingWork work)
    {
        foreach (var directory in _node.Directories.All)
        {
            directory.WentOffline += (offline, failure) => OnOffline(offline, failure, work);
            if (directory.Failure is { } failed)
            {
                OnOffline(directory, failed, work); // while the node was started
            }
        }

        _ = WatchControllerAsync();
    }

    private async Task WatchControllerAsync()
    {
        var failed = await _node.Cluster.Runtime.Failed;
        _ended.TrySetException(_node.Directories.All.Select(d => d.Failure).FirstOrDefault(f => f is not null) ?? (Exception)failed);
    }

    private void OnOffline(LogDirectory offline, DiskException failure, BlockingWork work)
    {
        Log.DirectoryOffline(_logger, offline.Path, failure.Message);
        _node.Groups.OnDirectoryOffline();
        if (_node.Directories.All.All(d => d.IsOffline))
        {
            Log.EveryDirectoryOffline(_logger, failure.Message);
            _ended.TrySetException(failure);
            return;
        }

        // Whoever met the failure may hold a log's lock, and the controller tells everybody before it answers.
        work.Start(() => _ = _node.Reports.OnOfflineAsync());
    }

    /// <param name="options">The intervals.</param>
    /// <param name="connectionWork">For what never waits for a disk: the bounds on clients hold also while one stalls, and with it the other jobs.</param>
    private void ScheduleJobs(BrokerOptions options, BlockingWork connectionWork)
    {
        EveryDirectory("retention", options.Log.RetentionCheckIntervalMs, d => d.RunRetention(NowMs));
        EveryDirectory("checkpoint of recovery points", options.Log.FlushOffsetCheckpointIntervalMs, d => d.CheckpointOffsets());
        EveryDirectory("checkpoint of high watermarks", options.Replication.ReplicaHighWatermarkCheckpointIntervalMs, d => d.CheckpointHighWatermarks());
        EveryDirectory("delayed deletion", DeleteDueIntervalMs, d => d.DeleteDue(NowMs));
        _schedule.Every("expiry of producers", options.Transactions.ProducerIdExpirationCheckIntervalMs, ExpireProducers);
        _schedule.Every("idle connections", () => IdleCheckIntervalMs, _connections.CloseIdle, connectionWork);
        _schedule.Every("clients that have left", () => PeerCheckIntervalMs, _connections.LookForPeers, connectionWork);
        _schedule.Every("requests that do not arrive", () => StallCheckIntervalMs, _connections.EndStalled, connectionWork);
        _schedule.Every("memory of huge requests", () => MemoryTrimIntervalMs, _connections.Budget.Frames.Trim, connectionWork);

        // One directory's fault is not the others'.
        void EveryDirectory(string name, long intervalMs, Action<LogDirectory> run) => _schedule.Every(name, intervalMs, () =>
        {
            foreach (var directory in _node.Directories.All.Where(d => !d.IsOffline))
            {
                _node.Faults.Run($"{name} in {directory.Path}", () => run(directory));
            }
        });
    }

    private void ExpireProducers()
    {
        // Can be changed while the node runs.
        long expirationMs = _node.Cluster.InForce.Of(_node.Metadata.Current).Transactions.ProducerIdExpirationMs;
        foreach (var log in _node.Directories.Logs)
        {
            _node.Faults.Run("expiry of producers", () => log.RemoveExpiredProducers(NowMs, expirationMs));
        }
    }

    private long NowMs => _node.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private void Try(string step, Action run)
    {
        try
        {
            run();
        }
        catch (Exception fault)
        {
            Log.StopStepFailed(_logger, fault, step);
        }
    }

    private async Task TryAsync(string step, Func<Task> run)
    {
        try
        {
            await run();
        }
        catch (Exception fault)
        {
            // The other steps matter all the more.
            Log.StopStepFailed(_logger, fault, step);
        }
    }
}

/// <summary>What a test replaces of a node's surroundings, besides clock, disk and randomness.</summary>
/// <param name="Open">Opens the listeners of one entry of the setting; all have the same port.</param>
/// <param name="WorkOf">Who waits for a disk, or runs the jobs.</param>
/// <param name="DescriptorsMax">How many descriptors the process may have.</param>
/// <param name="Interceptor">Stands before every handler; null for nothing.</param>
internal sealed record BrokerSeams(
    Func<ListenerOptions, IReadOnlyList<Listener>> Open, Func<string, BlockingWork> WorkOf, long DescriptorsMax = long.MaxValue, IRequestInterceptor? Interceptor = null)
{
    public static BrokerSeams Real(BrokerOptions options) => new(
        listener => Listening.Open(listener, options.Net.SocketListenBacklogSize),
        name => new BlockingThread(name),
        RealDisk.DescriptorsMax);
}
