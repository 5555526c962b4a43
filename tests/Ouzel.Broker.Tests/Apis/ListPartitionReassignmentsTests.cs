using Ouzel.Broker.Apis;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Tests.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using static Ouzel.Broker.Tests.Cluster.ControllerBed;

namespace Ouzel.Broker.Tests.Apis;

public sealed class ListPartitionReassignmentsTests
{
    private static async Task<List<ListPartitionReassignmentsResponse.OngoingTopicReassignment>> AskAsync(
        ControllerBed bed, params ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics[]? topics)
    {
        var answer = await new ListPartitionReassignmentsApi(new MetadataCache { Current = bed.Image }).AskAsync(new ListPartitionReassignmentsRequest { Topics = topics?.ToList() }, 0);
        Assert.Equal((ErrorCode.None, null), (answer.ErrorCode, answer.ErrorMessage));
        return answer.Topics;
    }

    [Fact]
    public async Task Where_nothing_moves_nothing_is_listed_and_unknown_names_are_no_error()
    {
        var bed = WithTopic("t");
        Assert.Empty(await AskAsync(bed, null));
        Assert.Empty(await AskAsync(bed));
        Assert.Empty(await AskAsync(bed, new() { Name = "t", PartitionIndexes = [0, 7] }, new() { Name = "ghost", PartitionIndexes = [0] }));
    }

    [Fact]
    public async Task What_moves_is_listed_with_what_comes_and_goes()
    {
        var bed = new ControllerBed(1, 2);
        bed.Create(Placed("t", (0, [1]), (1, [1])));
        bed.Take(bed.Controller.AlterPartitionReassignments(bed.Image, new() { Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 1, Replicas = [2] }] }] }));
        var partition = (await AskAsync(bed, null)).Single().Partitions.Single();
        Assert.Equal(1, partition.PartitionIndex);
        Assert.Equal([2, 1], partition.Replicas);
        Assert.Equal([2], partition.AddingReplicas);
        Assert.Equal([1], partition.RemovingReplicas);
        Assert.Empty(await AskAsync(bed, new ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics { Name = "t", PartitionIndexes = [0] }));
    }
}
