using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>Deletes topics by name, from v6 also by id. Before v3 clients do not know the error for a node that deletes nothing; from v5 errors are explained.</summary>
internal sealed class DeleteTopicsApi(ClusterController controller) : IApi<DeleteTopicsRequest, DeleteTopicsResponse>
{
    private const short RowsFrom = 6;
    private const short DeletionDisabledFrom = 3;

    public async ValueTask<DeleteTopicsResponse> HandleAsync(DeleteTopicsRequest request, RequestContext context)
    {
        var rows = context.ApiVersion >= RowsFrom
            ? request.Topics
            : request.TopicNames.ConvertAll(name => new DeleteTopicsRequest.DeleteTopicState { Name = name });
        var mayAll = context.MayCluster(AclOperation.Delete);
        var response = await controller.DeleteTopicsAsync(rows, name => mayAll ? DeletionRight.Full
            : new DeletionRight(context.May(AclOperation.Describe, ResourceType.Topic, name), context.May(AclOperation.Delete, ResourceType.Topic, name)));
        foreach (var result in response.Responses)
        {
            if (result.ErrorCode == ErrorCode.TopicDeletionDisabled && context.ApiVersion < DeletionDisabledFrom)
            {
                result.ErrorCode = ErrorCode.InvalidRequest;
            }
        }

        return response;
    }
}
