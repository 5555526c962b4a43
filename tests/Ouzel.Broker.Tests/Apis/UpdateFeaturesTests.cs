using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class UpdateFeaturesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Validation_confirms_what_could_be_and_changes_nothing_and_refusals_stand_at_the_top(int version)
    {
        var run = await new ClusterBed().StartAsync();
        var api = new UpdateFeaturesApi(run.Node.Controller);
        var fine = await api.AskAsync(new UpdateFeaturesRequest { ValidateOnly = true, FeatureUpdates = [new() { Feature = "transaction.version", MaxVersionLevel = 1, UpgradeType = 2 }] }, version);
        Assert.Equal((ErrorCode.None, null, 0), (fine.ErrorCode, fine.ErrorMessage, fine.Results.Count));
        Assert.Equal(2, run.Image.Features["transaction.version"]);
        var refused = await api.AskAsync(new UpdateFeaturesRequest { FeatureUpdates = [new() { Feature = "group.version", MaxVersionLevel = 99 }] }, version);
        Assert.Equal((ErrorCode.InvalidUpdateVersion, true, 0), (refused.ErrorCode, refused.ErrorMessage is not null, refused.Results.Count));
    }

    [Fact]
    public async Task Version_0_says_downgrade_with_a_flag()
    {
        var run = await new ClusterBed().StartAsync();
        var request = new UpdateFeaturesRequest { FeatureUpdates = [new() { Feature = "transaction.version", MaxVersionLevel = 1, AllowDowngrade = true }] };
        Assert.Equal(ErrorCode.None, (await new UpdateFeaturesApi(run.Node.Controller).AskAsync(request, 0)).ErrorCode);
        Assert.Equal(1, run.Image.Features["transaction.version"]);
    }
}
