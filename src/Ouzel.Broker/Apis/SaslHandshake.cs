using Ouzel.Broker.Requests;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>v0 raw tokens follow, v1 SaslAuthenticate follows. Gap: no listener authenticates yet, so every handshake comes to one where nobody has to.</summary>
/// <remarks>Apache Kafka answers 34 with an empty list and keeps the connection (kafka-behaviours 107).</remarks>
internal sealed class SaslHandshakeApi : IApi<SaslHandshakeRequest, SaslHandshakeResponse>
{
    public ValueTask<SaslHandshakeResponse> HandleAsync(SaslHandshakeRequest request, RequestContext context) => new(new SaslHandshakeResponse { ErrorCode = ErrorCode.IllegalSaslState });
}
