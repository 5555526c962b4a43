using Ouzel.Broker.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using static Ouzel.Broker.Tests.Cluster.ControllerBed;

namespace Ouzel.Broker.Tests.Cluster;

public sealed class BrokerLifeTests
{
    [Fact]
    public void A_registered_broker_is_fenced_until_its_heartbeat_and_its_epoch_is_the_records_offset()
    {
        var bed = new ControllerBed();
        var epoch = bed.Register(1);
        Assert.Equal(bed.Image.Offset, epoch);
        Assert.True(bed.Image.Brokers[1].Fenced);
        Assert.False(bed.Heartbeat(1).IsFenced);
        Assert.True(bed.Image.IsActive(1));
        bed.Heartbeat(1);
        Assert.Empty(bed.LastRecords);
    }

    [Fact]
    public void The_same_incarnation_keeps_its_epoch()
    {
        var bed = new ControllerBed(1);
        var before = bed.Image.Brokers[1];
        Assert.Equal(before.Epoch, bed.Register(1));
        Assert.Empty(bed.LastRecords);
        Assert.Same(before, bed.Image.Brokers[1]);
    }

    [Fact]
    public void A_broker_of_another_cluster_or_without_a_needed_feature_is_refused()
    {
        var bed = new ControllerBed();
        var other = Registration(1);
        other.ClusterId = "BBBBBBBBQACAAAAAAAAAAQ";
        Assert.Equal(ErrorCode.InconsistentClusterId, bed.Controller.RegisterBroker(bed.Image, other, 10).Response.ErrorCode);
        var old = Registration(1);
        old.Features.RemoveAll(f => f.Name == "metadata.version");
        Assert.Equal(ErrorCode.UnsupportedVersion, bed.Controller.RegisterBroker(bed.Image, old, 10).Response.ErrorCode);
    }

    [Fact]
    public void A_heartbeat_with_another_epoch_is_stale()
    {
        var bed = new ControllerBed(1);
        Assert.Equal(ErrorCode.StaleBrokerEpoch, bed.Controller.Heartbeat(bed.Image, new() { BrokerId = 1, BrokerEpoch = 0 }).Response.ErrorCode);
        Assert.Equal(ErrorCode.StaleBrokerEpoch, bed.Controller.Heartbeat(bed.Image, new() { BrokerId = 2, BrokerEpoch = 0 }).Response.ErrorCode);
    }

    [Fact]
    public void A_broker_is_unfenced_only_when_it_has_seen_its_own_registration()
    {
        var bed = new ControllerBed();
        var epoch = bed.Register(1);
        var answer = bed.Take(bed.Controller.Heartbeat(bed.Image, new() { BrokerId = 1, BrokerEpoch = epoch, CurrentMetadataOffset = epoch - 1 }));
        Assert.Equal((false, true), (answer.IsCaughtUp, answer.IsFenced));
    }

    [Fact]
    public void A_clean_stop_of_the_only_node_leaves_no_leader_an_empty_isr_and_the_node_eligible()
    {
        var bed = WithTopic("t");
        var answer = bed.Heartbeat(1, wantShutDown: true);
        Assert.True(answer.ShouldShutDown);
        Assert.Equal([(17, 1), (5, 2)], bed.LastRecords.Select(r => ((int)r.Key, (int)r.Version)));
        bed.Fence(1);
        Assert.Equal([(17, 0)], bed.LastRecords.Select(r => ((int)r.Key, (int)r.Version)));
        var partition = bed.Partition("t");
        Assert.Equal((-1, 1, 1), (partition.Leader, partition.LeaderEpoch, partition.PartitionEpoch));
        Assert.Empty(partition.Isr);
        Assert.Equal([1], partition.EligibleLeaders);
        Assert.Equal([1], partition.LastKnownEligibleLeaders);
    }

    [Fact]
    public void A_clean_restart_leads_again_two_epochs_later()
    {
        var bed = WithTopic("t");
        var epoch = bed.Image.Brokers[1].Epoch;
        bed.StopCleanly(1);
        bed.Register(1, previousEpoch: epoch, new Uuid(8, 8));
        Assert.Equal(["RegisterBrokerRecord"], bed.LastRecords.Select(r => r.Message.GetType().Name));
        bed.Heartbeat(1);
        var partition = bed.Partition("t");
        Assert.Equal((1, 2, false), (partition.Leader, partition.LeaderEpoch, partition.Recovering));
        Assert.Equal([1], partition.Isr);
        Assert.Empty(partition.EligibleLeaders);
        Assert.Empty(partition.LastKnownEligibleLeaders);
    }

    [Fact]
    public void A_killed_only_node_leads_again_two_epochs_later_in_recovery()
    {
        var bed = WithTopic("t");
        bed.Register(1, previousEpoch: -1, new Uuid(8, 8));
        Assert.Equal((-1, true), (bed.Partition("t").Leader, bed.Image.Brokers[1].Fenced));
        Assert.Empty(bed.Partition("t").EligibleLeaders);
        Assert.Equal([1], bed.Partition("t").LastKnownEligibleLeaders);
        bed.Heartbeat(1);
        var partition = bed.Partition("t");
        Assert.Equal((1, 2, true), (partition.Leader, partition.LeaderEpoch, partition.Recovering));
        Assert.Equal([1], partition.Isr);
    }

