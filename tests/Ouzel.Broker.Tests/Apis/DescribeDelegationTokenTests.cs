using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class DescribeDelegationTokenTests
{
    [Fact]
    public async Task On_an_open_listener_no_token_is_shown()
    {
        using var served = new ServedApi<DescribeDelegationTokenRequest, DescribeDelegationTokenResponse>(new DescribeDelegationTokenApi(), 1, 3);
        for (short version = 1; version <= 3; version++)
        {
            var response = await served.CallAsync(new() { Owners = null }, version);
            Assert.Equal(ErrorCode.DelegationTokenRequestNotAllowed, response.ErrorCode);
            Assert.Empty(response.Tokens);
        }
    }
}
