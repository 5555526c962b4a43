using Ouzel.Broker.Cluster;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>
/// Creates topics; they can be used when the response arrives. v0 neither messages nor validation; v1 both; v4 defaults by -1 (taken in every version);
/// v5 tells counts and settings; v7 the id.
/// </summary>
internal sealed class CreateTopicsApi(ClusterController controller) : IApi<CreateTopicsRequest, CreateTopicsResponse>
{
    public async ValueTask<CreateTopicsResponse> HandleAsync(CreateTopicsRequest request, RequestContext context)
    {
        if (context.IsUnrestricted)
        {
            return await controller.CreateTopicsAsync(request, static _ => true);
        }

        // Who may create in the cluster may create every topic. A name that is there twice is told so, whoever asks.
        var twice = request.Topics.CountBy(t => t.Name, StringComparer.Ordinal).Where(t => t.Value > 1).Select(t => t.Key).ToHashSet(StringComparer.Ordinal);
        var denied = context.MayCluster(AclOperation.Create) ? []
            : request.Topics.TakeDenied(t => twice.Contains(t.Name) || context.May(AclOperation.Create, ResourceType.Topic, t.Name));
        var response = await controller.CreateTopicsAsync(request, name => context.May(AclOperation.DescribeConfigs, ResourceType.Topic, name));
        response.Topics.AddRange(denied.Select(t => new CreateTopicsResponse.CreatableTopicResult
        {
            Name = t.Name,
            ErrorCode = ErrorCode.TopicAuthorizationFailed,
            ErrorMessage = Authorizer.Denied,
        }));
        return response;
    }
}
