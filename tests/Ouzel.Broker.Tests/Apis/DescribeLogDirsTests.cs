using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Cluster;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Tests.Apis;

public sealed class DescribeLogDirsTests
{
    private static async Task<ClusterRun> StartAsync()
    {
        var run = await new ClusterBed().StartAsync();
        for (var i = 0; i < 2; i++)
        {
            run.Directories.All[0].Create(new TopicPartition("t", i), new Uuid(1, 1), LogOptions.Default, 0);
        }

        return run;
    }

    private static List<int> Partitions(DescribeLogDirsResponse answer) => [.. answer.Results.Single().Topics.SelectMany(t => t.Partitions).Select(p => p.PartitionIndex).Order()];

    [Fact]
    public async Task Every_version_tells_directory_partitions_and_sizes()
    {
        var api = new DescribeLogDirsApi((await StartAsync()).Directories, () => new HashSet<string>());
        for (var version = 1; version <= 5; version++)
        {
            var answer = await api.AskAsync(new DescribeLogDirsRequest { Topics = [new() { Topic = "t", Partitions = [0, 1] }] }, version);
            var result = answer.Results.Single();
            Assert.Equal((ErrorCode.None, ErrorCode.None, true), (answer.ErrorCode, result.ErrorCode, result.LogDir.StartsWith('/')));
            Assert.Equal([(0, 0L, 0L, false), (1, 0L, 0L, false)], result.Topics.Single().Partitions.Select(p => (p.PartitionIndex, p.PartitionSize, p.OffsetLag, p.IsFutureKey)));
            Assert.Equal(version >= 4, result.TotalBytes > 0 && result.UsableBytes > 0);
        }
    }

    [Fact]
    public async Task Null_asks_for_all_but_the_metadata_log_and_unknown_partitions_are_left_out()
    {
        var api = new DescribeLogDirsApi((await StartAsync()).Directories, () => new HashSet<string>());
        Assert.Equal([0, 1], Partitions(await api.AskAsync(new DescribeLogDirsRequest { Topics = null }, 4)));
        Assert.Equal([1], Partitions(await api.AskAsync(new DescribeLogDirsRequest { Topics = [new() { Topic = "t", Partitions = [1] }] }, 4)));
        Assert.Empty(Partitions(await api.AskAsync(new DescribeLogDirsRequest { Topics = [new() { Topic = "t", Partitions = [5] }, new() { Topic = "ghost", Partitions = [0] }] }, 4)));
    }

    [Fact]
    public async Task What_it_takes_is_charged_before_it_is_made()
    {
        await using var node = await TestNode.StartAsync();
        await node.Broker.EnsureTopicAsync(new string('t', 100), 400);
        await UnreadResponse.IsChargedAsync(node, new DescribeLogDirsRequest { Topics = null }, 4);
    }
}
