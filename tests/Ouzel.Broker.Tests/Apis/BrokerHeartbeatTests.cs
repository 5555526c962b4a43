using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class BrokerHeartbeatTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_broker_that_has_caught_up_may_serve_and_one_that_wants_to_be_left_out_is_fenced(int version)
    {
        var run = await new ClusterBed().StartAsync();
        var epoch = (await new BrokerRegistrationApi(run.Node.Controller).AskAsync(BrokerRegistrationTests.Request(run, 7), 4)).BrokerEpoch;
        var api = new BrokerHeartbeatApi(run.Node.Controller);
        var behind = await api.AskAsync(new BrokerHeartbeatRequest { BrokerId = 7, BrokerEpoch = epoch, CurrentMetadataOffset = epoch - 1 }, version);
        Assert.Equal((ErrorCode.None, false, true), (behind.ErrorCode, behind.IsCaughtUp, behind.IsFenced));
        var there = await api.AskAsync(new BrokerHeartbeatRequest { BrokerId = 7, BrokerEpoch = epoch, CurrentMetadataOffset = epoch }, version);
        Assert.Equal((ErrorCode.None, true, false), (there.ErrorCode, there.IsCaughtUp, there.IsFenced));
        Assert.True(run.Image.IsActive(7));
        var leaving = await api.AskAsync(new BrokerHeartbeatRequest { BrokerId = 7, BrokerEpoch = epoch, CurrentMetadataOffset = epoch, WantFence = true }, version);
        Assert.True(leaving.IsFenced && run.Image.Brokers[7].Fenced);
        await run.StopAsync();
    }

    [Fact]
    public async Task A_heartbeat_of_another_epoch_or_of_nobody_is_refused()
    {
        var run = await new ClusterBed().StartAsync();
        var api = new BrokerHeartbeatApi(run.Node.Controller);
        Assert.Equal(ErrorCode.StaleBrokerEpoch, (await api.AskAsync(new BrokerHeartbeatRequest { BrokerId = 1, BrokerEpoch = run.Node.BrokerEpoch + 1 }, 2)).ErrorCode);
        Assert.NotEqual(ErrorCode.None, (await api.AskAsync(new BrokerHeartbeatRequest { BrokerId = 9, BrokerEpoch = 1 }, 2)).ErrorCode);
        await run.StopAsync();
    }
}
