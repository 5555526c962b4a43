using Ouzel.Broker.Apis;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Tests.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class DeleteTopicsTests
{
    private static DeleteTopicsRequest Of(int version, params string[] names) => version >= 6
        ? new() { Topics = [.. names.Select(n => new DeleteTopicsRequest.DeleteTopicState { Name = n })] }
        : new() { TopicNames = [.. names] };

    [Fact]
    public async Task Every_version_deletes_by_name()
    {
        var run = await new ClusterBed().StartAsync();
        var api = new DeleteTopicsApi(run.Node.Controller);
        for (var version = 0; version <= 6; version++)
        {
            await run.CreateAsync("t");
            var results = (await api.AskAsync(Of(version, "t", "ghost"), version)).Responses;
            Assert.Equal([("t", ErrorCode.None), ("ghost", ErrorCode.UnknownTopicOrPartition)], results.Select(r => (r.Name!, r.ErrorCode)));
            Assert.Equal([false, version >= 5], results.Select(r => r.ErrorMessage is not null));
            Assert.Empty(run.Image.Topics);
        }
    }

    [Fact]
    public async Task Version_6_deletes_by_id()
    {
        var run = await new ClusterBed().StartAsync();
        var id = (await run.CreateAsync("t")).TopicId;
        var result = (await new DeleteTopicsApi(run.Node.Controller).AskAsync(new DeleteTopicsRequest { Topics = [new() { TopicId = id }] }, 6)).Responses.Single();
        Assert.Equal(("t", id, ErrorCode.None), (result.Name, result.TopicId, result.ErrorCode));
    }

    [Theory]
    [InlineData(2, ErrorCode.InvalidRequest)]
    [InlineData(3, ErrorCode.TopicDeletionDisabled)]
    public async Task Switched_off_deletion_is_told_in_words_the_version_knows(int version, ErrorCode expected)
    {
        var run = await new ClusterBed { Options = BrokerOptions.Of(("node.id", "1"), ("log.dirs", ClusterBed.Data), ("delete.topic.enable", "false")) }.StartAsync();
        await run.CreateAsync("t");
        Assert.Equal(expected, (await new DeleteTopicsApi(run.Node.Controller).AskAsync(Of(version, "t"), version)).Responses.Single().ErrorCode);
    }
}
