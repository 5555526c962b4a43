using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;

namespace Ouzel.Broker.Tests.Apis;

public sealed class AlterReplicaLogDirsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_directory_the_node_does_not_have_is_not_found_and_staying_is_fine(int version)
    {
        var run = await new ClusterBed().StartAsync();
        await run.CreateAsync("t");
        run.Directories.All[0].Create(new TopicPartition("t", 0), run.Image.Topics["t"].Id, LogOptions.Default, 0);
        var api = new AlterReplicaLogDirsApi(run.Node.Metadata, run.Directories);
        var here = Path.GetFullPath(ClusterBed.Data);
        async Task<ErrorCode> MoveAsync(string path, int partition) => (await api.AskAsync(
            new AlterReplicaLogDirsRequest { Dirs = [new() { Path = path, Topics = [new() { Name = "t", Partitions = [partition] }] }] }, version)).Results.Single().Partitions.Single().ErrorCode;
        Assert.Equal(ErrorCode.LogDirNotFound, await MoveAsync("/no/such/directory", 0));
        Assert.Equal(ErrorCode.LogDirNotFound, await MoveAsync("relative", 0));
        Assert.Equal(ErrorCode.None, await MoveAsync(here, 0));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await MoveAsync(here, 5));
    }
}
