using Ouzel.Client.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client.Tests;

public sealed class OuzelClientTests
{
    [Fact]
    public async Task A_client_learns_the_cluster_from_one_address()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await using var client = await server.ConnectAsync();

        Assert.Single(client.Metadata.Current.Brokers);
        Assert.NotNull(client.Metadata.Current.ClusterId);
        var topic = await client.Metadata.TopicAsync("made-on-sight", mayCreate: true, 10_000, default);
        Assert.Single(topic.Partitions);
        Assert.Equal(1, topic.Partitions[0].LeaderId);
    }

    [Fact]
    public async Task The_newest_version_that_both_know_is_chosen()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await using var client = await server.ConnectAsync();

        var connection = await client.AnyBrokerAsync(default);

        Assert.Equal(ProduceResponse.HighestVersion, connection.Served.Choose<ProduceResponse>());
        Assert.Equal(7, connection.Served.Choose<ProduceResponse>(highest: 7));
        Assert.Equal(ErrorCode.UnsupportedVersion, Assert.Throws<KafkaException>(() => connection.Served.Choose<ProduceResponse>(lowest: 99)).Error);
    }
}
