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
}
