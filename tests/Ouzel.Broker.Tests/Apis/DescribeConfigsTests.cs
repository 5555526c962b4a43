using Ouzel.Broker.Configs;
using Ouzel.Broker.Tests.Configs;
using Ouzel.Protocol;

namespace Ouzel.Broker.Tests.Apis;

public sealed class DescribeConfigsTests
{
    [Theory]
    [InlineData(ConfigResourceType.Topic, "unknown", ErrorCode.UnknownTopicOrPartition)]
    [InlineData(ConfigResourceType.Topic, "", ErrorCode.InvalidTopicException)]
    [InlineData(ConfigResourceType.Topic, "a b", ErrorCode.InvalidTopicException)]
    [InlineData(ConfigResourceType.Broker, "7", ErrorCode.InvalidRequest)]
    [InlineData(ConfigResourceType.Broker, "one", ErrorCode.InvalidRequest)]
    [InlineData(ConfigResourceType.Group, "", ErrorCode.InvalidRequest)]
    [InlineData(ConfigResourceType.ClientMetrics, "", ErrorCode.InvalidRequest)]
    [InlineData((ConfigResourceType)3, "x", ErrorCode.InvalidRequest)]
    [InlineData((ConfigResourceType)0, "x", ErrorCode.InvalidRequest)]
    public async Task What_is_not_there_has_an_error_and_a_reason(ConfigResourceType type, string name, ErrorCode code)
    {
        var bed = await ConfigBed.StartAsync();
        var result = await bed.DescribeAsync(type, name);
        Assert.Equal((code, (sbyte)type, name, 0), (result.ErrorCode, result.ResourceType, result.ResourceName, result.Configs.Count));
        Assert.NotEmpty(result.ErrorMessage!);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Every_version_tells_value_and_source(short version)
    {
        var bed = await ConfigBed.StartAsync();
        await bed.CreateTopicAsync("t", ("retention.ms", "5000"));
        var result = await bed.DescribeAsync(ConfigResourceType.Topic, "t", ["retention.ms", "segment.ms", "no.such"], version);
        Assert.Equal("", result.ErrorMessage);
        Assert.Equal(
            [("retention.ms", "5000", (sbyte)1, (sbyte)(version >= 3 ? 5 : 0)), ("segment.ms", "604800000", (sbyte)5, (sbyte)(version >= 3 ? 5 : 0))],
            result.Configs.OrderBy(c => c.Name).Select(c => (c.Name, c.Value, c.ConfigSource, c.ConfigType)));
        Assert.All(result.Configs, c => Assert.Empty(c.Synonyms));
    }

    [Fact]
    public async Task No_keys_and_an_empty_list_ask_for_everything()
    {
        var bed = await ConfigBed.StartAsync();
        await bed.CreateTopicAsync("t");
        Assert.Equal(37, (await bed.DescribeAsync(ConfigResourceType.Topic, "t")).Configs.Count);
        Assert.Equal(37, (await bed.DescribeAsync(ConfigResourceType.Topic, "t", [])).Configs.Count);
        Assert.Empty((await bed.DescribeAsync(ConfigResourceType.Topic, "t", ["no.such"])).Configs);
    }

    [Fact]
    public async Task Documentation_and_synonyms_come_when_asked_for()
    {
        var bed = await ConfigBed.StartAsync();
        await bed.CreateTopicAsync("t", ("max.message.bytes", "2000"));
        var told = Assert.Single((await bed.DescribeAsync(ConfigResourceType.Topic, "t", ["max.message.bytes"], synonyms: true, documentation: true)).Configs);
        Assert.True(told.Documentation!.Length > 20);
        Assert.Equal([("max.message.bytes", "2000", (sbyte)1), ("message.max.bytes", "1048588", (sbyte)5)], told.Synonyms.Select(s => (s.Name, s.Value, s.Source)));
        var silent = Assert.Single((await bed.DescribeAsync(ConfigResourceType.Topic, "t", ["max.message.bytes"])).Configs);
        Assert.Null(silent.Documentation);
        Assert.Empty(silent.Synonyms);
    }

    [Fact]
    public async Task All_brokers_together_have_what_was_set_for_them()
    {
        var bed = await ConfigBed.StartAsync();
        Assert.Equal([("min.insync.replicas", "1", (sbyte)3)], (await bed.DescribeAsync(ConfigResourceType.Broker, "")).Configs.Select(c => (c.Name, c.Value, c.ConfigSource)));
        Assert.Empty((await bed.DescribeAsync(ConfigResourceType.Broker, "", ["num.partitions"])).Configs);
    }

    [Fact]
    public async Task Loggers_are_described_with_their_levels()
    {
        var bed = await ConfigBed.StartAsync();
        var result = await bed.DescribeAsync(ConfigResourceType.BrokerLogger, "1");
        Assert.Equal([("Net", "INFO", (sbyte)6), ("kafka", "INFO", (sbyte)6), ("org.apache.kafka", "INFO", (sbyte)6), ("root", "INFO", (sbyte)6)], result.Configs.OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => (c.Name, c.Value, c.ConfigSource)));
    }
}
