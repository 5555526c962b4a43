using Ouzel.Broker.Apis;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Tests.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class BrokerRegistrationTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_broker_is_registered_fenced_and_its_epoch_is_the_offset_of_its_registration(int version)
    {
        var run = await new ClusterBed().StartAsync();
        var response = await new BrokerRegistrationApi(run.Node.Controller).AskAsync(Request(run, 7), version);
        Assert.Equal((ErrorCode.None, run.Image.Offset), (response.ErrorCode, response.BrokerEpoch));
        Assert.Equal((true, response.BrokerEpoch), (run.Image.Brokers[7].Fenced, run.Image.Brokers[7].Epoch));
        Assert.False(run.Image.Brokers[1].Fenced);
        await run.StopAsync();
    }

    [Fact]
    public async Task A_broker_of_another_cluster_or_of_a_migration_is_refused()
    {
        var run = await new ClusterBed().StartAsync();
        var api = new BrokerRegistrationApi(run.Node.Controller);
        var other = Request(run, 7);
        other.ClusterId = "another";
        Assert.Equal(ErrorCode.InconsistentClusterId, (await api.AskAsync(other, 4)).ErrorCode);
        var migrating = Request(run, 7);
        migrating.IsMigratingZkBroker = true;
        Assert.Equal(ErrorCode.BrokerIdNotRegistered, (await api.AskAsync(migrating, 4)).ErrorCode);
        Assert.DoesNotContain(7, run.Image.Brokers.Keys);
        await run.StopAsync();
    }

    [Fact]
    public async Task The_node_registers_itself_and_may_serve_when_it_has_started()
    {
        var run = await new ClusterBed().StartAsync();
        var self = run.Image.Brokers[1];
        Assert.Equal((false, run.Node.BrokerEpoch), (self.Fenced, self.Epoch));
        await run.StopAsync();
        Assert.True(run.Image.Brokers[1].Fenced);
    }

    internal static BrokerRegistrationRequest Request(ClusterRun run, int id) => new()
    {
        BrokerId = id,
        ClusterId = run.Image.ClusterId,
        IncarnationId = new Uuid(5, id),
        Listeners = [new() { Name = "PLAINTEXT", Host = "h", Port = 1 }],
        LogDirs = [new Uuid(6, id)],
        Features = [.. FeatureNames.Supported.Select(f => new BrokerRegistrationRequest.Feature { Name = f.Name, MinSupportedVersion = f.LevelMin, MaxSupportedVersion = f.LevelMax })],
    };
}
