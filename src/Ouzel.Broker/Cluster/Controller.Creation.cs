using Ouzel.Broker.Configs;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

internal sealed partial class Controller
{
    /// <summary>
    /// Creates topics, each by itself. Of several mistakes the one named is, in this order: the name, that the topic exists,
    /// the settings, the counts or the placement. Names that are twice in the request are refused once.
    /// </summary>
    /// <param name="describable">Whether the client may read a topic's settings and counts.</param>
    public Decision<CreateTopicsResponse> CreateTopics(ClusterImage image, CreateTopicsRequest request, Func<string, bool> describable)
    {
        var response = new CreateTopicsResponse();
        var records = new List<ClusterRecord>();
        var times = request.Topics.CountBy(t => t.Name, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var tooMany = PartitionCount(request) > PartitionsPerRequestMax;
        var collisionKeys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var topic in request.Topics)
        {
            if (!times.Remove(topic.Name, out var count))
            {
                continue;
            }

            var result = new CreateTopicsResponse.CreatableTopicResult { Name = topic.Name, ErrorMessage = null };
            response.Topics.Add(result);
            if (CheckName(image, topic.Name, count, collisionKeys) is { } refusal)
            {
                Refuse(result, refusal);
            }
            else if (tooMany)
            {
                Refuse(result, (ErrorCode.PolicyViolation, $"One request creates at most {PartitionsPerRequestMax} partitions"));
            }
            else
            {
                Create(image, topic, result, describable(topic.Name), records);
            }
        }

        return new(response, request.validateOnly ? [] : records);
    }

    /// <summary>Every partition the request asks for, whether it may or not.</summary>
    private long PartitionCount(CreateTopicsRequest request) => request.Topics.Sum(topic =>
        topic.Assignments.Count > 0 ? topic.Assignments.Count : topic.NumPartitions < 0 ? _options.PartitionsDefault : (long)topic.NumPartitions);

    private static (ErrorCode Code, string Message)? CheckName(ClusterImage image, string name, int timesInRequest, HashSet<string> collisionKeys)
    {
        if (timesInRequest > 1)
        {
            return (ErrorCode.InvalidRequest, $"Topic '{name}' is named {timesInRequest} times in the request");
        }

        if (name == TopicNames.ClusterMetadata)
        {
            return (ErrorCode.InvalidRequest, $"'{name}' holds the cluster's metadata and cannot be created");
        }

        if (TopicNames.Check(name) is { } illegal)
        {
            return (ErrorCode.InvalidTopicException, illegal);
        }

        if (image.Topics.ContainsKey(name))
        {
            return (ErrorCode.TopicAlreadyExists, $"Topic '{name}' already exists");
        }

        if (!TopicNames.CanCollide(name))
        {
            return null;
        }

        var key = TopicNames.CollisionKey(name);
        if (image.CollidingNames.TryGetValue(key, out var others))
        {
            return (ErrorCode.InvalidTopicException, $"Topic '{name}' differs from '{others[0]}' only in dots and underscores");
        }

        return collisionKeys.Add(key)
            ? null
            : (ErrorCode.InvalidTopicException, $"Topic '{name}' differs from another one in the request only in dots and underscores");
    }

    private void Create(
        ClusterImage image, CreateTopicsRequest.CreatableTopic topic, CreateTopicsResponse.CreatableTopicResult result, bool describable, List<ClusterRecord> records)
    {
        var configs = LastOfEach(topic.Configs);
        if (_settings.Check(configs, image) is { } wrong)
        {
            Refuse(result, wrong);
            return;
        }

        var (assignments, refusal) = topic.Assignments.Count > 0 ? Placed(image, topic) : Counted(image, topic);
        if (assignments is null)
        {
            Refuse(result, refusal);
            return;
        }

        result.TopicId = Uuid.Random(_random);
        records.Add(ClusterRecord.Of(new TopicRecord { Name = topic.Name, TopicId = result.TopicId }));
        foreach (var (name, value) in configs)
        {
            records.Add(ClusterRecord.Of(new ConfigRecord
            {
                ResourceType = (sbyte)ConfigResourceType.Topic,
                ResourceName = topic.Name,
                Name = name,
                Value = value,
            }));
        }

        for (var i = 0; i < assignments.Length; i++)
        {
            records.Add(NewPartition(image, result.TopicId, i, assignments[i]));
        }

        if (describable)
        {
            result.NumPartitions = assignments.Length;
            result.ReplicationFactor = (short)assignments[0].Length;
            result.Configs = _settings.Describe(configs.ToDictionary(c => c.Key, c => c.Value!, StringComparer.Ordinal), image);
        }
        else
        {
            result.TopicConfigErrorCode = (short)ErrorCode.TopicAuthorizationFailed;
        }
    }

