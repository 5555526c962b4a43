using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

internal sealed partial class Controller
{
    private const sbyte Recovering = 1;

    /// <summary>
    /// A leader asks for another ISR. Refused when the leader's view is old, or a member could not be one: see the order of checks in
    /// docs/internals/cluster.md. A change that completes a reassignment also drops the replicas that go.
    /// </summary>
    public Decision<AlterPartitionResponse> AlterPartition(ClusterImage image, AlterPartitionRequest request)
    {
        if (CheckBrokerEpoch(image, request.BrokerId, request.BrokerEpoch) is var error and not ErrorCode.None)
        {
            return Decision<AlterPartitionResponse>.Refusal(new() { ErrorCode = error });
        }

        var response = new AlterPartitionResponse();
        var records = new List<ClusterRecord>();
        foreach (var topicData in request.Topics)
        {
            var result = new AlterPartitionResponse.TopicData { TopicId = topicData.TopicId };
            response.Topics.Add(result);
            foreach (var data in topicData.Partitions)
            {
                result.Partitions.Add(AlterPartition(image, request.BrokerId, topicData.TopicId, data, records));
            }
        }

        return new(response, records);
    }

    private AlterPartitionResponse.PartitionData AlterPartition(
        ClusterImage image, int senderId, Uuid topicId, AlterPartitionRequest.PartitionData data, List<ClusterRecord> records)
    {
        if (!image.TryTopic(topicId, out var topic))
        {
            return new() { PartitionIndex = data.PartitionIndex, ErrorCode = ErrorCode.UnknownTopicId };
        }

        if (!topic.TryPartition(data.PartitionIndex, out var partition))
        {
            return new() { PartitionIndex = data.PartitionIndex, ErrorCode = ErrorCode.UnknownTopicOrPartition };
        }

        int[] isr = data.NewIsrWithEpochs.Count > 0 ? [.. data.NewIsrWithEpochs.Select(m => m.BrokerId)] : [.. data.NewIsr];
        if (CheckIsrChange(image, senderId, partition, data, isr) is var error and not ErrorCode.None)
        {
            return new() { PartitionIndex = data.PartitionIndex, ErrorCode = error };
        }

        var recovered = partition.Recovering && data.LeaderRecoveryState != Recovering;
        if (!recovered && isr.SequenceEqual(partition.Isr))
        {
            return IsrNow(data.PartitionIndex, partition, ErrorCode.None);
        }

        var next = Completed(image, topic, partition with { Isr = isr });
        var change = ReplicaChange(image, topic, data.PartitionIndex, partition, next);
        if (recovered)
        {
            change.LeaderRecoveryState = 0;
        }

        if (image.HasEligibleLeaders && isr.Length >= Math.Min(_settings.IsrMin(topic.Name, image), next.Replicas.Length))
        {
            if (partition.EligibleLeaders.Length > 0)
            {
                change.EligibleLeaderReplicas = [];
            }

            if (partition.LastKnownEligibleLeaders.Length > 0)
            {
                change.LastKnownElr = [];
            }
        }

        records.Add(ClusterRecord.Of(change, image.MetadataVersion));
        next = next with
        {
            LeaderEpoch = partition.LeaderEpoch + (change.Leader >= PartitionImage.NoLeader ? 1 : 0),
            PartitionEpoch = partition.PartitionEpoch + 1,
            Recovering = partition.Recovering && !recovered,
        };
        return IsrNow(data.PartitionIndex, next, next.Leader != partition.Leader ? ErrorCode.NewLeaderElected : ErrorCode.None);
    }

    private static AlterPartitionResponse.PartitionData IsrNow(int index, PartitionImage partition, ErrorCode code) => new()
    {
        PartitionIndex = index,
        ErrorCode = code,
        LeaderId = partition.Leader,
        LeaderEpoch = partition.LeaderEpoch,
        Isr = [.. partition.Isr],
        LeaderRecoveryState = partition.Recovering ? Recovering : (sbyte)0,
        PartitionEpoch = partition.PartitionEpoch,
    };

    private static ErrorCode CheckIsrChange(ClusterImage image, int senderId, PartitionImage partition, AlterPartitionRequest.PartitionData data, int[] isr)
    {
        if (data.LeaderEpoch > partition.LeaderEpoch || data.PartitionEpoch > partition.PartitionEpoch)
        {
            return ErrorCode.NotController;
        }

        if (data.LeaderEpoch < partition.LeaderEpoch)
        {
            return ErrorCode.FencedLeaderEpoch;
        }

        if (senderId != partition.Leader)
        {
            return ErrorCode.InvalidRequest;
        }

        if (data.PartitionEpoch < partition.PartitionEpoch)
        {
            return ErrorCode.InvalidUpdateVersion;
        }

        if (isr.Distinct().Count() != isr.Length || isr.Except(partition.Replicas).Any() || !isr.Contains(partition.Leader))
        {
            return ErrorCode.InvalidRequest;
        }

        if (data.LeaderRecoveryState == Recovering && (isr.Length > 1 || !partition.Recovering))
        {
            return ErrorCode.InvalidRequest;
        }

        foreach (var member in data.NewIsrWithEpochs)
        {
            var isSame = image.Brokers.TryGetValue(member.BrokerId, out var broker) && (member.BrokerEpoch == -1 || member.BrokerEpoch == broker.Epoch);
            if (!isSame || (!broker!.IsActive && !partition.Isr.Contains(member.BrokerId)))
            {
                return ErrorCode.IneligibleReplica;
            }
        }

        return Array.Exists(isr, id => !image.IsActive(id) && !partition.Isr.Contains(id)) ? ErrorCode.IneligibleReplica : ErrorCode.None;
    }
}
