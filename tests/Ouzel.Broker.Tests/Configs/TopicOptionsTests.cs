using System.Text.Json;
using Ouzel.Broker.Configs;
using Ouzel.Protocol.Records;
using Ouzel.Storage;
using static Ouzel.Broker.Tests.Configs.BrokerOptionsTests;

namespace Ouzel.Broker.Tests.Configs;

public sealed class TopicOptionsTests
{
    [Fact]
    public void A_topic_without_settings_has_the_brokers()
    {
        var topic = TopicOptions.Of(Map(), BrokerOptions.Of(("log.segment.bytes", "2000000"), ("message.max.bytes", "7777"), ("log.cleanup.policy", "compact,delete")));
        Assert.Equal(2000000, topic.SegmentBytes);
        Assert.Equal(7777, topic.MaxMessageBytes);
        Assert.Equal(["compact", "delete"], topic.CleanupPolicy);
    }

    [Fact]
    public void A_topics_own_setting_wins() =>
        Assert.Equal(5, TopicOptions.Of(Map(("retention.ms", " 5 ")), BrokerOptions.Of(("log.retention.ms", "9"))).RetentionMs);

    [Theory]
    [InlineData("log.retention.hours=2", 7_200_000)]
    [InlineData("log.retention.hours=2 log.retention.minutes=3", 180_000)]
    [InlineData("log.retention.hours=2 log.retention.minutes=3 log.retention.ms=4", 4)]
    [InlineData("log.retention.hours=-1", -1)]
    [InlineData("", 604_800_000)]
    public void The_finest_unit_wins(string given, long retentionMs)
    {
        var settings = given.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => (s.Split('=')[0], s.Split('=')[1])).ToArray();
        Assert.Equal(retentionMs, TopicOptions.Of(Map(), BrokerOptions.Of(settings)).RetentionMs);
    }

    [Fact]
    public void The_defaults_are_Kafkas()
    {
        var topic = TopicOptions.Of(Map(), BrokerOptions.Of());
        Assert.Equal((604_800_000L, 0L, long.MaxValue, 3_600_000L), (topic.SegmentMs, topic.SegmentJitterMs, topic.FlushMs, topic.MessageTimestampAfterMaxMs));
    }

    [Fact]
    public void A_stored_value_that_cannot_be_any_more_is_passed_over() =>
        Assert.Equal(1073741824, TopicOptions.Of(Map(("segment.bytes", "14")), BrokerOptions.Of()).SegmentBytes);

    [Fact]
    public void The_defaults_of_a_log_are_those_of_a_topic_without_settings() =>
        Assert.Equal(LogOptions.Default, TopicOptions.Of(Map(), BrokerOptions.Of()).ToLogOptions());

    [Fact]
    public void A_log_gets_what_its_topic_says()
    {
        var log = TopicOptions.Of(
            Map(("cleanup.policy", "compact"), ("compression.type", "zstd"), ("message.timestamp.type", "LogAppendTime"), ("segment.bytes", "2000000"), ("internal.segment.bytes", "100")),
            BrokerOptions.Of()).ToLogOptions();
        Assert.Equal((false, true, CompressionCodec.Zstd, TimestampType.LogAppendTime, 100), (log.Delete, log.Compact, log.Compression, log.TimestampType, log.SegmentBytes));
    }

    [Fact]
    public void Every_setting_that_Kafka_has_for_a_topic_is_described_and_reaches_whom_it_is_for()
    {
        var unchanged = Effect(TopicOptions.Of(Map(), BrokerOptions.Of()));
        foreach (var setting in KafkasSettings())
        {
            var other = Another(setting);
            var described = Assert.Single(new ConfigDescriber(BrokerOptions.Of()).Topic(Map((setting.Name, other))), s => s.Name == setting.Name);
            Assert.Equal((other, ConfigSource.Topic), (described.Value, described.Source));
            Assert.True(setting.Accepted == (Effect(TopicOptions.Of(Map((setting.Name, other)), BrokerOptions.Of())) == unchanged), $"{setting.Name}={other}: what it does is not what its declaration says");
        }
    }

    [Fact]
    public void The_brokers_setting_behind_a_topics_does_the_same_for_topics_without_it()
    {
        foreach (var setting in KafkasSettings().Where(s => s.Origins.Count > 0))
        {
            var (name, other) = (setting.Origins[0], Another(setting));
            var broker = BrokerOptions.Of((name, other));
            Assert.Equal(Effect(TopicOptions.Of(Map((setting.Name, other)), BrokerOptions.Of())), Effect(TopicOptions.Of(Map(), broker)));
            var described = Assert.Single(new ConfigDescriber(broker).Topic(Map()), s => s.Name == setting.Name);
            Assert.Equal((other, ConfigSource.StaticBroker, name), (described.Value, described.Source, described.Synonyms[0].Name));
            Assert.True(SettingTables.Broker.TryGet(name, out var origin) && origin.Dynamic == DynamicMode.ClusterWide && origin.Documentation == setting.Documentation, name);
        }
    }

    /// <summary>All that a topic's settings change outside of their tables.</summary>
    private static (LogOptions, int, bool) Effect(TopicOptions topic) => (topic.ToLogOptions(), topic.MinInsyncReplicas, topic.UncleanLeaderElectionEnable);

    private static List<Setting> KafkasSettings()
    {
        using var kafka = JsonDocument.Parse(File.ReadAllText(Path.Combine(CheckoutTree.Protocol, "configs.json")));
        var settings = new List<Setting>();
        foreach (var name in kafka.RootElement.GetProperty("topic").EnumerateArray().Select(s => s.GetProperty("name").GetString()!))
        {
            Assert.True(SettingTables.Topic.TryGet(name, out var setting), name);
            settings.Add(setting);
        }

        Assert.NotEmpty(settings);
        return settings;
    }

    /// <summary>A value that is not the default.</summary>
    private static string Another(Setting setting) =>
        setting.Words.Concat(["true", "false", "2000000", "2", "0.25", "1:1"]).First(text => setting.TryParse(text, out var value, out _) && Setting.Print(value) == text && text != setting.Default);
}
