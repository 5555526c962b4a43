using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

/// <summary>The place of a broker's replica of a partition: the id of the log directory, or <see cref="DirectoryIds.Lost"/>.</summary>
internal readonly record struct ReplicaDirectory(Uuid TopicId, int Partition, Uuid Directory);

internal sealed partial class Controller
{
    /// <summary>
    /// A broker says in which log directories its replicas are (KIP-858). What is in none that it registered with cannot lead, and gives up leading.
    /// </summary>
    public Decision<ErrorCode> AssignDirectories(ClusterImage image, int brokerId, IReadOnlyList<ReplicaDirectory> replicas)
    {
        var records = new List<ClusterRecord>();
        if (!image.MetadataVersion.HasDirectories)
        {
            return Decision<ErrorCode>.Refusal(ErrorCode.UnsupportedVersion);
        }

        foreach (var replica in replicas)
        {
            if (!image.TryTopic(replica.TopicId, out var topic) || !topic.TryPartition(replica.Partition, out var partition))
            {
                continue;
            }

            var index = Array.IndexOf(partition.Replicas, brokerId);
            if (index < 0 || (index < partition.Directories.Length && partition.Directories[index] == replica.Directory))
            {
                continue;
            }

            var directories = partition.Replicas.Select((_, i) => i < partition.Directories.Length ? partition.Directories[i] : DirectoryIds.Unassigned).ToList();
            directories[index] = replica.Directory;
            var isOnline = image.HasDirectory(partition with { Directories = [.. directories] }, brokerId);
            var change = isOnline ? null : ElectionFor(topic.Name, image).WithoutBroker(topic.Id, replica.Partition, partition, brokerId, crashed: false);
            change ??= new PartitionChangeRecord { TopicId = topic.Id, PartitionId = replica.Partition };
            change.Directories = directories;
            records.Add(ClusterRecord.Of(change, image.MetadataVersion));
        }

        return new(ErrorCode.None, records);
    }

    /// <summary>Takes in a heartbeat's log directories: those that failed take their replicas offline, those that are cordoned get nothing new.</summary>
    private void ReportDirectories(ClusterImage image, BrokerImage broker, BrokerHeartbeatRequest request, List<ClusterRecord> records)
    {
        var failed = Array.FindAll(broker.LogDirectories, request.OfflineLogDirs.Contains);
        if (failed.Length > 0 && failed.Length < broker.LogDirectories.Length && image.MetadataVersion.HasDirectories)
        {
            records.Add(ClusterRecord.Of(new BrokerRegistrationChangeRecord
            {
                BrokerId = broker.Id,
                BrokerEpoch = broker.Epoch,
                LogDirs = [.. broker.LogDirectories.Except(failed)],
            }));
            RemoveFromDirectories(image, broker.Id, failed, records);
        }

        if (request.CordonedLogDirs is { } cordoned && image.MetadataVersion.HasCordonedDirectories && !cordoned.Order().SequenceEqual(broker.CordonedDirectories.Order()))
        {
            records.Add(ClusterRecord.Of(new BrokerRegistrationChangeRecord { BrokerId = broker.Id, BrokerEpoch = broker.Epoch, CordonedLogDirs = [.. cordoned] }));
        }
    }

    private void RemoveFromDirectories(ClusterImage image, int brokerId, Uuid[] failed, List<ClusterRecord> records)
    {
        foreach (var topic in InOrder(image))
        {
            var election = ElectionFor(topic.Name, image);
            for (var i = 0; i < topic.Partitions.Length; i++)
            {
                var partition = topic.Partitions[i];
                var index = Array.IndexOf(partition.Replicas, brokerId);
                if ((uint)index < (uint)partition.Directories.Length && failed.Contains(partition.Directories[index])
                    && election.WithoutBroker(topic.Id, i, partition, brokerId, crashed: false) is { } change)
                {
                    records.Add(ClusterRecord.Of(change, image.MetadataVersion));
                }
            }
        }
    }
}
