using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class ElectLeadersTests
{
    [Fact]
    public async Task On_one_node_no_version_needs_an_election()
    {
        var run = await new ClusterBed().StartAsync();
        await run.CreateAsync("t", 2);
        for (var version = 0; version <= 2; version++)
        {
            var request = new ElectLeadersRequest { TopicPartitions = [new() { Topic = "t", Partitions = [0, 1] }] };
            var answer = await new ElectLeadersApi(run.Node.Controller).AskAsync(request, version);
            Assert.Equal(ErrorCode.None, answer.ErrorCode);
            Assert.Equal([(0, ErrorCode.ElectionNotNeeded), (1, ErrorCode.ElectionNotNeeded)], answer.ReplicaElectionResults.Single().PartitionResult.Select(p => (p.PartitionId, p.ErrorCode)));
        }
    }
}
