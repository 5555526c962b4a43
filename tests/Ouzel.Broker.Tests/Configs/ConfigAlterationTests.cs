using System.Text.Json;
using Ouzel.Broker.Configs;
using Ouzel.Protocol;
using static Ouzel.Broker.Tests.Configs.BrokerOptionsTests;

namespace Ouzel.Broker.Tests.Configs;

public sealed class ConfigAlterationTests
{
    private static readonly ConfigAlteration Alteration = new(BrokerOptions.Of());
    private static readonly ConfigResource Topic = new(ConfigResourceType.Topic, "t");

    [Fact]
    public void Values_are_taken_and_refused_as_Kafka_does()
    {
        using var facts = JsonDocument.Parse(File.ReadAllText(Path.Combine(CheckoutTree.Golden, "facts.json")));
        var tried = Check(facts.RootElement.GetProperty("configs.topic_values_taken_and_refused"), Topic)
            + Check(facts.RootElement.GetProperty("configs.group_values_taken_and_refused"), new ConfigResource(ConfigResourceType.Group, "g"))
            + Check(facts.RootElement.GetProperty("configs.group_values_within_the_brokers"), new ConfigResource(ConfigResourceType.Group, "g"));
        Assert.True(tried > 80, $"only {tried} values were tried");
    }

    [Fact]
    public void A_value_is_set_and_taken_back_beside_others()
    {
        var own = Map(("segment.ms", "70000"));
        var set = Alter(Topic, own, ("retention.ms", ConfigOperation.Set, "5000"));
        Assert.Equal(Map(("segment.ms", "70000"), ("retention.ms", "5000")), set.Values);
        Assert.Equal([("retention.ms", "5000")], set.Changed);
        var back = Alter(Topic, set.Values, ("retention.ms", ConfigOperation.Delete, null));
        Assert.Equal(own, back.Values);
        Assert.Equal([("retention.ms", null)], back.Changed);
        Assert.Empty(Alter(Topic, own, ("flush.ms", ConfigOperation.Delete, null), ("no.such", ConfigOperation.Delete, "")).Changed);
    }

    [Theory]
    [InlineData("compact", ConfigOperation.Append, "delete", "compact,delete")]
    [InlineData("compact,delete", ConfigOperation.Append, "delete", "compact,delete")]
    [InlineData("compact,delete", ConfigOperation.Subtract, "compact", "delete")]
    [InlineData("delete", ConfigOperation.Subtract, "compact", "delete")]
    [InlineData("delete", ConfigOperation.Subtract, "delete", "")]
    [InlineData(null, ConfigOperation.Append, "compact", "delete,compact")]
    public void Lists_grow_and_shrink(string? before, ConfigOperation operation, string entry, string after)
    {
        var own = before is null ? Map() : Map(("cleanup.policy", before));
        Assert.Equal(after, Alter(Topic, own, ("cleanup.policy", operation, entry)).Values["cleanup.policy"]);
    }

    [Theory]
    [InlineData("no.such", ConfigOperation.Set, "1", 40)]
    [InlineData("retention.ms", ConfigOperation.Set, "x", 40)]
    [InlineData("retention.ms", ConfigOperation.Set, "", 40)]
    [InlineData("retention.ms", ConfigOperation.Set, null, 42)]
    [InlineData("retention.ms", ConfigOperation.Append, "5", 40)]
    [InlineData("retention.ms", ConfigOperation.Subtract, "5", 40)]
    [InlineData("cleanup.policy", ConfigOperation.Append, "shred", 40)]
    [InlineData("cleanup.policy", ConfigOperation.Append, null, 42)]
    [InlineData("remote.storage.enable", ConfigOperation.Set, "true", 40)]
    [InlineData("cleanup.policy", (ConfigOperation)9, "x", 42)]
    public void A_wrong_change_of_a_topic_is_refused(string name, ConfigOperation operation, string? value, short code) =>
        Refused(code, Alteration.Change(Topic, Map(), [new ConfigChange(name, operation, value)]));

    [Fact]
    public void One_wrong_change_refuses_all_of_a_resource() =>
        Refused(40, Alteration.Change(Topic, Map(), [new("segment.ms", ConfigOperation.Set, "70000"), new("retention.ms", ConfigOperation.Set, "x")]));

    [Fact]
    public void A_setting_named_twice_is_refused() =>
        Refused(42, Alteration.Change(Topic, Map(), [new("retention.ms", ConfigOperation.Set, "1"), new("retention.ms", ConfigOperation.Delete, null)]));

    [Fact]
    public void Compaction_cannot_be_due_before_it_is_allowed() =>
        Refused(40, Alteration.Change(Topic, Map(("max.compaction.lag.ms", "5")), [new("min.compaction.lag.ms", ConfigOperation.Set, "6")]));

