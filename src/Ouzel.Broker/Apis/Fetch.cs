using System.Runtime.CompilerServices;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Fetching;
using Ouzel.Broker.Jobs;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Partitions;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Apis;

/// <summary>Reads batches from partitions, waiting for a minimum of bytes.</summary>
/// <remarks>
/// v0 and v1 carry message format 0, v2 and v3 format 1, all later ones what is stored. v3 limit for the whole request, and the first
/// batch always comes whole. v4 isolation. v5 log start. v7 sessions (KIP-227). v9 leader epoch. v11 rack. v12 divergence (KIP-595),
/// flexible. v13 topic ids. v15 replica state. v16 the leader in errors. v17 directory id. v18 high watermark of a follower.
/// </remarks>
internal sealed class FetchApi(MetadataCache metadata, PartitionTable partitions, FetchSessions sessions, TimingWheel wheel, Func<int> fetchBytesMax, MemoryBudget memory) : IReusingApi<FetchRequest, FetchResponse>
{
    private const short TopicIdsFrom = 13;
    private const short BytesMaxFrom = 3;

    /// <summary>Fetches that wait at one time and are used again; those beyond are made anew.</summary>
    private const int FetchesKeptMax = 1024;

    /// <summary>Partitions of a fetch whose lists are kept for the next: a larger one's would keep their memory for ever.</summary>
    private const int PartitionsKeptMax = 512;

    /// <summary>Partitions that are looked at on the thread of the connection; more of them, as a session may hold, are a matter for the pool.</summary>
    private const int LooksAtOnceMax = 512;

    private readonly Pool<PendingFetch> _fetches = new(FetchesKeptMax);
    private readonly FetchPieces _pieces = new();

    public ValueTask<FetchResponse> HandleAsync(FetchRequest request, RequestContext context)
    {
        var fetch = _fetches.Rent();
        sessions.Plan(request, context.ApiVersion, fetch.Plan);
        if (fetch.Plan.Error != ErrorCode.None)
        {
            return new(Finish(fetch, _pieces.Response(fetch.Plan.Error)));
        }

        // Other brokers read whatever they replicate; that this is one, the request says itself.
        var isFollower = LimitsOf(request, context).ReplicaId >= 0;
        var isDenied = isFollower && !context.MayCluster(AclOperation.ClusterAction);
        foreach (var target in fetch.Plan.Targets)
        {
            var error = Find(target, isFollower, isDenied, context, out var partition);
            fetch.Add(target, partition, error);
        }

        var limits = LimitsOf(request, context);
        if (fetch.Count > LooksAtOnceMax)
        {
            return LookLaterAsync(fetch, limits, request.MaxWaitMs, context);
        }

        var wait = fetch.RunAsync(limits, _pieces, partitions.Faults, wheel, context, request.MaxWaitMs);
        return context.ApiVersion < OldFetch.BatchesFrom ? ConvertAsync(fetch, wait, context)
            : wait.IsCompletedSuccessfully ? new(Finish(fetch, Respond(fetch, context)))
            : WaitAsync(fetch, wait, context);
    }

    public void Forget(FetchRequest request)
    {
        // Nothing in it is a slice of the frame.
    }

    public void TakeBack(FetchResponse response) => _pieces.TakeBack(response);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FetchResponse> WaitAsync(PendingFetch fetch, ValueTask wait, RequestContext context)
    {
        await wait;
        return Finish(fetch, Respond(fetch, context));
    }

    private async ValueTask<FetchResponse> LookLaterAsync(PendingFetch fetch, FetchLimits limits, int waitMs, RequestContext context)
    {
        await Task.Yield();
        var wait = fetch.RunAsync(limits, _pieces, partitions.Faults, wheel, context, waitMs);
        return await (context.ApiVersion < OldFetch.BatchesFrom ? ConvertAsync(fetch, wait, context) : WaitAsync(fetch, wait, context));
    }

    /// <summary>For old clients: what is found is converted, a partition in each turn, once there is memory for it, which it holds until the client has read it.</summary>
    private async ValueTask<FetchResponse> ConvertAsync(PendingFetch fetch, ValueTask wait, RequestContext context)
    {
        await wait;
        var bytes = OldFetch.BytesFor(fetch.FoundBytes);
        if (bytes == 0)
        {
            return Finish(fetch, Respond(fetch, context));
        }

        if (!memory.Requests.TryTake(bytes))
        {
            if (context.HoldsMemory)
            {
                // Nothing this time: its client asks again, and holds nothing meanwhile.
                fetch.DropRecords();
                return Finish(fetch, Respond(fetch, context));
            }

            await memory.Requests.TakeAsync(bytes);
        }

        context.Charged += bytes;
        for (var i = 0; i < fetch.FoundCount; i++)
        {
            var (target, data) = fetch.Take(i);
            await OldFetch.ConvertAsync(target, data, context.ApiVersion, _pieces, partitions, memory.LargeTurns);
        }

        return Finish(fetch, Respond(fetch, context));
    }

