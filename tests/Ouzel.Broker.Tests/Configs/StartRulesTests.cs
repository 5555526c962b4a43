using Ouzel.Broker.Configs;

namespace Ouzel.Broker.Tests.Configs;

/// <summary>A start is refused with one line when a setting asks for what is not there, or cannot work where it is used.</summary>
public sealed class StartRulesTests
{
    [Theory]
    [InlineData("authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer", "no authorizer")]
    [InlineData("super.users=User:admin", "no authorizer")]
    [InlineData("allow.everyone.if.no.acl.found=false", "no authorizer")]
    [InlineData("sasl.enabled.mechanisms=SCRAM-SHA-512", "SASL")]
    [InlineData("sasl.jaas.config=x required;", "SASL")]
    [InlineData("listener.name.plaintext.plain.sasl.jaas.config=x required;", "single listeners")]
    [InlineData("security.inter.broker.protocol=SASL_SSL", "SASL")]
    [InlineData("ssl.keystore.location=/keys", "TLS")]
    [InlineData("ssl.client.auth=required", "TLS")]
    [InlineData("connections.max.reauth.ms=1000", "SASL")]
    [InlineData("listener.security.protocol.map=PLAINTEXT:SSL", "only PLAINTEXT")]
    [InlineData("listener.security.protocol.map=PLAINTEXT:SASL_PLAINTEXT", "only PLAINTEXT")]
    [InlineData("listeners=PLAINTEXT://:0,CONTROLLER://:0 listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:SSL", "only PLAINTEXT")]
    [InlineData("principal.builder.class=com.example.Builder", "Java classes")]
    [InlineData("client.quota.callback.class=com.example.Quotas", "Java classes")]
    [InlineData("metric.reporters=com.example.Reporter", "Java classes")]
    [InlineData("create.topic.policy.class.name=com.example.Policy", "Java classes")]
    [InlineData("replica.selector.class=com.example.Selector", "com.example.Selector cannot be loaded")]
    [InlineData("group.consumer.assignors=uniform,com.example.Mine", "com.example.Mine cannot be loaded")]
    [InlineData("config.providers=file", "providers")]
    [InlineData("delegation.token.secret.key=secret", "delegation tokens")]
    [InlineData("delegation.token.master.key=secret", "delegation tokens")]
    [InlineData("remote.log.storage.system.enable=true", "remote storage")]
    [InlineData("max.connection.creation.rate=5", "max.connections")]
    [InlineData("zookeeper.connect=localhost:2181", "ZooKeeper")]
    [InlineData("process.roles=broker", "use broker,controller")]
    [InlineData("process.roles=controller", "use broker,controller")]
    [InlineData("controller.quorum.voters=1@a:9093,2@b:9093", "names 2 controllers")]
    [InlineData("controller.quorum.voters=2@b:9093", "node.id is 1")]
    [InlineData("controller.quorum.bootstrap.servers=a:9093,b:9093", "names 2 controllers")]
    [InlineData("controller.quorum.auto.join.enable=true", "others are not joined")]
    [InlineData("sasl.oauthbearer.jwks.endpoint.url=http://keys", "sasl.oauthbearer.expected.audience is required")]
    [InlineData("sasl.oauthbearer.jwks.endpoint.url=http://keys sasl.oauthbearer.expected.audience=a", "sasl.oauthbearer.expected.issuer is required")]
    public void What_asks_for_a_protection_or_a_cluster_that_is_not_there_is_refused(string settings, string told) => Refused(settings, told);

    [Theory]
    [InlineData("authorizer.class.name=")]
    [InlineData("super.users=")]
    [InlineData("allow.everyone.if.no.acl.found=true")]
    [InlineData("sasl.enabled.mechanisms=GSSAPI")]
    [InlineData("sasl.mechanism.inter.broker.protocol=GSSAPI")]
    [InlineData("sasl.server.max.receive.size= 524288 ")]
    [InlineData("ssl.client.auth=none")]
    [InlineData("ssl.endpoint.identification.algorithm=")]
    [InlineData("ssl.keystore.location=")]
    [InlineData("security.inter.broker.protocol=PLAINTEXT")]
    [InlineData("metric.reporters=")]
    [InlineData("remote.log.storage.system.enable=FALSE")]
    [InlineData("replica.selector.class=org.apache.kafka.common.replica.RackAwareReplicaSelector")]
    [InlineData("zookeeper.connect=")]
    [InlineData("zookeeper.session.timeout.ms=5000")]
    [InlineData("controller.quorum.voters=1@localhost:9093")]
    [InlineData("node.id=7 controller.quorum.voters=7@localhost:9093")]
    [InlineData("controller.quorum.bootstrap.servers=localhost:9093")]
    [InlineData("listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL")]
    [InlineData("offsets.topic.replication.factor=3 transaction.state.log.min.isr=2")]
    [InlineData("log.segment.bytes=1048576")]
    public void Defaults_and_empty_values_written_down_are_taken(string settings) => Assert.NotNull(Of(settings));

