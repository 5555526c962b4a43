using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

internal sealed partial class Controller
{
    /// <summary>
    /// Gives partitions other replicas. A partition first has its old and its new replicas; the old ones go when the new ones are in the ISR
    /// (<see cref="AlterPartition"/>). Null replicas take a running change back.
    /// </summary>
    public Decision<AlterPartitionReassignmentsResponse> AlterPartitionReassignments(ClusterImage image, AlterPartitionReassignmentsRequest request)
    {
        var response = new AlterPartitionReassignmentsResponse { AllowReplicationFactorChange = request.AllowReplicationFactorChange, ErrorMessage = null };
        var records = new List<ClusterRecord>();
        foreach (var topic in request.Topics)
        {
            var result = new AlterPartitionReassignmentsResponse.ReassignableTopicResponse { Name = topic.Name };
            response.Responses.Add(result);
            foreach (var partition in topic.Partitions)
            {
                var (code, message) = Reassign(image, topic.Name, partition, request.AllowReplicationFactorChange, records);
                result.Partitions.Add(new() { PartitionIndex = partition.PartitionIndex, ErrorCode = code, ErrorMessage = message });
            }
        }

        return new(response, records);
    }

    private (ErrorCode Code, string? Message) Reassign(
        ClusterImage image, string name, AlterPartitionReassignmentsRequest.ReassignablePartition wanted, bool factorMayChange, List<ClusterRecord> records)
    {
        if (!image.TryTopic(name, out var topic) || !topic.TryPartition(wanted.PartitionIndex, out var partition))
        {
            return (ErrorCode.UnknownTopicOrPartition, $"There is no partition {name}-{wanted.PartitionIndex}");
        }

        PartitionChangeRecord? change;
        if (wanted.Replicas is null)
        {
            if (!partition.IsReassigning)
            {
                return (ErrorCode.NoReassignmentInProgress, null);
            }

            change = Cancelled(image, topic, wanted.PartitionIndex, partition);
            if (change is null)
            {
                return (ErrorCode.InvalidReplicaAssignment, "No replica from before the change is in the ISR: taking it back would lose records");
            }
        }
        else
        {
            if (Placement.Check(image, wanted.Replicas, null) is { } refusal)
            {
                return (ErrorCode.InvalidReplicaAssignment, refusal);
            }

            var current = Array.FindAll(partition.Replicas, id => !partition.AddingReplicas.Contains(id));
            if (!factorMayChange && current.Length != wanted.Replicas.Count)
            {
                return (ErrorCode.InvalidReplicationFactor, $"The replication factor would change from {current.Length} to {wanted.Replicas.Count}");
            }

            change = Moved(image, topic, wanted.PartitionIndex, partition, current, [.. wanted.Replicas]);
        }

        if (change is not null)
        {
            records.Add(ClusterRecord.Of(change, image.MetadataVersion));
        }

        return (ErrorCode.None, null);
    }

    private PartitionChangeRecord? Moved(ClusterImage image, TopicImage topic, int index, PartitionImage partition, int[] current, int[] target)
    {
        var adding = target.Except(current).ToArray();
        var removing = current.Except(target).ToArray();
        int[] replicas = [.. target, .. removing];
        if (replicas.SequenceEqual(partition.Replicas) && adding.SequenceEqual(partition.AddingReplicas) && removing.SequenceEqual(partition.RemovingReplicas))
        {
            return null;
        }

        var next = partition with { Replicas = replicas, AddingReplicas = adding, RemovingReplicas = removing };
        return ReplicaChange(image, topic, index, partition, Completed(image, topic, next));
    }

    private PartitionChangeRecord? Cancelled(ClusterImage image, TopicImage topic, int index, PartitionImage partition)
    {
        var replicas = Array.FindAll(partition.Replicas, id => !partition.AddingReplicas.Contains(id));
        var isr = Array.FindAll(partition.Isr, id => replicas.Contains(id));
        if (isr.Length == 0 && !_settings.UncleanElection(topic.Name, image))
        {
            return null;
        }

        var next = partition with { Replicas = replicas, Isr = isr, AddingReplicas = [], RemovingReplicas = [] };
        return ReplicaChange(image, topic, index, partition, WithLivingLeader(image, next));
    }

    /// <summary>Once every replica that stays is in the ISR (and there are enough of them), those that go are dropped.</summary>
    private PartitionImage Completed(ClusterImage image, TopicImage topic, PartitionImage partition)
    {
        if (!partition.IsReassigning)
        {
            return partition;
        }

        var replicas = Array.FindAll(partition.Replicas, id => !partition.RemovingReplicas.Contains(id));
        var isr = Array.FindAll(partition.Isr, id => replicas.Contains(id));
        if (isr.Length < Math.Max(replicas.Length, Math.Min(_settings.IsrMin(topic.Name, image), replicas.Length)))
        {
            return partition;
        }

        return WithLivingLeader(image, partition with { Replicas = replicas, Isr = isr, AddingReplicas = [], RemovingReplicas = [] });
    }

    private static PartitionImage WithLivingLeader(ClusterImage image, PartitionImage partition) => partition.Isr.Contains(partition.Leader)
        ? partition
        : partition with { Leader = Array.Find([.. partition.Replicas, PartitionImage.NoLeader], id => id < 0 || (partition.Isr.Contains(id) && image.MayLead(partition, id))) };

    private static PartitionChangeRecord ReplicaChange(ClusterImage image, TopicImage topic, int index, PartitionImage before, PartitionImage after)
    {
        var record = new PartitionChangeRecord { PartitionId = index, TopicId = topic.Id };
        if (!after.Replicas.SequenceEqual(before.Replicas))
        {
            record.Replicas = [.. after.Replicas];
            if (before.Directories.Length > 0)
            {
                record.Directories = [.. after.Replicas.Select(id => DirectoryAfter(image, before, id))];
            }
        }

        if (!after.Isr.SequenceEqual(before.Isr))
        {
            record.Isr = [.. after.Isr];
        }

        if (!after.AddingReplicas.SequenceEqual(before.AddingReplicas))
        {
            record.AddingReplicas = [.. after.AddingReplicas];
        }

        if (!after.RemovingReplicas.SequenceEqual(before.RemovingReplicas))
        {
            record.RemovingReplicas = [.. after.RemovingReplicas];
        }
        // A replica that is dropped must stop fetching in the old epoch, so the leader begins a new one even when it stays.
        if (after.Leader != before.Leader || before.Replicas.Except(after.Replicas).Any())
        {
            record.Leader = after.Leader;
        }

        return record;
    }

    private static Uuid DirectoryAfter(ClusterImage image, PartitionImage before, int brokerId)
    {
        var index = Array.IndexOf(before.Replicas, brokerId);
        return index >= 0 && index < before.Directories.Length ? before.Directories[index] : DirectoryOf(image, brokerId);
    }
}
