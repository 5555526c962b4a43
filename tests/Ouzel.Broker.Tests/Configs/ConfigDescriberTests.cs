using System.Text.Json;
using Ouzel.Broker.Configs;
using static Ouzel.Broker.Tests.Configs.BrokerOptionsTests;

namespace Ouzel.Broker.Tests.Configs;

public sealed class ConfigDescriberTests
{
    /// <summary>The settings that the recorded broker was started with, as far as they are the broker's own affair.</summary>
    private static readonly (string, string)[] Recorded =
    [
        ("num.partitions", "1"), ("offsets.topic.num.partitions", "5"), ("offsets.topic.replication.factor", "1"), ("transaction.state.log.num.partitions", "5"),
        ("transaction.state.log.replication.factor", "1"), ("transaction.state.log.min.isr", "1"), ("share.coordinator.state.topic.num.partitions", "5"),
        ("share.coordinator.state.topic.replication.factor", "1"), ("share.coordinator.state.topic.min.isr", "1"), ("log.cleaner.dedupe.buffer.size", "4194304"),
    ];

    private static readonly BrokerOptions Options = BrokerOptions.Of(Recorded).With(Map(("min.insync.replicas", "1")), Map());

    [Fact]
    public void A_broker_is_described_as_Kafka_describes_its_own()
    {
        // Addresses and folders are the recording's own.
        string[] elsewhere = ["advertised.listeners", "listeners", "log.dirs", "controller.quorum.bootstrap.servers"];
        Compare("broker", new ConfigDescriber(Options).Broker(), elsewhere);
    }

    [Fact]
    public void The_settings_of_all_brokers_are_those_that_were_made() => Compare("brokerDefault", new ConfigDescriber(Options).BrokerDefaults());

    [Fact]
    public void A_topic_without_settings_is_described_as_Kafka_does() => Compare("topic", new ConfigDescriber(Options).Topic(Map()));

    [Fact]
    public void A_group_without_settings_is_described_as_Kafka_does() => Compare("group", new ConfigDescriber(Options).Group(Map()));

    [Fact]
    public void A_subscription_without_settings_is_described_as_Kafka_does() => Compare("clientMetrics", ConfigDescriber.ClientMetrics(Map()));

    [Fact]
    public void A_topics_own_setting_stands_before_the_brokers()
    {
        var topic = new ConfigDescriber(Options).Topic(Map(("max.message.bytes", " +2000"), ("retention.ms", "5000"))).ToDictionary(s => s.Name);
        Assert.Equal(("2000", ConfigSource.Topic), (topic["max.message.bytes"].Value, topic["max.message.bytes"].Source));
        Assert.Equal([("max.message.bytes", "2000", ConfigSource.Topic), ("message.max.bytes", "1048588", ConfigSource.Default)], Synonyms(topic["max.message.bytes"]));
        Assert.Equal([("retention.ms", "5000", ConfigSource.Topic)], Synonyms(topic["retention.ms"]));
    }

    [Fact]
    public void Layers_of_a_broker_setting_stand_in_their_order()
    {
        var options = BrokerOptions.Of(("log.retention.bytes", "5")).With(Map(("log.retention.bytes", "6")), Map(("log.retention.bytes", "7")));
        var setting = new ConfigDescriber(options).Broker().Single(s => s.Name == "log.retention.bytes");
        Assert.Equal("7", setting.Value);
        Assert.Equal(
            [
                ("log.retention.bytes", "7", ConfigSource.DynamicBroker), ("log.retention.bytes", "6", ConfigSource.DynamicDefaultBroker),
                ("log.retention.bytes", "5", ConfigSource.StaticBroker), ("log.retention.bytes", "-1", ConfigSource.Default),
            ],
            Synonyms(setting));
        var topic = new ConfigDescriber(options).Topic(Map()).Single(s => s.Name == "retention.bytes");
        Assert.Equal(("7", ConfigSource.DynamicBroker), (topic.Value, topic.Source));
    }

    [Fact]
    public void A_setting_that_lives_by_a_stand_in_shows_no_layer()
    {
        var describer = new ConfigDescriber(BrokerOptions.Of(("log.retention.hours", "2")));
        Assert.Empty(describer.Broker().Single(s => s.Name == "log.retention.ms").Synonyms);
        var topic = describer.Topic(Map()).Single(s => s.Name == "retention.ms");
        Assert.Equal(("7200000", ConfigSource.Default), (topic.Value, topic.Source));
    }

    [Fact]
    public void A_setting_with_stand_ins_shows_them_after_itself() => Assert.Equal(
        [("log.retention.ms", "9", ConfigSource.StaticBroker), ("log.retention.hours", "168", ConfigSource.Default)],
        Synonyms(new ConfigDescriber(BrokerOptions.Of(("log.retention.ms", "9"))).Broker().Single(s => s.Name == "log.retention.ms")));

