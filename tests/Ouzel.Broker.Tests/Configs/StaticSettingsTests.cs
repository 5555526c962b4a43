using Ouzel.Broker.Configs;

namespace Ouzel.Broker.Tests.Configs;

public sealed class StaticSettingsTests
{
    [Fact]
    public void Later_layers_win_over_earlier_ones()
    {
        var environment = new Dictionary<string, string> { ["KAFKA_NUM_PARTITIONS"] = "3", ["KAFKA_LOG_SEGMENT_BYTES"] = "3000000", ["OUZEL_LOG_SEGMENT_BYTES"] = "4000000" };
        var settings = Load("num.partitions=2\nlog.segment.bytes=2000000\nfetch.max.bytes=2000\nmessage.max.bytes=7", environment, ("fetch.max.bytes", "5000"));
        Assert.Equal("7", settings.Values["message.max.bytes"]);
        Assert.Equal("3", settings.Values["num.partitions"]);
        Assert.Equal("4000000", settings.Values["log.segment.bytes"]);
        Assert.Equal("5000", settings.Values["fetch.max.bytes"]);
        Assert.Equal("1", settings.Values["node.id"]);
    }

    [Theory]
    [InlineData("KAFKA_LOG_RETENTION_HOURS", "log.retention.hours")]
    [InlineData("KAFKA_CFG_LOG_RETENTION_HOURS", "log.retention.hours")]
    [InlineData("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "group.initial.rebalance.delay.ms")]
    [InlineData("OUZEL_LOG_RETENTION_HOURS", "log.retention.hours")]
    [InlineData("OUZEL_STOP_TIMEOUT_MS", "ouzel.stop.timeout.ms")]
    [InlineData("KAFKA_LISTENER_NAME_SASL__SSL_X", "listener.name.sasl_ssl.x")]
    [InlineData("KAFKA_LISTENER_NAME_MY___LISTENER_X", "listener.name.my-listener.x")]
    public void Environment_variables_name_settings(string variable, string name)
    {
        var settings = Load("", new Dictionary<string, string> { [variable] = "1" });
        Assert.Equal("1", settings.Values[name]);
        Assert.Equal(variable, settings.Origins[name]);
    }

    [Theory]
    [InlineData("KAFKA_HEAP_OPTS")]
    [InlineData("KAFKA_VERSION")]
    [InlineData("KAFKA_CREATE_TOPICS")]
    public void Variables_of_the_images_are_no_settings(string variable) =>
        Assert.Empty(Load("", new Dictionary<string, string> { [variable] = "x:1" }).Notes);

    [Fact]
    public void Topics_can_be_asked_for_by_a_variable()
    {
        var settings = Load("", new Dictionary<string, string> { ["KAFKA_CREATE_TOPICS"] = "orders:3:1,notes" });
        Assert.Equal([("orders", 3), ("notes", 1)], settings.TopicsToCreate);
        Assert.Contains("name:partitions", Wrong("", ("KAFKA_CREATE_TOPICS", "orders:many")));
    }

    [Theory]
    [InlineData("log.retension.ms", "log.retention.ms")]
    [InlineData("auto.create.topic.enable", "auto.create.topics.enable")]
    [InlineData("num.partition", "num.partitions")]
    public void An_unknown_name_is_told_with_the_nearest_known(string wrong, string meant)
    {
        var note = Assert.Single(Load($"# first\n{wrong}=1").Notes);
        Assert.Equal($"{wrong} (server.properties line 2) is not a known setting and has no effect; did you mean {meant}?", note);
    }

    [Fact]
    public void A_name_like_no_other_has_no_nearest() => Assert.DoesNotContain("did you mean", Assert.Single(Load("qqqqqqqq=1").Notes));

    [Theory]
    [InlineData("zookeeper.session.timeout.ms")]
    [InlineData("inter.broker.protocol.version")]
    [InlineData("log.message.format.version")]
    public void Old_names_are_taken_with_one_clear_line(string name)
    {
        var note = Assert.Single(Load($"{name}=x").Notes);
        Assert.Contains("has no effect: ", note);
    }

    [Fact]
    public void The_older_name_of_the_node_works_like_the_newer()
    {
        var options = BrokerOptions.From(Load("broker.id=7"));
        Assert.Equal(7, options.NodeId);
        Assert.Equal("3", Load("node.id=3\nbroker.id=7").Values["broker.id"]);
    }

    [Fact]
    public void Settings_without_effect_are_named_once()
    {
        var note = Assert.Single(Load("num.io.threads=8\nnum.network.threads=3").Notes);
        Assert.Equal("accepted, without effect here: num.io.threads, num.network.threads", note);
    }

    [Fact]
    public void A_wrong_value_is_told_with_its_place()
    {
        var told = Wrong("node.id=1\nlog.segment.bytes=1g");
        Assert.Equal("Invalid value 1g for configuration log.segment.bytes: Not a number of type INT (server.properties line 2). See docs/config.md for what log.segment.bytes takes.", told);
    }

    [Fact]
    public void Addresses_of_old_brokers_are_understood()
    {
        var options = BrokerOptions.From(Load("host.name=0.0.0.0\nport=9095\nadvertised.host.name=broker"));
        Assert.Equal(new ListenerOptions("PLAINTEXT", "0.0.0.0", 9095, "PLAINTEXT"), Assert.Single(options.Listeners));
        Assert.Equal(("broker", 9092), options.AdvertisedListeners["PLAINTEXT"]);
    }

    [Fact]
    public void What_an_image_advertises_is_listened_for_on_every_interface()
    {
        var options = BrokerOptions.From(Load("", new Dictionary<string, string>
        {
            ["KAFKA_ADVERTISED_LISTENERS"] = "PLAINTEXT://kafka:29092,HOST://localhost:9092",
            ["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"] = "PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT",
        }));
        Assert.Equal(["0.0.0.0:29092", "0.0.0.0:9092"], options.Listeners.Select(l => l.Address));
        Assert.Contains(options.Notes, n => n.Contains("KAFKA_ADVERTISED_LISTENERS") && n.Contains("every interface") && n.Contains("set KAFKA_LISTENERS"));
    }

    internal static StaticSettings Load(string file, Dictionary<string, string>? environment = null, params (string, string)[] commandLine) =>
        StaticSettings.Load(new StaticSources { FileText = file, Environment = environment ?? [], CommandLine = commandLine });

    private static string Wrong(string file, params (string, string)[] environment) =>
        Assert.Throws<SettingException>(() => Load(file, environment.ToDictionary(e => e.Item1, e => e.Item2))).Message;
}
