namespace Ouzel.Broker.Configs;

/// <summary>Names that earlier brokers or their companions know. They are taken without complaint and said to have no effect, each with its reason.</summary>
internal static class OldNames
{
    private static readonly Dictionary<string, string> Exact = new(StringComparer.Ordinal)
    {
        ["broker.id.generation.enable"] = "node.id numbers the node",
        ["reserved.broker.max.id"] = "node.id numbers the node",
        ["inter.broker.protocol.version"] = "feature levels are kept in the cluster's metadata",
        ["log.message.format.version"] = "every log is kept in the current format and converted for old clients",
        ["message.format.version"] = "every log is kept in the current format and converted for old clients",
        ["log.message.downconversion.enable"] = "old clients are always served",
        ["log.message.timestamp.difference.max.ms"] = "use log.message.timestamp.before.max.ms and log.message.timestamp.after.max.ms",
        ["control.plane.listener.name"] = "there is no separate control plane",
        ["delete.topic.purge.interval.ms"] = "topics are deleted at once",
        ["offsets.commit.required.acks"] = "commits wait for all in-sync copies",
        ["offsets.storage"] = "offsets are kept in the topic __consumer_offsets",
        ["dual.commit.enabled"] = "offsets are kept in the topic __consumer_offsets",
        ["group.coordinator.new.enable"] = "there is one group coordinator",
        ["controlled.shutdown.max.retries"] = "a stop hands over in one step",
        ["controlled.shutdown.retry.backoff.ms"] = "a stop hands over in one step",
        ["quota.producer.default"] = "quotas are set with kafka-configs",
        ["quota.consumer.default"] = "quotas are set with kafka-configs",
        ["super.users"] = "there is no authorizer yet",
        ["delegation.token.master.key"] = "there are no delegation tokens yet",
        ["allow.everyone.if.no.acl.found"] = "there is no authorizer yet",
        ["kafka.csv.metrics.reporter.enabled"] = "there are no Java reporters",
        ["kafka.csv.metrics.dir"] = "there are no Java reporters",
    };

    private static readonly (string Prefix, string Reason)[] Prefixes =
    [
        ("zookeeper.", "this node keeps the cluster's metadata itself"),
        ("password.encoder.", "no setting is kept encrypted"),
        ("confluent.", "it belongs to another distribution"),
        ("listener.name.", "security by listener is not there yet"),
        ("metrics.jmx.", "there is no JMX here"),
        ("rsm.config.", "remote storage is not there yet"),
        ("rlmm.config.", "remote storage is not there yet"),
    ];

    /// <summary>Tells why the name has no effect, or null when it is not an old one.</summary>
    public static string? ReasonWithout(string name)
    {
        if (Exact.TryGetValue(name, out var reason))
        {
            return reason;
        }

        foreach (var (prefix, why) in Prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return why;
            }
        }

        return null;
    }
}
