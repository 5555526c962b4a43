using Microsoft.Extensions.Logging;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Protocol;

namespace Ouzel.Broker.Coordination;

/// <summary>
/// The shards of one internal topic on this node: which of them there are follows from leadership, and which one a request is for from its key. What a shard does is its own.
/// docs/internals/coordination.md says how to add one.
/// </summary>
/// <param name="topic">The internal topic.</param>
/// <param name="create">Makes an empty shard, which its partition is then read into.</param>
/// <param name="metadata">How many partitions the topic has.</param>
/// <param name="time">The node's clock.</param>
/// <param name="logger">For what goes wrong.</param>
/// <param name="onLoaded">Told when none is being read any more: how many are served since, and the milliseconds.</param>
internal sealed class Coordinator<TShard>(
    string topic, Func<LedPartition, TShard> create, MetadataCache metadata, TimeProvider time, ILogger logger, Action<int, long> onLoaded) : ICoordinator
    where TShard : class, ICoordinatorShard
{
    /// <summary>Parts of one request that wait for their shards at one time.</summary>
    private const int PartsAtOnceMax = 256;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, ShardRuntime<TShard>> _shards = [];

    public string Topic => topic;

    public Action<int> Missing { get; set; } = static _ => { };

    public CoordinatorLoads Loads { get; } = new(time, onLoaded);

    /// <summary>The shards of all partitions that this node leads or led, by partition.</summary>
    public IReadOnlyList<ShardRuntime<TShard>> Shards
    {
        get
        {
            lock (_gate)
            {
                return [.. _shards.Values];
            }
        }
    }

    public void Lead(int partition, ICoordinatorLog log, int leaderEpoch, RecoveredEnds? recovered = null)
    {
        ShardRuntime<TShard>? shard;
        lock (_gate)
        {
            if (!_shards.TryGetValue(partition, out shard))
            {
                shard = new ShardRuntime<TShard>($"{topic}-{partition}", epoch => create(new LedPartition(partition, epoch, recovered)), log, time, logger, Loads);
                _shards[partition] = shard;
            }
        }

        shard.Lead(leaderEpoch);
    }

    public void Resign(int partition, int leaderEpoch)
    {
        ShardRuntime<TShard>? shard;
        lock (_gate)
        {
            _shards.TryGetValue(partition, out shard);
        }

        shard?.Resign(leaderEpoch);
    }

    public void Forget(int partition)
    {
        ShardRuntime<TShard>? shard;
        lock (_gate)
        {
            _shards.Remove(partition, out shard);
        }

        shard?.Dispose();
    }

    public bool IsLost(int partition) => ShardOf(partition) is not { IsLost: false };

    public void OnDirectoryOffline()
    {
        foreach (var shard in Shards)
        {
            shard.CheckLog();
        }
    }

    public void OnTopicsDeleted(IReadOnlySet<string> topics)
    {
        foreach (var shard in Shards)
        {
            shard.Post((s, _) => s.OnTopicsDeleted(topics));
        }
    }

    public Task<ErrorCode> EndTransactionAsync(int partition, CoordinatorMarker marker) =>
        ShardOf(partition)?.EndTransactionAsync(marker) ?? Task.FromResult(ErrorCode.NotCoordinator);

    /// <summary>Runs a request on the shard that has its key; where there is none here, the response says so.</summary>
    /// <param name="key">A group's id, a transactional id.</param>
    /// <param name="operation">Handles the request and gives its response to the reply, now or in a later step.</param>
    /// <param name="failure">Makes the response that carries an error.</param>
    /// <param name="waiter">The request, when its response may be long in coming: it is let go when its client goes.</param>
    public Task<T> RunAsync<T>(string key, Func<TShard, CoordinatorMoment, Reply<T>, CoordinatorStep> operation, Func<ErrorCode, T> failure, RequestContext? waiter = null)
    {
        ShardRuntime<TShard>? shard = null;
        var error = ErrorCode.NotCoordinator;
        if (metadata.Current.TryTopic(topic, out var image))
        {
            var partition = CoordinatorPartition.Of(key, image.Partitions.Length);
            shard = ShardOf(partition);
            error = image.Partitions[partition].Leader < 0 ? ErrorCode.CoordinatorNotAvailable : error;
        }

        return shard?.RunAsync(operation, failure, waiter) ?? Task.FromResult(failure(error));
    }

    /// <summary>The same for a request that only looks.</summary>
    public Task<T> AskAsync<T>(string key, Func<TShard, T> look, Func<ErrorCode, T> failure) => RunAsync(
        key,
        (shard, _, reply) =>
        {
            reply.Set(look(shard));
            return CoordinatorStep.Done;
        },
        failure);

    /// <summary>Does the parts of a request, a bounded number of them at a time, and takes what comes of them in their order.</summary>
    public static async ValueTask EachAsync<TPart, TResult>(IReadOnlyList<TPart> parts, Func<TPart, Task<TResult>> begin, Action<TResult> take)
    {
        foreach (var piece in parts.Chunk(PartsAtOnceMax))
        {
            Task<TResult>[] begun = [.. piece.Select(begin)];
            foreach (var task in begun)
            {
                take(await task);
            }
        }
    }

    public void Dispose()
    {
        foreach (var shard in Shards)
        {
            shard.Dispose();
        }
    }

    private ShardRuntime<TShard>? ShardOf(int partition)
    {
        ShardRuntime<TShard>? shard;
        lock (_gate)
        {
            _shards.TryGetValue(partition, out shard);
        }

        if (shard is null)
        {
            Missing(partition);
        }

        return shard;
    }
}

/// <summary>An internal partition that this node begins to lead.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="LeaderEpoch">The coordinator's epoch: what it says to others is refused once somebody has heard of a newer one.</param>
/// <param name="Recovered">How far the logs reached after a stop that was not clean; null after a clean one.</param>
internal readonly record struct LedPartition(int Partition, int LeaderEpoch, RecoveredEnds? Recovered);
