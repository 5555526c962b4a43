using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class SaslAuthenticateTests
{
    [Fact]
    public async Task A_token_that_nobody_asked_for_is_refused_with_a_reason_and_the_connection_stays()
    {
        using var served = new ServedApi<SaslAuthenticateRequest, SaslAuthenticateResponse>(new SaslAuthenticateApi(), 0, 2);
        for (short version = 0; version <= 2; version++)
        {
            var response = await served.CallAsync(new() { AuthBytes = "\0u\0p"u8.ToArray() }, version);
            Assert.Equal(ErrorCode.IllegalSaslState, response.ErrorCode);
            Assert.NotNull(response.ErrorMessage);
        }
    }
}
