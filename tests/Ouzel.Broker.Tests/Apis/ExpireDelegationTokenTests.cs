using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class ExpireDelegationTokenTests
{
    [Fact]
    public async Task On_an_open_listener_no_token_expires()
    {
        using var served = new ServedApi<ExpireDelegationTokenRequest, ExpireDelegationTokenResponse>(new ExpireDelegationTokenApi(), 1, 2);
        for (short version = 1; version <= 2; version++)
        {
            var response = await served.CallAsync(new() { Hmac = "x"u8.ToArray(), ExpiryTimePeriodMs = -1 }, version);
            Assert.Equal(ErrorCode.DelegationTokenRequestNotAllowed, response.ErrorCode);
        }
    }
}
