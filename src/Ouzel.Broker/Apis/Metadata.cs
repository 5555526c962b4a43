using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>
/// Brokers, topics and partition leaders. v0 empty list = all topics; v1 null = all, controller, rack; v2 cluster id; v4 says whether to create; v5 offline replicas;
/// v7 leader epoch; v8 authorized operations; v10 topic ids in the response; v12 lookup by id; v13 error at the top.
/// </summary>
internal sealed class MetadataApi(ClusterNode cluster, BrokerAddresses addresses, bool autoCreate) : IApi<MetadataRequest, MetadataResponse>, ILongResponse<MetadataRequest>
{
    /// <summary>A partition of the response: itself, three lists of replicas, and its encoding.</summary>
    private const int PartitionBytes = 320;

    private const short CreationIsAskedFrom = 4;
    private const short LookupByIdFrom = 12;

    /// <summary>Topics that one request makes; the others are told the same and are made when the client asks again. Kafka's controller refuses more records than this in one operation.</summary>
    private const int CreationsMax = 10_000;

    public async ValueTask<MetadataResponse> HandleAsync(MetadataRequest request, RequestContext context)
    {
        if (context.ApiVersion < LookupByIdFrom && request.Topics?.Exists(t => t.TopicId != Uuid.Zero || t.Name is null) == true)
        {
            return Refused(request);
        }

        var image = cluster.Metadata.Current;
        var response = new MetadataResponse { ClusterId = image.ClusterId, ControllerId = cluster.NodeId, Brokers = Brokers(image, context) };
        if (request.IncludeClusterAuthorizedOperations)
        {
            response.ClusterAuthorizedOperations = AuthorizedOperations.OfCluster(context);
        }

        if (request.Topics is null || (context.ApiVersion == 0 && request.Topics.Count == 0))
        {
            await AddAllAsync(image, context, response.Topics);
        }
        else if (request.Topics.Exists(t => t.TopicId != Uuid.Zero))
        {
            await AddByIdAsync(image, context, request.Topics, response.Topics);
        }
        else
        {
            await AddByNameAsync(image, context, request.Topics, autoCreate && (context.ApiVersion < CreationIsAskedFrom || request.AllowAutoTopicCreation), response.Topics);
        }

        if (request.IncludeTopicAuthorizedOperations)
        {
            // What one may do with a name does not depend on a topic's being there; an unknown id has no name.
            foreach (var topic in response.Topics.Where(t => t.Name is not null && t.ErrorCode != ErrorCode.TopicAuthorizationFailed))
            {
                topic.TopicAuthorizedOperations = AuthorizedOperations.OfTopic(context, topic.Name!);
            }
        }

        return response;
    }

    public long ResponseBytes(MetadataRequest request, RequestContext context)
    {
        var topics = cluster.Metadata.Current.Topics;
        long partitions = 0;
        if (request.Topics is null || (context.ApiVersion == 0 && request.Topics.Count == 0))
        {
            foreach (var topic in topics.Values)
            {
                partitions += 1 + topic.Partitions.Length;
            }

            return partitions * PartitionBytes;
        }

        foreach (var asked in request.Topics)
        {
            partitions += asked.Name is { } name && topics.TryGetValue(name, out var topic) ? topic.Partitions.Length : 0;
        }

        return partitions * PartitionBytes;
    }

    /// <summary>An id in a version that cannot look ids up: every topic asked for has the error, under a name that is not null.</summary>
    private static MetadataResponse Refused(MetadataRequest request) => new()
    {
        Topics = [.. request.Topics!.Select(t => Unknown(t.Name ?? "", default, ErrorCode.InvalidRequest))],
    };

    private List<MetadataResponse.MetadataResponseBroker> Brokers(ClusterImage image, RequestContext context)
    {
        var brokers = new List<MetadataResponse.MetadataResponseBroker>(image.Brokers.Count);
        foreach (var broker in image.Brokers.Values)
        {
            if (addresses.TryFind(image, broker.Id, context, out var host, out var port))
            {
                brokers.Add(new() { NodeId = broker.Id, Host = host, Port = port, Rack = broker.Rack });
            }
        }

        return brokers;
    }

    private static async ValueTask AddAllAsync(ClusterImage image, RequestContext context, List<MetadataResponse.MetadataResponseTopic> answers)
    {
        var turns = new Turns(Turns.LookedUp);
        foreach (var topic in image.Topics.Values)
        {
            // Of topics that it may not describe, a client that asks for all is not told.
            if (MayDescribe(context, topic.Name))
            {
                answers.Add(Describe(image, topic));
            }

            if (turns.IsOver(1 + topic.Partitions.Length))
            {
                await Task.Yield();
            }
        }
    }

    private static async ValueTask AddByIdAsync(ClusterImage image, RequestContext context, List<MetadataRequest.MetadataRequestTopic> asked, List<MetadataResponse.MetadataResponseTopic> answers)
    {
        var turns = new Turns(Turns.LookedUp);
        var seen = new HashSet<Uuid>();
        foreach (var id in asked.Select(t => t.TopicId).Where(id => id != Uuid.Zero && seen.Add(id)))
        {
            answers.Add(!image.TryTopic(id, out var topic) ? Unknown(null, id, ErrorCode.UnknownTopicId)
                : MayDescribe(context, topic.Name) ? Describe(image, topic)
                : Denied(null, id));
            if (turns.IsOver(1 + (topic?.Partitions.Length ?? 0)))
            {
                await Task.Yield();
            }
        }
    }