    private FetchResponse Finish(PendingFetch fetch, FetchResponse response)
    {
        var isKept = fetch.Count <= PartitionsKeptMax;
        fetch.Clear();
        if (isKept)
        {
            _fetches.Return(fetch);
        }

        return response;
    }

    private FetchLimits LimitsOf(FetchRequest request, RequestContext context)
    {
        var bytesMax = Math.Min(context.ApiVersion >= BytesMaxFrom ? request.MaxBytes : int.MaxValue, fetchBytesMax());
        bytesMax = context.ApiVersion < OldFetch.BatchesFrom ? Math.Min(bytesMax, OldFetch.BytesMax) : bytesMax;
        return new FetchLimits(
            bytesMax,
            Math.Min(request.MinBytes, bytesMax),
            request.IsolationLevel == 1 ? FetchIsolation.Committed : FetchIsolation.HighWatermark,
            context.ApiVersion >= 15 ? request.ReplicaState.ReplicaId : request.ReplicaId);
    }

    /// <summary>None, also with a null partition where the cluster has it but this node does not.</summary>
    private ErrorCode Find(FetchTarget target, bool isFollower, bool isDenied, RequestContext context, out Partition? partition)
    {
        partition = null;
        if (isDenied)
        {
            return ErrorCode.TopicAuthorizationFailed;
        }

        var image = metadata.Current;
        if (target.Topic is null)
        {
            if (!image.TryTopic(target.TopicId, out var byId))
            {
                return ErrorCode.UnknownTopicId;
            }

            target.Topic = byId.Name;
        }

        if (!isFollower && !context.May(AclOperation.Read, ResourceType.Topic, target.Topic))
        {
            return ErrorCode.TopicAuthorizationFailed;
        }

        if (!image.TryPartition(target.Topic, target.Partition, out _))
        {
            return ErrorCode.UnknownTopicOrPartition;
        }

        var name = new TopicPartition(target.Topic, target.Partition);
        return partitions.TryGet(image, name, out partition) || !partitions.IsLost(name) ? ErrorCode.None : ErrorCode.KafkaStorageError;
    }

    private FetchResponse Respond(PendingFetch fetch, RequestContext context)
    {
        var plan = fetch.Plan;
        return fetch.IsGivenUp ? _pieces.Response() : plan.Session is { } session ? ResponseOfSession(fetch, session, context) : RespondInFull(fetch, context);
    }

    private FetchResponse RespondInFull(PendingFetch fetch, RequestContext context)
    {
        var response = _pieces.Response();
        for (var i = 0; i < fetch.Count; i++)
        {
            var (target, data) = fetch.Take(i);
            target.Tell(data);
            Add(response, target, data, context);
        }

        if (fetch.Plan.OpensSession && sessions.Open(fetch.Plan) is { } opened)
        {
            response.SessionId = opened.Id;
        }

        return response;
    }

    /// <summary>Only what the client does not know yet (KIP-227).</summary>
    private FetchResponse ResponseOfSession(PendingFetch fetch, FetchSession session, RequestContext context)
    {
        lock (session.Gate)
        {
            if (session.Epoch != fetch.Plan.SessionEpoch)
            {
                fetch.DropFound();
                return _pieces.Response(ErrorCode.InvalidFetchSessionEpoch);
            }

            var response = _pieces.Response();
            response.SessionId = session.Id;
            for (var i = 0; i < fetch.Count; i++)
            {
                var (target, data) = fetch.Take(i);
                if (!target.Tell(data))
                {
                    _pieces.TakeBack(data);
                    continue;
                }

                Add(response, target, data, context);
                if (data.Records is { Length: > 0 })
                {
                    session.MoveToBack(target);
                }
            }

            return response;
        }
    }

    private void Add(FetchResponse response, FetchTarget target, FetchResponse.PartitionData data, RequestContext context)
    {
        var byId = context.ApiVersion >= TopicIdsFrom;
        var topic = response.Responses.Count > 0 ? response.Responses[^1] : null;
        if (topic is null || (byId ? topic.TopicId != target.TopicId : topic.Topic != target.Topic))
        {
            topic = _pieces.Topic(byId ? "" : target.Topic!, target.TopicId);
            response.Responses.Add(topic);
        }

        topic.Partitions.Add(data);
    }
}
