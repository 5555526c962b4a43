using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

internal sealed partial class Controller
{
    /// <summary>Gives topics more partitions, each topic by itself. Existing partitions stay as they are.</summary>
    public Decision<CreatePartitionsResponse> CreatePartitions(ClusterImage image, CreatePartitionsRequest request, Func<string, bool> mayAlter)
    {
        var response = new CreatePartitionsResponse();
        var records = new List<ClusterRecord>();
        var times = request.Topics.CountBy(t => t.Name, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        foreach (var topic in request.Topics)
        {
            if (!times.Remove(topic.Name, out var count))
            {
                continue;
            }

            var (code, message) = count > 1
                ? (ErrorCode.InvalidRequest, $"Topic '{topic.Name}' is named {count} times in the request")
                : mayAlter(topic.Name) ? Grow(image, topic, records) : (ErrorCode.TopicAuthorizationFailed, null);
            response.Results.Add(new() { Name = topic.Name, ErrorCode = code, ErrorMessage = message });
        }

        return new(response, request.ValidateOnly ? [] : records);
    }

    private (ErrorCode Code, string? Message) Grow(ClusterImage image, CreatePartitionsRequest.CreatePartitionsTopic wanted, List<ClusterRecord> records)
    {
        if (!image.TryTopic(wanted.Name, out var topic))
        {
            return (ErrorCode.UnknownTopicOrPartition, null);
        }

        var count = topic.Partitions.Length;
        if (wanted.Count == count)
        {
            return (ErrorCode.InvalidPartitions, $"Topic '{topic.Name}' has {count} partition(s) already");
        }

        if (wanted.Count < count)
        {
            return (ErrorCode.InvalidPartitions, $"Topic '{topic.Name}' has {count} partition(s) and cannot have fewer ({wanted.Count})");
        }

        if (Array.Exists(topic.Partitions, p => p.IsReassigning))
        {
            return (ErrorCode.ReassignmentInProgress, $"Partitions of topic '{topic.Name}' are being moved");
        }

        var added = wanted.Count - count;
        if (added > PartitionsPerRequestMax)
        {
            return (ErrorCode.PolicyViolation, $"One request creates at most {PartitionsPerRequestMax} partitions");
        }

        var factor = topic.Partitions[0].Replicas.Length;
        int[][]? assignments;
        if (wanted.Assignments is null)
        {
            (assignments, var refusal) = Placement.Spread(image, added, factor, _random);
            if (assignments is null)
            {
                return (ErrorCode.InvalidReplicationFactor, refusal);
            }
        }
        else
        {
            (assignments, var refusal) = Placed(image, wanted.Assignments, count, added, factor);
            if (assignments is null)
            {
                return (ErrorCode.InvalidReplicaAssignment, refusal);
            }
        }

        for (var i = 0; i < added; i++)
        {
            records.Add(NewPartition(image, topic.Id, count + i, assignments[i]));
        }

        return (ErrorCode.None, null);
    }

    private static (int[][]? Assignments, string? Refusal) Placed(
        ClusterImage image, List<CreatePartitionsRequest.CreatePartitionsAssignment> rows, int firstIndex, int added, int factor)
    {
        if (rows.Count != added)
        {
            return (null, $"{added} partition(s) are to be added, but {rows.Count} are placed");
        }

        var assignments = new int[added][];
        for (var i = 0; i < added; i++)
        {
            if (CheckPlaced(image, rows[i].BrokerIds, firstIndex + i, factor) is { } refusal)
            {
                return (null, refusal);
            }

            assignments[i] = [.. rows[i].BrokerIds];
        }

        return (assignments, null);
    }
}
