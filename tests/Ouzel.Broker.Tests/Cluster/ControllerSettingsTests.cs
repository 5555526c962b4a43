using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using static Ouzel.Broker.Tests.Cluster.ControllerBed;

namespace Ouzel.Broker.Tests.Cluster;

public sealed class ControllerSettingsTests
{
    private readonly ControllerBed _bed = WithTopic("t");

    private ErrorCode Alter(params ConfigWrite[] operations) => _bed.Take(_bed.Controller.AlterConfigs(_bed.Image, operations)).Code;

    [Fact]
    public void Settings_are_stored_changed_and_removed_and_an_unchanged_one_writes_nothing()
    {
        var topic = ConfigResource.Topic("t");
        Assert.Equal(ErrorCode.None, Alter(new ConfigWrite(topic, "a", "1"), new ConfigWrite(topic, "b", "2")));
        Assert.Equal(["1", "2"], _bed.Image.ConfigsOf(topic).Values);
        Alter(new ConfigWrite(topic, "a", "1"));
        Assert.Empty(_bed.LastRecords);
        Alter(new ConfigWrite(topic, "a", null), new ConfigWrite(topic, "never.set", null));
        Assert.Equal(["b"], _bed.Image.ConfigsOf(topic).Keys);
        Assert.Single(_bed.LastRecords);
    }

    [Fact]
    public void With_eligible_leaders_the_clusters_minimum_isr_stays_and_no_broker_has_its_own()
    {
        const string Name = "min.insync.replicas";
        Assert.Equal(ErrorCode.None, Alter(new ConfigWrite(ConfigResource.ClusterDefault, Name, "2")));
        Assert.Equal(ErrorCode.InvalidConfig, Alter(new ConfigWrite(ConfigResource.ClusterDefault, Name, null)));
        Assert.Equal(ErrorCode.InvalidConfig, Alter(new ConfigWrite(ConfigResource.Broker(1), Name, "1")));
        Assert.Equal("2", _bed.Image.ClusterDefaultConfigs[Name]);
    }

    [Fact]
    public void A_new_minimum_isr_forgets_who_was_eligible()
    {
        _bed.StopCleanly(1);
        Assert.NotEmpty(_bed.Partition("t").EligibleLeaders);
        Alter(new ConfigWrite(ConfigResource.Topic("t"), "min.insync.replicas", "2"));
        Assert.Empty(_bed.Partition("t").EligibleLeaders);
    }

    [Fact]
    public void Producer_ids_come_in_blocks_of_1000_that_never_overlap()
    {
        var epoch = _bed.Image.Brokers[1].Epoch;
        var request = new AllocateProducerIdsRequest { BrokerId = 1, BrokerEpoch = epoch };
        var blocks = Enumerable.Range(0, 3).Select(_ => _bed.Take(_bed.Controller.AllocateProducerIds(_bed.Image, request))).ToList();
        Assert.Equal([(0, 1000), (1000, 1000), (2000, 1000)], blocks.Select(b => (b.ProducerIdStart, b.ProducerIdLen)));
        Assert.Equal(3000, _bed.Image.NextProducerId);
        request.BrokerEpoch--;
        Assert.Equal(ErrorCode.StaleBrokerEpoch, _bed.Controller.AllocateProducerIds(_bed.Image, request).Response.ErrorCode);
    }

    [Theory]
    [InlineData("no.such.feature", 1, 1)]
    [InlineData("group.version", 99, 1)]
    [InlineData("transaction.version", 1, 1)]
    [InlineData("metadata.version", 1, 2)]
    [InlineData("kraft.version", 0, 2)]
    [InlineData("kraft.version", 2, 1)]
    [InlineData("group.version", 1, 9)]
    [InlineData("group.version", -1, 1)]
    public void Feature_levels_that_cannot_be_are_refused_at_the_top(string name, short level, sbyte kind)
    {
        var answer = Update(name, level, kind);
        Assert.Equal((ErrorCode.InvalidUpdateVersion, true), (answer.ErrorCode, answer.ErrorMessage is not null));
        Assert.Empty(answer.Results);
        Assert.Empty(_bed.LastRecords);
    }

    [Fact]
    public void A_feature_goes_down_with_leave_and_up_again()
    {
        Assert.Equal((ErrorCode.None, null), (Update("transaction.version", 1, 2).ErrorCode, Update("transaction.version", 1, 2).ErrorMessage));
        Assert.Equal(1, _bed.Image.Features["transaction.version"]);
        Assert.Equal(ErrorCode.None, Update("transaction.version", 2, 1).ErrorCode);
        Assert.Equal(2, _bed.Image.Features["transaction.version"]);
    }

    [Fact]
    public void The_quorums_own_level_may_be_named_and_is_no_record()
    {
        Assert.Equal(ErrorCode.None, Update("kraft.version", 1, 1).ErrorCode);
        Assert.Empty(_bed.LastRecords);
    }

    private UpdateFeaturesResponse Update(string name, short level, sbyte kind) => _bed.Take(_bed.Controller.UpdateFeatures(
        _bed.Image, new() { FeatureUpdates = [new() { Feature = name, MaxVersionLevel = level, UpgradeType = kind }] }, quorumLevel: 1));
}
