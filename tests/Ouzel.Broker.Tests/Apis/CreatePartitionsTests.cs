using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class CreatePartitionsTests
{
    [Fact]
    public async Task Every_version_adds_partitions()
    {
        var run = await new ClusterBed().StartAsync();
        for (var version = 0; version <= 3; version++)
        {
            await run.CreateAsync($"t{version}");
            var request = new CreatePartitionsRequest { Topics = [new() { Name = $"t{version}", Count = 3, Assignments = null }] };
            var result = (await new CreatePartitionsApi(run.Node.Controller).AskAsync(request, version)).Results.Single();
            Assert.Equal(($"t{version}", ErrorCode.None, null), (result.Name, result.ErrorCode, result.ErrorMessage));
            Assert.Equal(3, run.Image.Topics[$"t{version}"].Partitions.Length);
        }
    }
}
