using Ouzel.Broker.Requests;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>v2 flexible. v3 requesters. Gap: tokens need a listener that authenticates, which does not exist yet; on an open one the response is 64.</summary>
internal sealed class DescribeDelegationTokenApi : IApi<DescribeDelegationTokenRequest, DescribeDelegationTokenResponse>
{
    public ValueTask<DescribeDelegationTokenResponse> HandleAsync(DescribeDelegationTokenRequest request, RequestContext context) => new(new DescribeDelegationTokenResponse { ErrorCode = ErrorCode.DelegationTokenRequestNotAllowed });
}
