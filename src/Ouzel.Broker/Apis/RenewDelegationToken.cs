using Ouzel.Broker.Requests;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>v2 flexible. Gap: tokens need a listener that authenticates, which does not exist yet; on an open one the response is 64.</summary>
internal sealed class RenewDelegationTokenApi : IApi<RenewDelegationTokenRequest, RenewDelegationTokenResponse>
{
    public ValueTask<RenewDelegationTokenResponse> HandleAsync(RenewDelegationTokenRequest request, RequestContext context) => new(new RenewDelegationTokenResponse { ErrorCode = ErrorCode.DelegationTokenRequestNotAllowed });
}