    [Theory]
    [InlineData("offsets.topic.segment.bytes=20000", "offsets.topic.segment.bytes is 20000, and no topic takes a segment.bytes below 1048576")]
    [InlineData("transaction.state.log.segment.bytes=1048575", "transaction.state.log.segment.bytes is 1048575")]
    [InlineData("share.coordinator.state.topic.segment.bytes=1", "share.coordinator.state.topic.segment.bytes is 1")]
    [InlineData("message.max.bytes=100", "message.max.bytes is 100, and committed offsets and groups need at least 1024")]
    [InlineData("default.replication.factor=3", "default.replication.factor is 3")]
    [InlineData("default.replication.factor=0", "default.replication.factor is 0")]
    [InlineData("socket.request.max.bytes=1000", "socket.request.max.bytes is 1000, and message.max.bytes is 1048588")]
    [InlineData("queued.max.request.bytes=1000", "queued.max.request.bytes is 1000, and socket.request.max.bytes is 104857600")]
    [InlineData("log.cleaner.dedupe.buffer.size=1048576", "each thread needs more than 1048576")]
    [InlineData("log.cleaner.dedupe.buffer.size=4194304 log.cleaner.threads=4", "each thread needs more than 1048576")]
    [InlineData("log.cleaner.io.buffer.load.factor=0", "log.cleaner.io.buffer.load.factor is 0.0")]
    [InlineData("log.roll.ms=0", "log.roll.ms is 0")]
    [InlineData("log.retention.ms=0", "log.retention.ms is 0")]
    [InlineData("max.connections.per.ip=0", "nobody could connect")]
    [InlineData("group.min.session.timeout.ms=2000000", "group.max.session.timeout.ms is 1800000")]
    [InlineData("group.consumer.session.timeout.ms=70000", "group.consumer.session.timeout.ms (70000) must be less than or equal to group.consumer.max.session.timeout.ms (60000)")]
    [InlineData("group.share.min.assignment.interval.ms=16000", "group.share.min.assignment.interval.ms (16000) must be less than or equal to group.share.max.assignment.interval.ms (15000)")]
    [InlineData("group.streams.heartbeat.interval.ms=20000", "group.streams.heartbeat.interval.ms (20000) must be less than or equal to")]
    public void What_is_right_alone_and_useless_where_it_is_used_is_refused_with_its_bound(string settings, string told) => Refused(settings, told);

    [Fact]
    public void Copies_that_are_not_there_are_said()
    {
        Assert.Contains(Of("offsets.topic.replication.factor=3").Notes, n => n.Contains("offsets.topic.replication.factor is 3"));
        Assert.Contains(Of("min.insync.replicas=2").Notes, n => n.Contains("min.insync.replicas is 2"));
        Assert.DoesNotContain(Of("num.partitions=1").Notes, n => n.Contains("replica"));
    }

    private static void Refused(string settings, string told)
    {
        var refusal = Assert.Throws<SettingException>(() => Of(settings));
        Assert.Contains(told, refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    private static BrokerOptions Of(string settings)
    {
        List<(string, string)> given = [];
        foreach (var word in settings.Split(' '))
        {
            // A value may have blanks: a word without a sign belongs to the one before.
            if (word.IndexOf('=') is > 0 and var at)
            {
                given.Add((word[..at], word[(at + 1)..]));
            }
            else
            {
                given[^1] = (given[^1].Item1, given[^1].Item2 + " " + word);
            }
        }

        return BrokerOptions.Of([.. given]);
    }
}
