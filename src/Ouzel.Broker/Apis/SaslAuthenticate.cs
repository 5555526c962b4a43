using Ouzel.Broker.Requests;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>v1 session lifetime. v2 flexible. Gap: no listener authenticates yet; a token that nobody asked for is refused and the connection stays.</summary>
internal sealed class SaslAuthenticateApi : IApi<SaslAuthenticateRequest, SaslAuthenticateResponse>
{
    public ValueTask<SaslAuthenticateResponse> HandleAsync(SaslAuthenticateRequest request, RequestContext context) => new(new SaslAuthenticateResponse
    {
        ErrorCode = ErrorCode.IllegalSaslState,
        ErrorMessage = "This listener does not authenticate: go on without SaslHandshake and SaslAuthenticate.",
    });
}
