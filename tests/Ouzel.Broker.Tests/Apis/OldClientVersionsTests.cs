using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

/// <summary>The list in version 0 serves clients that ask with it: they find a version that both know, for everything they send.</summary>
public sealed class OldClientVersionsTests
{
    [Theory]
    [InlineData(ApiKey.Produce, 0, 2)]
    [InlineData(ApiKey.Fetch, 0, 3)]
    [InlineData(ApiKey.ListOffsets, 0, 1)]
    [InlineData(ApiKey.Metadata, 0, 2)]
    [InlineData(ApiKey.OffsetCommit, 0, 2)]
    [InlineData(ApiKey.OffsetFetch, 0, 2)]
    [InlineData(ApiKey.FindCoordinator, 0, 0)]
    [InlineData(ApiKey.JoinGroup, 0, 1)]
    [InlineData(ApiKey.Heartbeat, 0, 0)]
    [InlineData(ApiKey.LeaveGroup, 0, 0)]
    [InlineData(ApiKey.SyncGroup, 0, 0)]
    [InlineData(ApiKey.DescribeGroups, 0, 0)]
    [InlineData(ApiKey.ListGroups, 0, 0)]
    [InlineData(ApiKey.SaslHandshake, 0, 0)]
    [InlineData(ApiKey.ApiVersions, 0, 0)]
    [InlineData(ApiKey.CreateTopics, 0, 1)]
    [InlineData(ApiKey.DeleteTopics, 0, 0)]
    public async Task The_clients_of_Kafka_0_10_2_find_their_versions(ApiKey key, short lowest, short highest)
    {
        await using var node = await TestNode.StartAsync();
        using var client = node.Connect();
        var announced = (await client.CallAsync(new ApiVersionsRequest(), 0)).ApiKeys.Single(a => a.ApiKey == (short)key);
        Assert.InRange(Math.Min(highest, announced.MaxVersion), Math.Max(lowest, announced.MinVersion), highest);
    }

    [Fact]
    public async Task Clients_that_ask_with_a_newer_version_are_told_what_Kafka_tells_them()
    {
        await using var node = await TestNode.StartAsync();
        using var client = node.Connect();
        var oldest = (await client.CallAsync(new ApiVersionsRequest(), 0)).ApiKeys;
        for (short version = 1; version <= 2; version++)
        {
            var announced = (await client.CallAsync(new ApiVersionsRequest(), version)).ApiKeys;
            Assert.Equal(oldest.Select(a => (a.ApiKey, a.MaxVersion)), announced.Select(a => (a.ApiKey, a.MaxVersion)));
            Assert.Equal(
                [ApiKey.Fetch, ApiKey.ListOffsets, ApiKey.OffsetCommit, ApiKey.OffsetFetch, ApiKey.CreateTopics, ApiKey.DeleteTopics],
                announced.Zip(oldest).Where(p => p.First.MinVersion != p.Second.MinVersion).Select(p => (ApiKey)p.First.ApiKey));
        }
    }
}