    [Fact]
    public void Replacing_drops_what_is_not_named()
    {
        var outcome = Alteration.Replace(Topic, Map(("retention.ms", "5000"), ("segment.ms", "70000")), [("segment.ms", "80000"), ("flush.ms", "9000")]);
        Assert.Null(outcome.Error);
        Assert.Equal(Map(("segment.ms", "80000"), ("flush.ms", "9000")), outcome.Values);
        Assert.Equal([("segment.ms", "80000"), ("flush.ms", "9000"), ("retention.ms", null)], outcome.Changed);
        Refused(40, Alteration.Replace(Topic, Map(), [("no.such", "1")]));
        Refused(42, Alteration.Replace(Topic, Map(), [("segment.ms", null)]));
    }

    [Theory]
    [InlineData("1", "log.dirs", "/elsewhere", "Cannot update these configs dynamically: Set(log.dirs)")]
    [InlineData("", "num.partitions", "3", "Cannot update these configs dynamically: Set(num.partitions)")]
    [InlineData("1", "node.id", "2", "Cannot update these configs dynamically: Set(node.id)")]
    [InlineData("1", "log.retention.ms", "x", "Invalid value x for configuration log.retention.ms: Not a number of type LONG")]
    [InlineData("", "num.io.threads", "0", "Invalid value 0 for configuration num.io.threads: Value must be at least 1")]
    [InlineData("", "listeners", "PLAINTEXT://:1", "Cannot update these configs at default cluster level, broker id must be specified: Set(listeners)")]
    [InlineData("1", "log.cleaner.threads", "0", "Invalid value 0 for configuration log.cleaner.threads: a running broker needs at least 1")]
    [InlineData("1", "listeners", "PLAINTEXT://:1", "listeners of this broker changes with its next start: set it in server.properties")]
    public void A_wrong_change_of_a_broker_is_an_invalid_request(string broker, string name, string value, string told)
    {
        var outcome = Alteration.Change(new ConfigResource(ConfigResourceType.Broker, broker), Map(), [new(name, ConfigOperation.Set, value)]);
        Assert.Equal(new ConfigError(ErrorCode.InvalidRequest, told), outcome.Error);
    }

    [Theory]
    [InlineData("num.io.threads", "16", true)]
    [InlineData("num.io.threads", "17", false)]
    [InlineData("num.io.threads", "4", true)]
    [InlineData("num.io.threads", "3", false)]
    [InlineData("background.threads", "21", false)]
    [InlineData("log.cleaner.threads", "2", true)]
    [InlineData("log.cleaner.threads", "3", false)]
    [InlineData("max.connections.per.ip.overrides", "10.0.0.1:5,::1:6,", true)]
    [InlineData("max.connections.per.ip.overrides", "10.0.0.1", false)]
    [InlineData("max.connections.per.ip.overrides", "10.0.0.1:few", false)]
    public void Thread_counts_change_by_no_more_than_a_factor_of_two_and_limits_of_addresses_are_numbers(string name, string value, bool taken)
    {
        var error = Alteration.Change(ConfigResource.Broker(1), Map(), [new(name, ConfigOperation.Set, value)]).Error;
        Assert.Equal(taken ? null : ErrorCode.InvalidRequest, error?.Code);
    }

    [Fact]
    public void A_broker_keeps_names_that_it_does_not_know() =>
        Assert.Equal(Map(("no.such.setting", "4")), Alter(new ConfigResource(ConfigResourceType.Broker, "1"), Map(), ("no.such.setting", ConfigOperation.Set, "4")).Values);

    [Fact]
    public void The_least_number_of_copies_stays_cluster_wide()
    {
        var all = new ConfigResource(ConfigResourceType.Broker, "");
        Refused(40, Alteration.Change(new ConfigResource(ConfigResourceType.Broker, "1"), Map(), [new("min.insync.replicas", ConfigOperation.Set, "2")]));
        Refused(40, Alteration.Change(all, Map(("min.insync.replicas", "1")), [new("min.insync.replicas", ConfigOperation.Delete, null)]));
        Assert.Equal("2", Alter(all, Map(("min.insync.replicas", "1")), ("min.insync.replicas", ConfigOperation.Set, "2")).Values["min.insync.replicas"]);
    }

    [Theory]
    [InlineData("interval.ms", "5000", 0)]
    [InlineData("interval.ms", "1", 42)]
    [InlineData("interval.ms", "3600001", 42)]
    [InlineData("interval.ms", "x", 40)]
    [InlineData("no.such", "1", 42)]
    [InlineData("match", "client_id=app.*,client_software_name=x", 0)]
    [InlineData("match", "client_id=[", 40)]
    [InlineData("match", "client_id=", 40)]
    [InlineData("match", "client_id= ", 40)]
    [InlineData("match", "client_id=b=c", 40)]
    [InlineData("match", "client_id", 40)]
    [InlineData("match", "=b", 40)]
    [InlineData("match", " client_id = b ", 0)]
    [InlineData("match", "planet=mars", 40)]
    public void Subscriptions_to_metrics_have_their_own_rules(string name, string value, short code)
    {
        var outcome = Alteration.Change(new ConfigResource(ConfigResourceType.ClientMetrics, "m"), Map(), [new(name, ConfigOperation.Set, value)]);
        Assert.Equal((ErrorCode)code, outcome.Error?.Code ?? ErrorCode.None);
    }

