using Ouzel.Broker.Configs;
using Ouzel.Broker.Tests.Configs;
using Ouzel.Protocol;

namespace Ouzel.Broker.Tests.Apis;

public sealed class ListConfigResourcesTests
{
    [Theory]
    [InlineData(new sbyte[] { 2 }, "2 t")]
    [InlineData(new sbyte[] { 32 }, "32 g")]
    [InlineData(new sbyte[] { 4 }, "4 1")]
    [InlineData(new sbyte[] { 8 }, "8 1")]
    [InlineData(new sbyte[] { 2, 32 }, "2 t,32 g")]
    [InlineData(new sbyte[0], "16 m,2 t,32 g,4 1,8 1")]
    public async Task The_kinds_asked_for_are_listed(sbyte[] kinds, string expected)
    {
        var bed = await FilledAsync();
        var response = await bed.ListAsync(1, kinds);
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        Assert.Equal(expected, string.Join(",", response.ConfigResources.Select(r => $"{r.ResourceType} {r.ResourceName}").Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task The_first_version_lists_subscriptions_until_they_are_taken_back()
    {
        var bed = await FilledAsync();
        Assert.Equal(["m"], (await bed.ListAsync(0)).ConfigResources.Select(r => r.ResourceName));
        await bed.ChangeAsync(ConfigResourceType.ClientMetrics, "m", "interval.ms", ConfigOperation.Delete, null);
        Assert.Empty((await bed.ListAsync(0)).ConfigResources);
    }

    [Fact]
    public async Task An_unknown_kind_is_refused()
    {
        var response = await (await ConfigBed.StartAsync()).ListAsync(1, 99);
        Assert.Equal((ErrorCode.UnsupportedVersion, 0), (response.ErrorCode, response.ConfigResources.Count));
    }

    private static async Task<ConfigBed> FilledAsync()
    {
        var bed = await ConfigBed.StartAsync();
        await bed.CreateTopicAsync("t");
        await bed.ChangeAsync(ConfigResourceType.Group, "g", "consumer.session.timeout.ms", ConfigOperation.Set, "50000");
        await bed.ChangeAsync(ConfigResourceType.ClientMetrics, "m", "interval.ms", ConfigOperation.Set, "1000");
        return bed;
    }
}
