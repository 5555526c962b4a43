using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class CreateDelegationTokenTests
{
    [Fact]
    public async Task On_an_open_listener_no_token_is_issued()
    {
        using var served = new ServedApi<CreateDelegationTokenRequest, CreateDelegationTokenResponse>(new CreateDelegationTokenApi(), 1, 3);
        for (short version = 1; version <= 3; version++)
        {
            var response = await served.CallAsync(new() { MaxLifetimeMs = -1 }, version);
            Assert.Equal(ErrorCode.DelegationTokenRequestNotAllowed, response.ErrorCode);
        }
    }
}
