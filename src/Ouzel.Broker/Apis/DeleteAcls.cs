using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>v1 pattern types. v2 flexible. v3 user resources. Gap: no authorizer exists yet, so there is nothing to delete.</summary>
internal sealed class DeleteAclsApi : IApi<DeleteAclsRequest, DeleteAclsResponse>
{
    public ValueTask<DeleteAclsResponse> HandleAsync(DeleteAclsRequest request, RequestContext context)
    {
        var (error, message) = AccessRules.Check(context, AclOperation.Alter);
        var response = new DeleteAclsResponse();
        foreach (var _ in request.Filters)
        {
            response.FilterResults.Add(new() { ErrorCode = error, ErrorMessage = message });
        }

        return new(response);
    }
}
