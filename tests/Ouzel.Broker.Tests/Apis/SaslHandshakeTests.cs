using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class SaslHandshakeTests
{
    [Fact]
    public async Task A_handshake_where_nobody_has_to_is_refused_and_the_connection_stays()
    {
        using var served = new ServedApi<SaslHandshakeRequest, SaslHandshakeResponse>(new SaslHandshakeApi(), 0, 1);
        for (short version = 0; version <= 1; version++)
        {
            var response = await served.CallAsync(new() { Mechanism = "PLAIN" }, version);
            Assert.Equal(ErrorCode.IllegalSaslState, response.ErrorCode);
            Assert.Empty(response.Mechanisms);
        }
    }
}
