using Ouzel.Broker.Configs;

namespace Ouzel.Broker.Tests.Configs;

public sealed class BrokerOptionsTests
{
    [Fact]
    public void Nothing_given_serves_the_own_machine_only()
    {
        var options = BrokerOptions.Of();
        Assert.Equal(new ListenerOptions("PLAINTEXT", "localhost", 9092, "PLAINTEXT"), Assert.Single(options.Listeners));
        Assert.Empty(options.AdvertisedListeners);
        Assert.Equal(["./ouzel-data"], options.DataDirectories);
        Assert.Equal(0, options.Groups.InitialRebalanceDelayMs);
        Assert.Equal(1, options.NodeId);
        Assert.False(options.InMemory);
        Assert.Equal("fsync", options.Ouzel.Durability);
    }

    [Fact]
    public void Listeners_of_controllers_are_not_opened()
    {
        var options = BrokerOptions.Of(("listeners", "PLAINTEXT://:9092,CONTROLLER://:9093"), ("controller.listener.names", "CONTROLLER"),
            ("advertised.listeners", "PLAINTEXT://here:9092,CONTROLLER://here:9093"));
        Assert.Equal("PLAINTEXT", Assert.Single(options.Listeners).Name);
        Assert.Equal(("here", 9092), Assert.Single(options.AdvertisedListeners).Value);
    }

    [Fact]
    public void Listeners_may_have_any_name()
    {
        var options = BrokerOptions.Of(("listeners", "inside://[::1]:1,OUTSIDE://10.0.0.1:0"), ("listener.security.protocol.map", "INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT"));
        Assert.Equal(["INSIDE [::1]:1", "OUTSIDE 10.0.0.1:0"], options.Listeners.Select(l => $"{l.Name} {l.Address}"));
    }

    [Theory]
    [InlineData("listeners", "9092", "write NAME://host:port")]
    [InlineData("listeners", "PLAINTEXT://:99999", "write NAME://host:port")]
    [InlineData("listeners", "SSL://:9093", "only PLAINTEXT is there yet")]
    [InlineData("listeners", "MINE://:9092", "add MINE:PLAINTEXT")]
    [InlineData("listeners", "PLAINTEXT://:1,PLAINTEXT://:2", "twice")]
    [InlineData("listeners", "CONTROLLER://:9093", "names no listener for clients")]
    [InlineData("advertised.listeners", "PLAINTEXT://0.0.0.0:9092", "name the host")]
    [InlineData("advertised.listeners", "OTHER://host:9092", "not in listeners")]
    [InlineData("listener.security.protocol.map", "PLAINTEXT:TLS", "write NAME:PROTOCOL")]
    [InlineData("log.dirs", "", "name a directory")]
    public void What_cannot_be_says_what_to_do(string name, string value, string told) =>
        Assert.Contains(told, Assert.Throws<SettingException>(() => BrokerOptions.Of((name, value))).Message);

    [Fact]
    public void Two_listeners_cannot_share_a_port() => Assert.Contains("give each a port of its own", Assert.Throws<SettingException>(() => BrokerOptions.Of(
        ("listeners", "A://localhost:9092,B://127.0.0.1:9092"), ("listener.security.protocol.map", "A:PLAINTEXT,B:PLAINTEXT"))).Message);

    [Fact]
    public void Dynamic_settings_win_over_given_ones_and_one_brokers_over_all()
    {
        var options = BrokerOptions.Of(("log.retention.bytes", "5"), ("message.max.bytes", "6000"));
        var changed = options.With(Map(("log.retention.bytes", "7"), ("message.max.bytes", "8")), Map(("message.max.bytes", "9")));
        Assert.Equal(7, changed.TopicDefaults.RetentionBytes);
        Assert.Equal(9, changed.TopicDefaults.MaxMessageBytes);
        Assert.Equal(5, changed.With(Map(), Map()).TopicDefaults.RetentionBytes);
    }

    [Fact]
    public void Dynamic_settings_that_cannot_act_are_passed_over()
    {
        var changed = BrokerOptions.Of().With(Map(("num.partitions", "9"), ("log.retention.bytes", "x"), ("no.such", "1")), Map(("listeners", "PLAINTEXT://:1")));
        Assert.Equal(1, changed.Topics.NumPartitions);
        Assert.Equal(-1, changed.TopicDefaults.RetentionBytes);
        Assert.Equal(9092, changed.Listeners[0].Port);
    }

    internal static Dictionary<string, string> Map(params (string Name, string Value)[] values) => values.ToDictionary(v => v.Name, v => v.Value);
}