    [Fact]
    public void Without_eligible_leaders_the_last_member_stays_in_the_isr()
    {
        var bed = new ControllerBed();
        bed.Apply(Ouzel.Broker.Cluster.ClusterRecord.Of(new FeatureLevelRecord { Name = "eligible.leader.replicas.version", FeatureLevel = 0 }));
        bed.Join(1);
        bed.Create(Topic("t"));
        bed.StopCleanly(1);
        Assert.Equal(-1, bed.Partition("t").Leader);
        Assert.Equal([1], bed.Partition("t").Isr);
        Assert.Empty(bed.Partition("t").EligibleLeaders);
        bed.Register(1, previousEpoch: bed.Image.Brokers[1].Epoch, new Uuid(8, 8));
        bed.Heartbeat(1);
        Assert.Equal((1, 2), (bed.Partition("t").Leader, bed.Partition("t").LeaderEpoch));
    }

    [Fact]
    public void When_a_leader_goes_the_next_of_the_isr_in_replica_order_leads()
    {
        var bed = new ControllerBed(1, 2, 3);
        bed.Create(Placed("t", (0, [2, 3, 1])));
        bed.Fence(2);
        var partition = bed.Partition("t");
        Assert.Equal((3, 1), (partition.Leader, partition.LeaderEpoch));
        Assert.Equal([3, 1], partition.Isr);
        bed.Heartbeat(2);
        Assert.Equal(3, bed.Partition("t").Leader);
        Assert.Equal([3, 1], bed.Partition("t").Isr);
    }

    [Fact]
    public void A_follower_that_goes_leaves_the_leader_epoch_alone()
    {
        var bed = new ControllerBed(1, 2);
        bed.Create(Placed("t", (0, [1, 2])));
        bed.Fence(2);
        Assert.Equal((1, 0, 1), (bed.Partition("t").Leader, bed.Partition("t").LeaderEpoch, bed.Partition("t").PartitionEpoch));
        Assert.Equal([1], bed.Partition("t").Isr);
    }

    [Fact]
    public void Below_the_minimum_isr_whoever_leaves_stays_eligible_and_may_lead_later()
    {
        var bed = new ControllerBed(1, 2);
        bed.Settings.Minimum = 2;
        bed.Create(Placed("t", (0, [1, 2])));
        bed.Fence(1);
        Assert.Equal(2, bed.Partition("t").Leader);
        Assert.Equal([1], bed.Partition("t").EligibleLeaders);
        bed.Fence(2);
        Assert.Equal(-1, bed.Partition("t").Leader);
        Assert.Equal([1, 2], bed.Partition("t").EligibleLeaders.Order());
        bed.Heartbeat(1);
        Assert.Equal((1, false), (bed.Partition("t").Leader, bed.Partition("t").Recovering));
        Assert.Equal([1], bed.Partition("t").Isr);
        Assert.Equal([2], bed.Partition("t").EligibleLeaders);
    }

    [Fact]
    public void An_unregistered_broker_is_forgotten_and_an_unknown_one_refused()
    {
        var bed = new ControllerBed(1, 2);
        Assert.Equal(ErrorCode.None, bed.Take(bed.Controller.UnregisterBroker(bed.Image, 2)).ErrorCode);
        Assert.Equal([1], bed.Image.Brokers.Keys);
        var unknown = bed.Take(bed.Controller.UnregisterBroker(bed.Image, 77));
        Assert.Equal((ErrorCode.BrokerIdNotRegistered, true), (unknown.ErrorCode, unknown.ErrorMessage is not null));
    }

    [Fact]
    public void Another_controller_is_forgotten_from_the_level_on_that_can_say_so()
    {
        var bed = new ControllerBed(1);
        bed.Take(bed.Controller.RegisterController(bed.Image, new ControllerImage(2, new Uuid(7, 7), [], [], false)));
        var old = bed.Image.Apply(ClusterRecord.Of(new FeatureLevelRecord { Name = "metadata.version", FeatureLevel = 32 }), bed.Image.Offset + 1, 1, 0);
        Assert.Equal(ErrorCode.UnsupportedVersion, bed.Controller.UnregisterController(old, 2).Response.ErrorCode);
        Assert.Contains(2, bed.Image.Controllers.Keys);
        Assert.Equal(ErrorCode.None, bed.Take(bed.Controller.UnregisterController(bed.Image, 2)).ErrorCode);
        Assert.Equal([(29, 0)], bed.LastRecords.Select(r => ((int)r.Key, (int)r.Version)));
        Assert.DoesNotContain(2, bed.Image.Controllers.Keys);
        Assert.Equal(ErrorCode.ControllerIdNotRegistered, bed.Controller.UnregisterController(bed.Image, 2).Response.ErrorCode);
    }
}
