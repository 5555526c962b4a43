using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class DeleteAclsTests
{
    [Fact]
    public async Task Without_an_authorizer_each_filter_is_refused()
    {
        using var served = new ServedApi<DeleteAclsRequest, DeleteAclsResponse>(new DeleteAclsApi(), 1, 3);
        for (short version = 1; version <= 3; version++)
        {
            var response = await served.CallAsync(new() { Filters = [new() { ResourceTypeFilter = 1, PatternTypeFilter = 1, Operation = 1, PermissionType = 1 }] }, version);
            Assert.Equal([ErrorCode.SecurityDisabled], response.FilterResults.Select(r => r.ErrorCode));
            Assert.Empty(response.FilterResults[0].MatchingAcls);
        }
    }
}
