using Ouzel.Broker.Cluster;
using Ouzel.Broker.Coordination;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Names the broker that coordinates a group or a transactional id, making the internal topic first if need be.</summary>
/// <remarks>v1 key types. v4 several keys (KIP-699). v6 share groups, which no coordinator serves here yet: refused like an unknown type.</remarks>
/// <param name="metadata">Who leads the internal topics.</param>
/// <param name="ensureTopic">Makes an internal topic; false when that cannot be done now.</param>
/// <param name="addresses">How the client reaches a broker.</param>
/// <param name="isLost">Whether this node leads a partition of an internal topic and cannot serve it: who is sent there would be refused for ever.</param>
internal sealed class FindCoordinatorApi(
    MetadataCache metadata, Func<string, ValueTask<bool>> ensureTopic, BrokerAddresses addresses, Func<string, PartitionImage, int, bool> isLost)
    : IApi<FindCoordinatorRequest, FindCoordinatorResponse>
{
    private const short BatchVersion = 4;
    private const sbyte GroupKey = 0;
    private const sbyte TransactionKey = 1;

    public async ValueTask<FindCoordinatorResponse> HandleAsync(FindCoordinatorRequest request, RequestContext context)
    {
        var topic = CoordinatorTable.TopicOf(request.KeyType);
        var keys = context.ApiVersion >= BatchVersion ? request.CoordinatorKeys : [request.Key];

        // Whoever may not ask for any of the keys does not make the topic either.
        var error = topic is null ? ErrorCode.InvalidRequest
            : keys.Count > 0 && keys.TrueForAll(k => Denial(request.KeyType, k, context) != ErrorCode.None) ? ErrorCode.CoordinatorNotAvailable
            : await ensureTopic(topic) ? ErrorCode.None
            : ErrorCode.CoordinatorNotAvailable;
        var image = metadata.Current;
        if (context.ApiVersion >= BatchVersion)
        {
            return new FindCoordinatorResponse { Coordinators = [.. request.CoordinatorKeys.Select(k => Find(request.KeyType, k, topic, error, image, context))] };
        }

        var one = Find(request.KeyType, request.Key, topic, error, image, context);
        return new FindCoordinatorResponse { ErrorCode = one.ErrorCode, ErrorMessage = one.ErrorMessage, NodeId = one.NodeId, Host = one.Host, Port = one.Port };
    }

    private static ErrorCode Denial(sbyte keyType, string key, RequestContext context) => keyType switch
    {
        GroupKey => context.Check(AclOperation.Describe, ResourceType.Group, key),
        TransactionKey => context.Check(AclOperation.Describe, ResourceType.TransactionalId, key),
        _ => context.Check(AclOperation.ClusterAction, ResourceType.Cluster, Authorizer.ClusterName),
    };

    private FindCoordinatorResponse.Coordinator Find(sbyte keyType, string key, string? topicName, ErrorCode error, ClusterImage image, RequestContext context)
    {
        if (topicName is not null && Denial(keyType, key, context) is var denial and not ErrorCode.None)
        {
            error = denial;
        }

        if (error == ErrorCode.None && image.TryTopic(topicName!, out var topic))
        {
            var index = CoordinatorPartition.Of(key, topic.Partitions.Length);
            var partition = topic.Partitions[index];
            if (!isLost(topicName!, partition, index) && addresses.TryFind(image, partition.Leader, context, out var host, out var port))
            {
                return new FindCoordinatorResponse.Coordinator { Key = key, NodeId = partition.Leader, Host = host, Port = port };
            }
        }

        error = error == ErrorCode.None ? ErrorCode.CoordinatorNotAvailable : error;
        return new FindCoordinatorResponse.Coordinator { Key = key, NodeId = -1, Port = -1, ErrorCode = error, ErrorMessage = MessageOf(error) };
    }

    private static string MessageOf(ErrorCode error) => error switch
    {
        ErrorCode.InvalidRequest => "No coordinator of this broker has this key type.",
        ErrorCode.CoordinatorNotAvailable => "The coordinator is not available.",
        _ => Authorizer.Denied,
    };
}
