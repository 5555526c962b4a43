using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class DescribeAclsTests
{
    [Fact]
    public async Task Without_an_authorizer_rules_cannot_be_shown()
    {
        using var served = new ServedApi<DescribeAclsRequest, DescribeAclsResponse>(new DescribeAclsApi(), 1, 3);
        for (short version = 1; version <= 3; version++)
        {
            var response = await served.CallAsync(new() { ResourceTypeFilter = 1, PatternTypeFilter = 1, Operation = 1, PermissionType = 1 }, version);
            Assert.Equal(ErrorCode.SecurityDisabled, response.ErrorCode);
            Assert.NotNull(response.ErrorMessage);
            Assert.Empty(response.Resources);
        }
    }
}
