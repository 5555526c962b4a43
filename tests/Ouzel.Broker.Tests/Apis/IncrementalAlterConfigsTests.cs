using Ouzel.Broker.Configs;
using Ouzel.Broker.Tests.Configs;
using Ouzel.Protocol;

namespace Ouzel.Broker.Tests.Apis;

public sealed class IncrementalAlterConfigsTests
{
    private const ConfigResourceType Topic = ConfigResourceType.Topic;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_value_is_set_and_taken_back(short version)
    {
        var bed = await ConfigBed.StartAsync();
        await bed.CreateTopicAsync("t", ("segment.ms", "70000"));
        Assert.Equal((ErrorCode.None, null), await bed.ChangeAsync(Topic, "t", "retention.ms", ConfigOperation.Set, "5000", version));
        Assert.Equal("retention.ms=5000 segment.ms=70000", await bed.OwnAsync(Topic, "t"));
        Assert.Equal((ErrorCode.None, null), await bed.ChangeAsync(Topic, "t", "retention.ms", ConfigOperation.Delete, null, version));
        Assert.Equal("segment.ms=70000", await bed.OwnAsync(Topic, "t"));
    }

    [Theory]
    [InlineData(ConfigResourceType.Topic, "unknown", ErrorCode.UnknownTopicOrPartition)]
    [InlineData(ConfigResourceType.Topic, "", ErrorCode.InvalidRequest)]
    [InlineData(ConfigResourceType.Topic, "a b", ErrorCode.InvalidTopicException)]
    [InlineData(ConfigResourceType.Broker, "7", ErrorCode.InvalidRequest)]
    [InlineData(ConfigResourceType.Broker, "one", ErrorCode.InvalidRequest)]
    [InlineData(ConfigResourceType.BrokerLogger, "7", ErrorCode.InvalidRequest)]
    [InlineData(ConfigResourceType.BrokerLogger, "", ErrorCode.InvalidRequest)]
    [InlineData(ConfigResourceType.Group, "", ErrorCode.InvalidRequest)]
    [InlineData(ConfigResourceType.ClientMetrics, "", ErrorCode.InvalidRequest)]
    [InlineData((ConfigResourceType)3, "x", ErrorCode.InvalidRequest)]
    public async Task What_is_not_there_cannot_be_changed(ConfigResourceType type, string name, ErrorCode code)
    {
        var bed = await ConfigBed.StartAsync();
        var (found, message) = await bed.ChangeAsync(type, name, "retention.ms", ConfigOperation.Set, "1000");
        Assert.Equal(code, found);
        Assert.NotEmpty(message!);
    }

    [Fact]
    public async Task Each_resource_stands_or_falls_by_itself()
    {
        var bed = await ConfigBed.StartAsync();
        await bed.CreateTopicAsync("a");
        await bed.CreateTopicAsync("b");
        var answers = await bed.ChangeAsync([(Topic, "a", "retention.ms", ConfigOperation.Set, "5000"), (Topic, "b", "retention.ms", ConfigOperation.Set, "x")]);
        Assert.Equal([("a", ErrorCode.None), ("b", ErrorCode.InvalidConfig)], answers.Select(a => (a.ResourceName, a.ErrorCode)));
        Assert.Equal(("retention.ms=5000", ""), (await bed.OwnAsync(Topic, "a"), await bed.OwnAsync(Topic, "b")));
    }

    [Fact]
    public async Task A_resource_named_twice_is_refused_twice()
    {
        var bed = await ConfigBed.StartAsync();
        await bed.CreateTopicAsync("a");
        await bed.CreateTopicAsync("b");
        var answers = await bed.ChangeAsync(
            [(Topic, "a", "segment.ms", ConfigOperation.Set, "70000"), (Topic, "b", "segment.ms", ConfigOperation.Set, "1000"), (Topic, "b", "segment.ms", ConfigOperation.Set, "2000")]);
        Assert.Equal([("a", ErrorCode.None), ("b", ErrorCode.InvalidRequest), ("b", ErrorCode.InvalidRequest)], answers.Select(a => (a.ResourceName, a.ErrorCode)));
        Assert.Equal("", await bed.OwnAsync(Topic, "b"));
    }