    [Fact]
    public void A_group_must_wait_longer_than_its_members_beat()
    {
        var alteration = new ConfigAlteration(BrokerOptions.Of(("group.consumer.min.session.timeout.ms", "1000")));
        var outcome = alteration.Change(new ConfigResource(ConfigResourceType.Group, "g"), Map(), [new("consumer.session.timeout.ms", ConfigOperation.Set, "5000")]);
        Assert.Equal("consumer.session.timeout.ms must be greater than consumer.heartbeat.interval.ms", outcome.Error?.Message);
    }

    [Theory]
    [InlineData("streams.assignor.name", "sticky", 0)]
    [InlineData("streams.assignor.name", "other", 40)]
    [InlineData("streams.rack.aware.assignment.tags", "a,b", 0)]
    [InlineData("streams.rack.aware.assignment.tags", "a,b,a", 40)]
    [InlineData("streams.num.warmup.replicas", "21", 40)]
    [InlineData("streams.task.offset.interval.ms", "14999", 40)]
    [InlineData("streams.acceptable.recovery.lag", "5", 0)]
    [InlineData("errors.deadletterqueue.topic.name", "__transaction_state", 40)]
    [InlineData("errors.deadletterqueue.topic.name", "__share_group_state", 40)]
    public void Settings_of_a_group_name_what_there_is(string name, string value, short code) =>
        Assert.Equal((ErrorCode)code, Alteration.Change(new ConfigResource(ConfigResourceType.Group, "g"), Map(), [new(name, ConfigOperation.Set, value)]).Error?.Code ?? ErrorCode.None);

    [Theory]
    [InlineData("", "group.consumer.assignment.interval.ms", "15000", true)]
    [InlineData("", "group.consumer.assignment.interval.ms", "15001", false)]
    [InlineData("1", "group.share.assignment.interval.ms", "15001", false)]
    public void A_brokers_default_for_groups_lies_within_its_own_bounds(string broker, string name, string value, bool taken) => Assert.Equal(
        taken ? null : ErrorCode.InvalidRequest, Alteration.Change(new ConfigResource(ConfigResourceType.Broker, broker), Map(), [new(name, ConfigOperation.Set, value)]).Error?.Code);

    [Theory]
    [InlineData("ssl.keystore.location", "/keys")]
    [InlineData("listener.name.plaintext.ssl.keystore.location", "/keys")]
    [InlineData("sasl.enabled.mechanisms", "PLAIN")]
    [InlineData("max.connection.creation.rate", "5")]
    public void A_running_broker_takes_no_protection_that_is_not_there(string name, string value) =>
        Refused(42, Alteration.Change(new ConfigResource(ConfigResourceType.Broker, "1"), Map(), [new(name, ConfigOperation.Set, value)]));

    [Fact]
    public void A_new_topic_is_held_to_the_same_rules()
    {
        Assert.Null(Alteration.CheckTopic(new Dictionary<string, string?> { ["retention.ms"] = " +5 " }));
        Assert.Equal(ErrorCode.InvalidConfig, Alteration.CheckTopic(new Dictionary<string, string?> { ["retention.ms"] = null })?.Code);
        Assert.Equal(ErrorCode.InvalidConfig, Alteration.CheckTopic(new Dictionary<string, string?> { ["no.such"] = "1" })?.Code);
    }

    private static int Check(JsonElement fact, ConfigResource resource)
    {
        var tried = 0;
        foreach (var setting in fact.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Array && p.Value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.Array && v[1].ValueKind == JsonValueKind.Number && v[0].ValueKind == JsonValueKind.String)))
        {
            foreach (var answer in setting.Value.EnumerateArray())
            {
                var outcome = Alteration.Change(resource, Map(), [new(setting.Name, ConfigOperation.Set, answer[0].GetString())]);
                Assert.True((short)(outcome.Error?.Code ?? ErrorCode.None) == answer[1].GetInt16(), $"{setting.Name}={answer[0]} gives {outcome.Error}, Kafka says {answer[1]}");
                tried++;
            }
        }

        return tried;
    }

    private static ConfigOutcome Alter(ConfigResource resource, IReadOnlyDictionary<string, string> own, params (string Name, ConfigOperation Operation, string? Value)[] changes)
    {
        var outcome = Alteration.Change(resource, own, [.. changes.Select(c => new ConfigChange(c.Name, c.Operation, c.Value))]);
        Assert.Null(outcome.Error);
        return outcome;
    }

    private static void Refused(short code, ConfigOutcome outcome)
    {
        Assert.Equal((ErrorCode)code, outcome.Error?.Code);
        Assert.NotEmpty(outcome.Error!.Message);
        Assert.Empty(outcome.Changed);
    }
}