    /// <summary>A setting given twice: the last one counts, at the place of the first.</summary>
    private static List<KeyValuePair<string, string?>> LastOfEach(List<CreateTopicsRequest.CreatableTopicConfig> configs)
    {
        var result = new List<KeyValuePair<string, string?>>(configs.Count);
        foreach (var config in configs)
        {
            var pair = KeyValuePair.Create(config.Name, config.Value);
            var index = result.FindIndex(known => known.Key == config.Name);
            if (index < 0)
            {
                result.Add(pair);
            }
            else
            {
                result[index] = pair;
            }
        }

        return result;
    }

    private (int[][]? Assignments, (ErrorCode, string) Refusal) Counted(ClusterImage image, CreateTopicsRequest.CreatableTopic topic)
    {
        if (topic.ReplicationFactor is 0 or < -1)
        {
            return (null, (ErrorCode.InvalidReplicationFactor, "The replication factor must be above 0, or -1 for the default"));
        }

        if (topic.NumPartitions is 0 or < -1)
        {
            return (null, (ErrorCode.InvalidPartitions, "The number of partitions must be above 0, or -1 for the default"));
        }

        var partitions = topic.NumPartitions == -1 ? _options.PartitionsDefault : topic.NumPartitions;
        var factor = topic.ReplicationFactor == -1 ? _options.ReplicationFactorDefault : topic.ReplicationFactor;
        var (assignments, refusal) = Placement.Spread(image, partitions, factor, _random);
        return (assignments, (ErrorCode.InvalidReplicationFactor, refusal ?? ""));
    }

    private static (int[][]? Assignments, (ErrorCode, string) Refusal) Placed(ClusterImage image, CreateTopicsRequest.CreatableTopic topic)
    {
        if (topic.NumPartitions != -1)
        {
            return (null, (ErrorCode.InvalidRequest, "With replicas placed by hand the number of partitions must be -1"));
        }

        if (topic.ReplicationFactor != -1)
        {
            return (null, (ErrorCode.InvalidRequest, "With replicas placed by hand the replication factor must be -1"));
        }

        var assignments = new int[topic.Assignments.Count][];
        int? factor = null;
        foreach (var assignment in topic.Assignments)
        {
            var index = assignment.PartitionIndex;
            if (index < 0 || index >= assignments.Length)
            {
                return (null, (ErrorCode.InvalidReplicaAssignment, "Partitions must be numbered from 0 without a gap"));
            }

            if (assignments[index] is not null)
            {
                return (null, (ErrorCode.InvalidReplicaAssignment, $"Partition {index} is placed twice"));
            }

            if (CheckPlaced(image, assignment.BrokerIds, index, factor) is { } refusal)
            {
                return (null, (ErrorCode.InvalidReplicaAssignment, refusal));
            }

            factor ??= assignment.BrokerIds.Count;
            assignments[index] = [.. assignment.BrokerIds];
        }

        return (assignments, default);
    }

    private static string? CheckPlaced(ClusterImage image, List<int> brokerIds, int index, int? replicationFactor) =>
        Placement.Check(image, brokerIds, replicationFactor)
        ?? (brokerIds.Find(id => image.Brokers[id].IsCordoned) is var full && brokerIds.Exists(id => image.Brokers[id].IsCordoned) ? $"Every log directory of broker {full} is cordoned" : null)
        ?? (brokerIds.Exists(image.IsActive) ? null : $"Every broker named for partition {index} is fenced or shutting down");

    private static ClusterRecord NewPartition(ClusterImage image, Uuid topicId, int index, int[] replicas)
    {
        var isr = replicas.Where(image.IsActive).ToList();
        return ClusterRecord.Of(new PartitionRecord
        {
            PartitionId = index,
            TopicId = topicId,
            Replicas = [.. replicas],
            Isr = isr,
            Leader = isr[0],
            LeaderEpoch = 0,
            PartitionEpoch = 0,
            Directories = image.MetadataVersion.HasDirectories ? [.. replicas.Select(id => DirectoryOf(image, id))] : [],
        }, image.MetadataVersion);
    }

    /// <summary>A broker with one log directory needs no asking; any other says it once the replica is there.</summary>
    private static Uuid DirectoryOf(ClusterImage image, int brokerId) =>
        image.Brokers.TryGetValue(brokerId, out var broker) && broker.LogDirectories.Length == 1 ? broker.LogDirectories[0] : DirectoryIds.Unassigned;

    private static void Refuse(CreateTopicsResponse.CreatableTopicResult result, (ErrorCode Code, string Message) refusal)
    {
        result.ErrorCode = refusal.Code;
        result.ErrorMessage = refusal.Message;
    }
}
