using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class CreateAclsTests
{
    private static CreateAclsRequest.AclCreation Rule => new() { ResourceType = 2, ResourceName = "t", Principal = "User:a", Host = "*", Operation = 3, PermissionType = 3 };

    [Fact]
    public async Task Without_an_authorizer_each_rule_is_refused()
    {
        using var served = new ServedApi<CreateAclsRequest, CreateAclsResponse>(new CreateAclsApi(), 1, 3);
        for (short version = 1; version <= 3; version++)
        {
            var response = await served.CallAsync(new() { Creations = [Rule, Rule] }, version);
            Assert.Equal([ErrorCode.SecurityDisabled, ErrorCode.SecurityDisabled], response.Results.Select(r => r.ErrorCode));
            Assert.All(response.Results, r => Assert.NotNull(r.ErrorMessage));
        }
    }
}
