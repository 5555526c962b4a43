using Ouzel.Broker.Apis;
using Ouzel.Broker.Tests.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class CreateTopicsTests
{
    [Fact]
    public async Task Every_version_creates_and_later_ones_tell_more()
    {
        var run = await new ClusterBed().StartAsync();
        var api = new CreateTopicsApi(run.Node.Controller);
        for (var version = 0; version <= 7; version++)
        {
            var result = (await api.AskAsync(new CreateTopicsRequest { Topics = [ControllerBed.Topic($"t{version}", 2)] }, version)).Topics.Single();
            Assert.Equal(ErrorCode.None, result.ErrorCode);
            Assert.True(version == 0 || result.ErrorMessage is null);
            Assert.Equal(version >= 5 ? (2, (short)1) : (-1, (short)-1), (result.NumPartitions, result.ReplicationFactor));
            Assert.Equal(version >= 5, result.Configs!.Count > 20);
            Assert.Equal(version >= 7 ? run.Image.Topics[$"t{version}"].Id : Uuid.Zero, result.TopicId);
            Assert.Equal(2, run.Image.Topics[$"t{version}"].Partitions.Length);
        }
    }

    [Fact]
    public async Task A_failure_has_no_id_no_counts_and_no_settings()
    {
        var run = await new ClusterBed().StartAsync();
        var api = new CreateTopicsApi(run.Node.Controller);
        var result = (await api.AskAsync(new CreateTopicsRequest { Topics = [ControllerBed.Topic("no good")] }, 7)).Topics.Single();
        Assert.Equal((ErrorCode.InvalidTopicException, true, Uuid.Zero), (result.ErrorCode, result.ErrorMessage is not null, result.TopicId));
        Assert.Equal((-1, (short)-1), (result.NumPartitions, result.ReplicationFactor));
        Assert.Empty(result.Configs!);
    }

    [Theory]
    [InlineData("no.such.setting", "1")]
    [InlineData("retention.ms", "soon")]
    [InlineData("segment.bytes", "1")]
    [InlineData("retention.ms", null)]
    [InlineData("cleanup.policy", "shred")]
    [InlineData("min.cleanable.dirty.ratio", "1.5")]
    [InlineData("preallocate", "perhaps")]
    [InlineData("", "x")]
    public async Task Wrong_settings_are_refused(string name, string? value)
    {
        var run = await new ClusterBed().StartAsync();
        var result = (await new CreateTopicsApi(run.Node.Controller).AskAsync(new CreateTopicsRequest { Topics = [ControllerBed.Topic("t", 1, 1, (name, value))] }, 7)).Topics.Single();
        Assert.Equal((ErrorCode.InvalidConfig, true), (result.ErrorCode, result.ErrorMessage is not null));
        Assert.Empty(run.Image.Topics);
    }
}
