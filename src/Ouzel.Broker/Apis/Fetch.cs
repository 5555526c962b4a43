using Ouzel.Broker.Cluster;
using Ouzel.Broker.Partitions;
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
internal sealed class FetchApi(MetadataCache metadata, PartitionTable partitions, FetchSessions sessions, TimingWheel wheel, Func<int> fetchBytesMax) : IApi<FetchRequest, FetchResponse>
{
    private const short TopicIdsFrom = 13;
    private const short BytesMaxFrom = 3;

    public ValueTask<FetchResponse> HandleAsync(FetchRequest request, RequestContext context)
    {
        FetchPlan plan = sessions.Plan(request, context.ApiVersion);
        if (plan.Error != ErrorCode.None)
        {
            return new(new FetchResponse { ErrorCode = plan.Error });
        }

        List<(FetchTarget Target, Partition? Partition)> readable = [];
        List<(FetchTarget, FetchResponse.PartitionData)>? refused = null;
        foreach (FetchTarget target in plan.Targets)
        {
            ErrorCode error = Find(target, out Partition? partition);
            if (error == ErrorCode.None)
            {
                readable.Add((target, partition));
            }
            else
            {
                (refused ??= []).Add((target, FetchRead.Refused(target, error)));
            }
        }

        ValueTask<FetchRead> reading = new PendingFetch(readable, LimitsOf(request, context), wheel).RunAsync(request.MaxWaitMs);
        return reading.IsCompletedSuccessfully
            ? new(Answer(plan, reading.Result, refused, context))
            : FinishAsync(plan, reading, refused, context);
    }

    private async ValueTask<FetchResponse> FinishAsync(FetchPlan plan, ValueTask<FetchRead> reading, List<(FetchTarget, FetchResponse.PartitionData)>? refused, RequestContext context)
        => Answer(plan, await reading, refused, context);

    private FetchLimits LimitsOf(FetchRequest request, RequestContext context)
    {
        int bytesMax = Math.Min(context.ApiVersion >= BytesMaxFrom ? request.MaxBytes : int.MaxValue, fetchBytesMax());
        return new FetchLimits(
            bytesMax,
            Math.Min(request.MinBytes, bytesMax),
            request.IsolationLevel == 1 ? FetchIsolation.Committed : FetchIsolation.HighWatermark,
            context.ApiVersion >= 15 ? request.ReplicaState.ReplicaId : request.ReplicaId);
    }

    /// <summary>None, also with a null partition where the cluster has it but this node does not.</summary>
    private ErrorCode Find(FetchTarget target, out Partition? partition)
    {
        partition = null;
        ClusterImage image = metadata.Current;
        if (target.Topic is null)
        {
            if (!image.TryTopic(target.TopicId, out TopicImage? byId))
            {
                return ErrorCode.UnknownTopicId;
            }

            target.Topic = byId.Name;
        }

        if (!image.TryPartition(target.Topic, target.Partition, out _))
        {
            return ErrorCode.UnknownTopicOrPartition;
        }

        partitions.TryGet(new TopicPartition(target.Topic, target.Partition), out partition);
        return ErrorCode.None;
    }

    private FetchResponse Answer(FetchPlan plan, FetchRead read, List<(FetchTarget, FetchResponse.PartitionData)>? refused, RequestContext context)
    {
        var response = new FetchResponse();
        List<(FetchTarget Target, FetchResponse.PartitionData Data)> parts = read.Parts;
        if (refused is not null)
        {
            // Like Kafka: what cannot be read at all comes behind what can.
            parts.AddRange(refused);
        }

        if (context.ApiVersion < OldFetch.BatchesFrom)
        {
            OldFetch.Convert(parts, context.ApiVersion);
        }

        if (plan.Session is { } session)
        {
            lock (session.Gate)
            {
                if (session.Epoch != plan.SessionEpoch)
                {
                    read.Release();
                    return new FetchResponse { ErrorCode = ErrorCode.InvalidFetchSessionEpoch };
                }

                response.SessionId = session.Id;
                foreach ((FetchTarget target, FetchResponse.PartitionData data) in parts)
                {
                    if (target.Tell(data))
                    {
                        Add(response, target, data, context);
                        if (data.Records is { Length: > 0 })
                        {
                            session.MoveToBack(target);
                        }
                    }
                }
            }

            return response;
        }

        foreach ((FetchTarget target, FetchResponse.PartitionData data) in parts)
        {
            target.Tell(data);
            Add(response, target, data, context);
        }

        if (plan.OpensSession && sessions.Open(plan) is { } opened)
        {
            response.SessionId = opened.Id;
        }

        return response;
    }

    private static void Add(FetchResponse response, FetchTarget target, FetchResponse.PartitionData data, RequestContext context)
    {
        bool byId = context.ApiVersion >= TopicIdsFrom;
        FetchResponse.FetchableTopicResponse? topic = response.Responses.Count > 0 ? response.Responses[^1] : null;
        if (topic is null || (byId ? topic.TopicId != target.TopicId : topic.Topic != target.Topic))
        {
            topic = new FetchResponse.FetchableTopicResponse { Topic = byId ? "" : target.Topic!, TopicId = target.TopicId };
            response.Responses.Add(topic);
        }

        topic.Partitions.Add(data);
    }
}
