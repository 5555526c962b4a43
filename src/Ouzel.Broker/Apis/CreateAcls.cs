using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>v1 pattern types. v2 flexible. v3 user resources. Gap: no authorizer exists yet, so every rule is refused; nothing is stored.</summary>
internal sealed class CreateAclsApi : IApi<CreateAclsRequest, CreateAclsResponse>
{
    public ValueTask<CreateAclsResponse> HandleAsync(CreateAclsRequest request, RequestContext context)
    {
        var (error, message) = AccessRules.Check(context, AclOperation.Alter);
        var response = new CreateAclsResponse();
        foreach (var _ in request.Creations)
        {
            response.Results.Add(new() { ErrorCode = error, ErrorMessage = message });
        }

        return new(response);
    }
}
