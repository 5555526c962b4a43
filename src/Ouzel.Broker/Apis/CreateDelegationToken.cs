using Ouzel.Broker.Requests;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>v1 owners of requests. v2 flexible. v3 on behalf of others. Gap: tokens need a listener that authenticates, which does not exist yet; on an open one the response is 64.</summary>
internal sealed class CreateDelegationTokenApi : IApi<CreateDelegationTokenRequest, CreateDelegationTokenResponse>
{
    public ValueTask<CreateDelegationTokenResponse> HandleAsync(CreateDelegationTokenRequest request, RequestContext context) => new(new CreateDelegationTokenResponse { ErrorCode = ErrorCode.DelegationTokenRequestNotAllowed });
}
