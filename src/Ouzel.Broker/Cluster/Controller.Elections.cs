using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

internal sealed partial class Controller
{
    private const sbyte PreferredElection = 0;
    private const sbyte UncleanElection = 1;

    /// <summary>
    /// Moves leadership to the preferred replica, or (unclean) to any living one of a partition that nobody leads.
    /// A null list means all partitions; those where nothing is needed are left out of the response then.
    /// </summary>
    public Decision<ElectLeadersResponse> ElectLeaders(ClusterImage image, ElectLeadersRequest request)
    {
        var response = new ElectLeadersResponse();
        var records = new List<ClusterRecord>();
        if (request.ElectionType is not (PreferredElection or UncleanElection))
        {
            var message = $"There is no election of kind {request.ElectionType}";
            response.ErrorCode = ErrorCode.InvalidRequest;
            foreach (var topic in request.TopicPartitions ?? [])
            {
                response.ReplicaElectionResults.Add(new()
                {
                    Topic = topic.Topic,
                    PartitionResult = [.. topic.Partitions.Select(p => Elected(p, ErrorCode.InvalidRequest, message))],
                });
            }

            return Decision<ElectLeadersResponse>.Refusal(response);
        }

        var wanted = request.TopicPartitions?.Select(t => (t.Topic, Partitions: (IEnumerable<int>)t.Partitions))
            ?? InOrder(image).Select(t => (t.Name, Enumerable.Range(0, t.Partitions.Length)));
        foreach (var (name, partitions) in wanted)
        {
            var result = new ElectLeadersResponse.ReplicaElectionResult { Topic = name };
            response.ReplicaElectionResults.Add(result);
            foreach (var index in partitions)
            {
                var (code, message) = Elect(image, name, index, request.ElectionType == UncleanElection, records);
                if (code != ErrorCode.ElectionNotNeeded || request.TopicPartitions is not null)
                {
                    result.PartitionResult.Add(Elected(index, code, message));
                }
            }
        }

        return new(response, records);
    }

    private (ErrorCode Code, string? Message) Elect(ClusterImage image, string name, int index, bool unclean, List<ClusterRecord> records)
    {
        if (!image.TryTopic(name, out var topic) || !topic.TryPartition(index, out var partition))
        {
            return (ErrorCode.UnknownTopicOrPartition, $"There is no partition {name}-{index}");
        }

        var preferred = partition.Replicas[0];
        if (unclean ? partition.Leader != PartitionImage.NoLeader : partition.Leader == preferred)
        {
            return (ErrorCode.ElectionNotNeeded, unclean ? "The partition has a leader" : "The preferred replica leads already");
        }

        if (unclean)
        {
            var election = new LeaderElection(image.MayLead, _settings.IsrMin(name, image), image.HasEligibleLeaders, uncleanAllowed: true);
            if (election.WithLeader(topic.Id, index, partition) is not { } change)
            {
                return (ErrorCode.EligibleLeadersNotAvailable, "No replica of the partition is alive");
            }

            records.Add(ClusterRecord.Of(change, image.MetadataVersion));
            return (ErrorCode.None, null);
        }

        if (!image.MayLead(partition, preferred) || !partition.Isr.Contains(preferred))
        {
            return (ErrorCode.PreferredLeaderNotAvailable, $"The preferred replica {preferred} is not alive and in the ISR");
        }

        records.Add(ClusterRecord.Of(ElectionFor(name, image).WithLeader(topic.Id, index, preferred), image.MetadataVersion));
        return (ErrorCode.None, null);
    }

    private static ElectLeadersResponse.PartitionResult Elected(int index, ErrorCode code, string? message) =>
        new() { PartitionId = index, ErrorCode = code, ErrorMessage = message };
}
