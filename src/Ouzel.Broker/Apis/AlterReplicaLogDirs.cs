using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Apis;

/// <summary>
/// Moves replicas between log directories (KIP-113). A replica that is where it should be is fine; moving one to another directory of this node
/// is refused as against the policy.
/// </summary>
internal sealed class AlterReplicaLogDirsApi(MetadataCache metadata, LogDirectories directories) : IApi<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse>
{
    public ValueTask<AlterReplicaLogDirsResponse> HandleAsync(AlterReplicaLogDirsRequest request, RequestContext context)
    {
        var isDenied = !context.MayCluster(AclOperation.Alter);
        var response = new AlterReplicaLogDirsResponse();
        foreach (var directory in request.Dirs)
        {
            foreach (var topic in directory.Topics)
            {
                response.Results.Add(new()
                {
                    TopicName = topic.Name,
                    Partitions = [.. topic.Partitions.Select(p => new AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult
                    {
                        PartitionIndex = p, ErrorCode = isDenied ? ErrorCode.ClusterAuthorizationFailed : Move(directory.Path, new TopicPartition(topic.Name, p)),
                    })],
                });
            }
        }

        return new(response);
    }

    private ErrorCode Move(string path, TopicPartition partition)
    {
        var target = directories.All.FirstOrDefault(d => Path.GetFullPath(d.Path) == path);
        if (target is null)
        {
            return ErrorCode.LogDirNotFound;
        }

        if (target.IsOffline)
        {
            return ErrorCode.KafkaStorageError;
        }

        if (!metadata.Current.TryPartition(partition.Topic, partition.Partition, out _))
        {
            return ErrorCode.UnknownTopicOrPartition;
        }

        return target.TryGet(partition, out _) ? ErrorCode.None : ErrorCode.PolicyViolation;
    }
}
