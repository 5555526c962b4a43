using Microsoft.Extensions.Logging;
using Ouzel.Broker.Apis;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Diagnostics;
using Ouzel.Broker.Net;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Broker;

/// <summary>One node as its process sees it. <see cref="BrokerAssembly"/> puts it together.</summary>
public sealed class Broker : IAsyncDisposable
{
    private readonly Node _node;
    private readonly ConnectionTable _connections;
    private readonly Teardown _teardown;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private Task? _stopping;

    internal Broker(Node node, IReadOnlyList<ListenerOptions> listeners, ConnectionTable connections, Teardown teardown)
    {
        (_node, Listeners, _connections, _teardown) = (node, listeners, connections, teardown);
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
            return await assembly.StartAsync();
        }
        catch (Exception fault)
        {
            await assembly.Teardown.RunAsync();

            // What the disk did comes before what came of it.
            if (fault is ControllerFailedException or DiskException && assembly.DiskFailure is { } failure)
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
        await _teardown.RunAsync();
        _ended.TrySetResult();
    }

    /// <summary>Ends the node, or has the controller told, when log directories fail; also those that failed while it was started.</summary>
    /// <param name="work">For what waits for the controller.</param>
    internal void Watch(BlockingWork work)
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
        // A cluster of one: nobody else could be the controller.
        var failed = await _node.Cluster.Active.Resigned;
        _ended.TrySetException(_node.Directories.All.Select(d => d.Failure).FirstOrDefault(f => f is not null) ?? (Exception)failed);
    }

    private void OnOffline(LogDirectory offline, DiskException failure, BlockingWork work)
    {
        Log.DirectoryOffline(_logger, offline.Path, failure.Message);
        _node.Coordinators.OnDirectoryOffline();
        if (_node.Directories.All.All(d => d.IsOffline))
        {
            Log.EveryDirectoryOffline(_logger, failure.Message);
            _ended.TrySetException(failure);
            return;
        }

        // Whoever met the failure may hold a log's lock, and the controller tells everybody before it answers.
        work.Start(() => _ = _node.Reports.OnOfflineAsync());
    }
}
