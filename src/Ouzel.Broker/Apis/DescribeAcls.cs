using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>v1 pattern types. v2 flexible. v3 user resources. Gap: no authorizer exists yet, so there are no rules to show.</summary>
internal sealed class DescribeAclsApi : IApi<DescribeAclsRequest, DescribeAclsResponse>
{
    public ValueTask<DescribeAclsResponse> HandleAsync(DescribeAclsRequest request, RequestContext context)
    {
        var (error, message) = AccessRules.Check(context, AclOperation.Describe);
        return new(new DescribeAclsResponse { ErrorCode = error, ErrorMessage = message });
    }
}
