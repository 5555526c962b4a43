using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class DescribeQuorumTests
{
    private static DescribeQuorumRequest Of(string topic, int partition) => new() { Topics = [new() { TopicName = topic, Partitions = [new() { PartitionIndex = partition }] }] };

    [Fact]
    public async Task Every_version_shows_one_voter_that_leads()
    {
        var bed = new ClusterBed();
        var run = await bed.StartAsync();
        var api = new DescribeQuorumApi(run.Node, bed.Clock);
        for (var version = 0; version <= 2; version++)
        {
            var answer = await api.AskAsync(Of("__cluster_metadata", 0), version);
            var partition = answer.Topics.Single().Partitions.Single();
            Assert.Equal((ErrorCode.None, ErrorCode.None, 1, 1), (answer.ErrorCode, partition.ErrorCode, partition.LeaderId, partition.LeaderEpoch));
            Assert.Equal(run.Image.Offset + 1, partition.HighWatermark);
            Assert.Equal([(1, partition.HighWatermark)], partition.CurrentVoters.Select(v => (v.ReplicaId, v.LogEndOffset)));
            Assert.Empty(partition.Observers);
            Assert.Equal(version >= 2 ? ["CONTROLLER"] : [], answer.Nodes.SelectMany(n => n.Listeners).Select(l => l.Name));
        }
    }

    [Theory]
    [InlineData("t", 0)]
    [InlineData("__cluster_metadata", 1)]
    public async Task Other_partitions_have_no_quorum(string topic, int partition)
    {
        var bed = new ClusterBed();
        var run = await bed.StartAsync();
        var answer = await new DescribeQuorumApi(run.Node, bed.Clock).AskAsync(Of(topic, partition), 2);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, answer.Topics.Single().Partitions.Single().ErrorCode);
    }

    [Fact]
    public async Task The_metadata_log_is_asked_for_alone()
    {
        var bed = new ClusterBed();
        var run = await bed.StartAsync();
        var request = Of("__cluster_metadata", 0);
        request.Topics[0].Partitions.Add(new() { PartitionIndex = 1 });
        var answer = await new DescribeQuorumApi(run.Node, bed.Clock).AskAsync(request, 2);
        Assert.All(answer.Topics.Single().Partitions, p => Assert.Equal(ErrorCode.UnknownTopicOrPartition, p.ErrorCode));
    }
}