    private async ValueTask AddByNameAsync(
        ClusterImage image, RequestContext context, List<MetadataRequest.MetadataRequestTopic> asked, bool create, List<MetadataResponse.MetadataResponseTopic> answers)
    {
        var turns = new Turns(Turns.LookedUp);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        List<string>? missing = null;
        if (asked.Exists(t => t.Name is null))
        {
            answers.Add(Unknown(null, default, ErrorCode.InvalidRequest));
        }

        foreach (var name in asked.Select(t => t.Name).OfType<string>().Where(seen.Add))
        {
            TopicImage? topic = null;
            if (!MayDescribe(context, name))
            {
                // Not even whether it is there.
                answers.Add(Denied(name, default));
            }
            else if (image.TryTopic(name, out topic))
            {
                answers.Add(Describe(image, topic));
            }
            else if (TopicNames.Check(name) is not null)
            {
                answers.Add(Unknown(name, default, ErrorCode.InvalidTopicException));
            }
            else if (create && name != TopicNames.ClusterMetadata && !context.MayCluster(AclOperation.Create) && !context.May(AclOperation.Create, ResourceType.Topic, name))
            {
                answers.Add(Denied(name, default));
            }
            else if (create && name != TopicNames.ClusterMetadata)
            {
                (missing ??= []).Add(name);
            }
            else
            {
                answers.Add(Unknown(name, default, ErrorCode.UnknownTopicOrPartition));
            }

            if (turns.IsOver(1 + (topic?.Partitions.Length ?? 0)))
            {
                await Task.Yield();
            }
        }

        if (missing is not null)
        {
            await CreateAsync(missing, answers);
        }
    }

    /// <summary>
    /// Clients expect to be told that the topic is not there yet and ask again, as Kafka tells them; here it is there when they do. What the controller says
    /// of the creation, Kafka never tells them: whether it refused shows in the topic's not coming.
    /// </summary>
    private async ValueTask CreateAsync(List<string> names, List<MetadataResponse.MetadataResponseTopic> answers)
    {
        foreach (var name in names)
        {
            answers.Add(Unknown(name, default, ErrorCode.UnknownTopicOrPartition));
        }

        var creation = new CreateTopicsRequest();
        foreach (var name in names.Where(name => !InternalTopicNames.IsInternal(name)).Take(CreationsMax))
        {
            creation.Topics.Add(new() { Name = name, NumPartitions = -1, ReplicationFactor = -1 });
        }

        foreach (var name in names.Where(InternalTopicNames.IsInternal))
        {
            await cluster.InternalTopics.EnsureTopicAsync(name);
        }

        if (creation.Topics.Count == 0)
        {
            return;
        }

        try
        {
            await cluster.Controller.CreateTopicsAsync(creation, static _ => true);
        }
        catch (ControllerFailedException)
        {
            // It has said why when it failed, and the other topics of this request are to be told.
        }
    }

    private static bool MayDescribe(RequestContext context, string topic) => context.May(AclOperation.Describe, ResourceType.Topic, topic);

    private static MetadataResponse.MetadataResponseTopic Denied(string? name, Uuid id) => new() { Name = name, TopicId = id, ErrorCode = ErrorCode.TopicAuthorizationFailed };

    private static MetadataResponse.MetadataResponseTopic Unknown(string? name, Uuid id, ErrorCode code) => new()
    {
        // The names are reserved whether the topics exist or not.
        Name = name,
        TopicId = id,
        ErrorCode = code,
        IsInternal = name is not null && InternalTopicNames.IsInternal(name),
    };

    private static MetadataResponse.MetadataResponseTopic Describe(ClusterImage image, TopicImage topic)
    {
        var partitions = new List<MetadataResponse.MetadataResponsePartition>(topic.Partitions.Length);
        for (var i = 0; i < topic.Partitions.Length; i++)
        {
            var partition = topic.Partitions[i];
            partitions.Add(new()
            {
                PartitionIndex = i,
                ErrorCode = partition.Leader == PartitionImage.NoLeader ? ErrorCode.LeaderNotAvailable : ErrorCode.None,
                LeaderId = partition.Leader,
                LeaderEpoch = partition.LeaderEpoch,
                ReplicaNodes = [.. partition.Replicas],
                IsrNodes = [.. partition.Isr],
                OfflineReplicas = Offline(image, partition),
            });
        }

        return new() { Name = topic.Name, TopicId = topic.Id, IsInternal = InternalTopicNames.IsInternal(topic.Name), Partitions = partitions };
    }

    /// <summary>Replicas that clients cannot reach: their broker is away, or their log directory failed.</summary>
    internal static List<int> Offline(ClusterImage image, PartitionImage partition)
    {
        var offline = new List<int>();
        foreach (var id in partition.Replicas)
        {
            if (image.IsOffline(partition, id))
            {
                offline.Add(id);
            }
        }

        return offline;
    }
}
