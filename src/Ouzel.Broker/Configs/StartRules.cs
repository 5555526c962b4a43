namespace Ouzel.Broker.Configs;

/// <summary>
/// Settings that ask for a protection, a cluster or a plug-in that is not there. A start with one is refused: whoever wrote it would believe
/// in something that does not act. Kafka's own defaults and empty values, written down, ask for nothing and are taken. Each reason says what to do.
/// </summary>
internal static class StartRules
{
    private const string Security = "TLS and SASL are not there yet, so listeners would be open to everybody: leave it out, or keep clients away by other means";
    private const string Authorizer = "there is no authorizer yet, so everybody may do everything: leave it out, or keep clients away by other means";
    private const string Plugin = "Java classes cannot be loaded here: leave it out";
    private const string OneNode = "this node is its cluster's only one, and others are not joined yet: leave it out, or name this node alone";
    private const string Tokens = "there are no delegation tokens yet: leave it out";
    private const string Remote = "remote storage is not there yet, so nothing would be copied away: leave it out";
    private const string Limit = "this limit is not kept yet: leave it out and use max.connections or max.connections.per.ip";

    /// <summary>Names that are refused when their value asks for something, with the reason. A name that ends in a dot stands for all that begin with it.</summary>
    private static readonly (string Name, string Reason)[] Missing =
    [
        ("authorizer.class.name", Authorizer),
        ("super.users", Authorizer),
        ("ssl.", Security),
        ("sasl.", Security),
        ("listener.name.", "settings of single listeners do not act yet: leave it out"),
        ("security.inter.broker.protocol", Security),
        ("connections.max.reauth.ms", Security),
        ("security.providers", Plugin),
        ("principal.builder.class", Plugin),
        ("config.providers", "values are not filled in by providers here: write them out and leave it out"),
        ("delegation.token.secret.key", Tokens),
        ("delegation.token.master.key", Tokens),
        ("client.quota.callback.class", Plugin),
        ("create.topic.policy.class.name", Plugin),
        ("alter.config.policy.class.name", Plugin),
        ("metric.reporters", Plugin),
        ("kafka.metrics.reporters", Plugin),
        ("group.share.persister.class.name", Plugin),
        ("group.share.dlq.manager.class.name", Plugin),
        ("group.streams.topology.description.plugin.class", Plugin),
        ("remote.log.storage.system.enable", Remote),
        ("max.connection.creation.rate", Limit),
        ("controller.quorum.auto.join.enable", OneNode),
        ("transaction.two.phase.commit.enable", "two-phase commit is not there yet: leave it out"),
        ("zookeeper.connect", "clusters are kept without ZooKeeper, and no cluster is joined through one: leave it out, and bring data over from a cluster in KRaft mode"),
        ("zookeeper.metadata.migration.enable", "nothing is brought over from ZooKeeper: leave it out"),
        ("zookeeper.set.acl", "clusters are kept without ZooKeeper: leave it out"),
    ];

    /// <summary>Classes by Kafka's own names, which do the same as nothing at all on one node, or are built in.</summary>
    private static readonly (string Name, string[] Values)[] BuiltIn =
    [
        ("replica.selector.class", ["org.apache.kafka.common.replica.RackAwareReplicaSelector", "org.apache.kafka.common.replica.LeaderSelector"]),
        ("group.consumer.assignors", ["uniform", "range", "org.apache.kafka.coordinator.group.assignor.UniformAssignor", "org.apache.kafka.coordinator.group.assignor.RangeAssignor"]),
        ("group.share.assignors", ["simple", "org.apache.kafka.coordinator.group.assignor.SimpleAssignor"]),
        ("group.streams.assignors", ["sticky"]),
    ];

    /// <exception cref="SettingException">A setting asks for what is not there.</exception>
    public static void Check(StaticSettings settings)
    {
        foreach (var (name, text) in settings.Values.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            if (Problem(name, text) is { } reason)
            {
                throw new SettingException($"{name} ({settings.Origins[name]}) asks for what is not there: {reason}");
            }
        }

        CheckCluster(settings);
    }

    /// <summary>Tells why a value of this setting would promise what is not there; null when it asks for nothing.</summary>
    public static string? Problem(string name, string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (name == "allow.everyone.if.no.acl.found")
        {
            return text.Trim().Equals("false", StringComparison.OrdinalIgnoreCase) ? Authorizer : null;
        }

        var known = SettingTables.Broker.TryGet(name, out var setting);
        foreach (var (builtIn, values) in BuiltIn)
        {
            if (name == builtIn && Array.Find(Entries(text), e => !values.Contains(e, StringComparer.Ordinal)) is { } other)
            {
                return $"{other} cannot be loaded here: leave it out or use {string.Join(" or ", values)}";
            }
        }

        var reason = Missing.FirstOrDefault(m => m.Name == name || (m.Name[^1] == '.' && name.StartsWith(m.Name, StringComparison.Ordinal))).Reason;
        if (reason is null)
        {
            return null;
        }

        if (!known)
        {
            return text.Trim().Equals("false", StringComparison.OrdinalIgnoreCase) && !name.StartsWith("listener.name.", StringComparison.Ordinal) ? null : reason;
        }
        // Words of a setting may be written in any case; the default is one of them.
        var comparison = setting!.AnyCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return string.Equals(setting.Normalize(text), setting.Default, comparison) ? null : reason;
    }

    /// <summary>One node alone: it has both roles, and no other votes.</summary>
    private static void CheckCluster(StaticSettings settings)
    {
        var roles = Entries(settings.Values["process.roles"]);
        if (!roles.Contains("broker"))
        {
            throw new SettingException("process.roles leaves out broker: a node that is only a controller is not there yet, use broker,controller");
        }

        if (!roles.Contains("controller"))
        {
            throw new SettingException("process.roles leaves out controller: a broker that joins other controllers is not there yet, use broker,controller");
        }

        foreach (var name in new[] { "controller.quorum.voters", "controller.quorum.bootstrap.servers" })
        {
            var entries = Entries(settings.Values.GetValueOrDefault(name) ?? "");
            if (entries.Length > 1)
            {
                throw new SettingException($"{name} ({settings.Origins[name]}) names {entries.Length} controllers: {OneNode}");
            }

            if (name == "controller.quorum.voters" && entries is [var voter] && voter.Split('@')[0].Trim() != settings.Values["node.id"].Trim())
            {
                throw new SettingException($"{name} ({settings.Origins[name]}) names {voter}, and this node's node.id is {settings.Values["node.id"].Trim()}: {OneNode}");
            }
        }
    }

    private static string[] Entries(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