    [Fact]
    public async Task Validation_changes_nothing()
    {
        var bed = await ConfigBed.StartAsync();
        await bed.CreateTopicAsync("t");
        Assert.Equal(ErrorCode.None, (await bed.ChangeAsync(Topic, "t", "retention.ms", ConfigOperation.Set, "5000", validate: true)).Code);
        Assert.Equal(ErrorCode.InvalidConfig, (await bed.ChangeAsync(Topic, "t", "retention.ms", ConfigOperation.Set, "x", validate: true)).Code);
        Assert.Equal("", await bed.OwnAsync(Topic, "t"));
    }

    [Fact]
    public async Task A_brokers_own_value_wins_over_that_of_all_brokers()
    {
        var bed = await ConfigBed.StartAsync();
        await bed.CreateTopicAsync("t");
        (string Who, ConfigOperation Operation, string? Value, string Broker, string Topic)[] steps =
        [
            ("", ConfigOperation.Set, "1000000", "1000000 3", "1000000 3"),
            ("1", ConfigOperation.Set, "2000000", "2000000 2", "2000000 2"),
            ("1", ConfigOperation.Delete, null, "1000000 3", "1000000 3"),
            ("", ConfigOperation.Delete, null, "-1 5", "-1 5"),
        ];
        foreach (var (who, operation, value, broker, topic) in steps)
        {
            Assert.Equal(ErrorCode.None, (await bed.ChangeAsync(ConfigResourceType.Broker, who, "log.retention.bytes", operation, value)).Code);
            var told = Assert.Single((await bed.DescribeAsync(ConfigResourceType.Broker, "1", ["log.retention.bytes"])).Configs);
            Assert.Equal(broker, $"{told.Value} {told.ConfigSource}");
            told = Assert.Single((await bed.DescribeAsync(Topic, "t", ["retention.bytes"])).Configs);
            Assert.Equal(topic, $"{told.Value} {told.ConfigSource}");
        }
    }

    [Fact]
    public async Task A_level_given_to_one_of_Kafkas_loggers_is_the_one_of_ours_behind_it()
    {
        var bed = await ConfigBed.StartAsync();
        Assert.Equal(ErrorCode.None, (await bed.ChangeAsync(ConfigResourceType.BrokerLogger, "1", "org.apache.kafka", ConfigOperation.Set, "WARN")).Code);
        Assert.Equal("WARN", bed.Levels["root"]);
        Assert.Equal(ErrorCode.InvalidRequest, (await bed.ChangeAsync(ConfigResourceType.BrokerLogger, "1", "kafka", ConfigOperation.Delete, null)).Code);
        Assert.Equal(ErrorCode.InvalidConfig, (await bed.ChangeAsync(ConfigResourceType.BrokerLogger, "1", "kafka.no.such", ConfigOperation.Set, "WARN")).Code);
    }

    [Theory]
    [InlineData("Net", ConfigOperation.Set, "DEBUG", ErrorCode.None)]
    [InlineData("Net", ConfigOperation.Delete, null, ErrorCode.None)]
    [InlineData("Net", ConfigOperation.Set, "LOUD", ErrorCode.InvalidConfig)]
    [InlineData("Nothing", ConfigOperation.Set, "DEBUG", ErrorCode.InvalidConfig)]
    [InlineData("root", ConfigOperation.Set, "WARN", ErrorCode.None)]
    [InlineData("root", ConfigOperation.Delete, null, ErrorCode.InvalidRequest)]
    [InlineData("root", ConfigOperation.Append, "DEBUG", ErrorCode.InvalidRequest)]
    public async Task Log_levels_change_while_the_broker_runs(string logger, ConfigOperation operation, string? level, ErrorCode code)
    {
        var bed = await ConfigBed.StartAsync();
        Assert.Equal(code, (await bed.ChangeAsync(ConfigResourceType.BrokerLogger, "1", logger, operation, level, validate: true)).Code);
        Assert.Equal("INFO", bed.Levels["Net"]);
        Assert.Equal(code, (await bed.ChangeAsync(ConfigResourceType.BrokerLogger, "1", logger, operation, level)).Code);
        if (code == ErrorCode.None && level is not null)
        {
            Assert.Equal(level, bed.Levels[logger]);
        }
    }
}
