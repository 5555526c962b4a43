using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class AlterPartitionReassignmentsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task To_where_it_is_is_fine_and_nothing_can_be_taken_back(int version)
    {
        var run = await new ClusterBed().StartAsync();
        await run.CreateAsync("t", 2);
        var request = new AlterPartitionReassignmentsRequest
        {
            Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, Replicas = [1] }, new() { PartitionIndex = 1, Replicas = null }] }],
        };
        var answer = await new AlterPartitionReassignmentsApi(run.Node.Controller).AskAsync(request, version);
        Assert.Equal((ErrorCode.None, null), (answer.ErrorCode, answer.ErrorMessage));
        Assert.Equal([(0, ErrorCode.None), (1, ErrorCode.NoReassignmentInProgress)], answer.Responses.Single().Partitions.Select(p => (p.PartitionIndex, p.ErrorCode)));
    }
}