    [Fact]
    public void Secrets_and_unknown_names_hide_their_values()
    {
        var options = BrokerOptions.Of(("my.plugin", "hunter2")).With(Map(), Map(("no.such.setting", "4"), ("ssl.keystore.password", "hunter2")));
        var broker = new ConfigDescriber(options).Broker().ToDictionary(s => s.Name);
        foreach (var name in new[] { "ssl.keystore.password", "my.plugin", "no.such.setting" })
        {
            Assert.Null(broker[name].Value);
            Assert.True(broker[name].IsSensitive);
            Assert.All(broker[name].Synonyms, s => Assert.Null(s.Value));
        }

        Assert.Equal(ConfigSource.DynamicBroker, broker["no.such.setting"].Source);
    }

    [Fact]
    public void Own_settings_are_listed_when_given_or_named()
    {
        Assert.DoesNotContain(new ConfigDescriber(Options).Broker(), s => s.Name == "ouzel.durability");
        Assert.Contains(new ConfigDescriber(Options).Broker(["ouzel.durability"]), s => s.Name == "ouzel.durability");
        Assert.Contains(new ConfigDescriber(BrokerOptions.Of(("ouzel.durability", "os"))).Broker(), s => s.Name == "ouzel.durability");
    }

    [Fact]
    public void A_groups_own_setting_stands_before_the_brokers() => Assert.Equal(
        [("consumer.session.timeout.ms", "50000", ConfigSource.Group), ("group.consumer.session.timeout.ms", "45000", ConfigSource.Default)],
        Synonyms(new ConfigDescriber(Options).Group(Map(("consumer.session.timeout.ms", "50000"))).Single(s => s.Name == "consumer.session.timeout.ms")));

    [Fact]
    public void A_brokers_setting_shows_through_as_the_groups_value_with_its_own_source()
    {
        var options = BrokerOptions.Of(("group.share.delivery.count.limit", "7")).With(Map(("group.consumer.assignment.interval.ms", "9")), Map());
        var group = new ConfigDescriber(options).Group(Map()).ToDictionary(s => s.Name);
        Assert.Equal(("7", ConfigSource.StaticBroker), (group["share.delivery.count.limit"].Value, group["share.delivery.count.limit"].Source));
        Assert.Equal(("9", ConfigSource.DynamicDefaultBroker), (group["consumer.assignment.interval.ms"].Value, group["consumer.assignment.interval.ms"].Source));
    }

    [Fact]
    public void Internal_settings_of_a_group_are_not_shown_even_when_they_are_set() => Assert.DoesNotContain(
        new ConfigDescriber(Options).Group(Map(("streams.num.warmup.replicas", "3"))), s => s.Name == "streams.num.warmup.replicas");

    private static (string, string?, ConfigSource)[] Synonyms(DescribedSetting setting) => [.. setting.Synonyms.Select(s => (s.Name, s.Value, s.Source))];

    private static void Compare(string resource, List<DescribedSetting> ours, params string[] elsewhere)
    {
        using var kafka = JsonDocument.Parse(File.ReadAllText(Path.Combine(CheckoutTree.Protocol, "configs.json")));
        var theirs = kafka.RootElement.GetProperty("described").GetProperty(resource).EnumerateArray().Select(Line).Where(l => !elsewhere.Contains(l.Name)).Select(l => l.Text).Order();
        Assert.Equal(theirs, ours.Where(s => !elsewhere.Contains(s.Name)).Select(Line).Order());
    }

    private static (string Name, string Text) Line(JsonElement theirs)
    {
        var name = theirs.GetProperty("name").GetString()!;
        var synonyms = theirs.GetProperty("synonyms").EnumerateArray().Select(s => $"{s[0].GetString()}={s[1].GetString()} from {s[2].GetString()}");
        return (name, $"{name}={theirs.GetProperty("value").GetString() ?? "(none)"} {theirs.GetProperty("type").GetString()} from {theirs.GetProperty("source").GetString()} "
            + $"read-only {theirs.GetProperty("readOnly").GetBoolean()} sensitive {theirs.GetProperty("sensitive").GetBoolean()}: {string.Join(", ", synonyms)}");
    }

    private static string Line(DescribedSetting ours)
    {
        var synonyms = ours.Synonyms.Select(s => $"{s.Name}={s.Value} from {Name(s.Source)}");
        return $"{ours.Name}={ours.Value ?? "(none)"} {ours.Type.ToString().ToUpperInvariant()} from {Name(ours.Source)} "
            + $"read-only {ours.ReadOnly} sensitive {ours.IsSensitive}: {string.Join(", ", synonyms)}";
    }

    private static string Name(ConfigSource source) => source switch
    {
        ConfigSource.DynamicDefaultBroker => "DYNAMIC_DEFAULT_BROKER_CONFIG",
        ConfigSource.StaticBroker => "STATIC_BROKER_CONFIG",
        ConfigSource.Default => "DEFAULT_CONFIG",
        _ => source.ToString(),
    };
}
