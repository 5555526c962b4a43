using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class RenewDelegationTokenTests
{
    [Fact]
    public async Task On_an_open_listener_no_token_is_renewed()
    {
        using var served = new ServedApi<RenewDelegationTokenRequest, RenewDelegationTokenResponse>(new RenewDelegationTokenApi(), 1, 2);
        for (short version = 1; version <= 2; version++)
        {
            var response = await served.CallAsync(new() { Hmac = "x"u8.ToArray(), RenewPeriodMs = -1 }, version);
            Assert.Equal(ErrorCode.DelegationTokenRequestNotAllowed, response.ErrorCode);
        }
    }
}
