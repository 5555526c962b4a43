namespace Ouzel.Broker.Configs;

/// <summary>
/// Settings that are right alone and useless beside each other, or where they are used. The start names both, because nothing later would:
/// a topic that can never be made, a group that can never be stored.
/// </summary>
internal static class StartBounds
{
    /// <summary>The least that the records of one group need in a batch of __consumer_offsets.</summary>
    private const int GroupRecordBytes = 1024;

    /// <summary>Compaction learns keys in a buffer; below this it would learn too few to ever finish. Kafka's bound.</summary>
    private const int DedupeBytesMin = 1 << 20;

    /// <exception cref="SettingException">Two settings do not fit together.</exception>
    public static void Check(BrokerOptions options)
    {
        var problem = InternalTopicProblem(options) ?? CopiesProblem(options) ?? SizeProblem(options) ?? TimeProblem(options) ?? GroupRules.BrokerProblem(options.Values) ?? TokenProblem(options);
        if (problem is not null)
        {
            throw new SettingException(problem);
        }
    }

    /// <summary>Lines to log about settings that act, but not as their writer may think.</summary>
    public static IEnumerable<string> Notes(BrokerOptions options)
    {
        foreach (var name in new[] { "offsets.topic.replication.factor", "transaction.state.log.replication.factor", "share.coordinator.state.topic.replication.factor" })
        {
            if (options.Static.Values.ContainsKey(name) && options.Values.Short(name) > 1)
            {
                yield return $"{name} is {options.Values.Short(name)}, and this node is its cluster's only one: the topic is made with one copy";
            }
        }

        if (options.TopicDefaults.MinInsyncReplicas > 1 && options.Static.Values.ContainsKey("min.insync.replicas"))
        {
            yield return $"min.insync.replicas is {options.TopicDefaults.MinInsyncReplicas}, and topics of this node have one copy: it counts as 1";
        }
    }

    /// <summary>An internal topic is a topic: its segment size is held to a topic's bounds.</summary>
    private static string? InternalTopicProblem(BrokerOptions options)
    {
        SettingTables.Topic.TryGet("segment.bytes", out var segment);
        foreach (var name in new[] { "offsets.topic.segment.bytes", "transaction.state.log.segment.bytes", "share.coordinator.state.topic.segment.bytes" })
        {
            var bytes = options.Values.Int(name);
            if (bytes < segment!.Min)
            {
                return $"{name} is {bytes}, and no topic takes a segment.bytes below {Setting.Bound(segment.Min)}: its topic could not be made, set it to at least {Setting.Bound(segment.Min)}";
            }
        }

        return options.TopicDefaults.MaxMessageBytes < GroupRecordBytes
            ? $"message.max.bytes is {options.TopicDefaults.MaxMessageBytes}, and committed offsets and groups need at least {GroupRecordBytes}: raise it, or set max.message.bytes for single topics"
            : null;
    }

    private static string? CopiesProblem(BrokerOptions options)
    {
        var copies = options.Topics.DefaultReplicationFactor;
        return copies == 0 || copies > 1
            ? $"default.replication.factor is {copies}, and this node is its cluster's only one: no topic could be made without saying how many copies, set it to 1"
            : null;
    }

    private static string? SizeProblem(BrokerOptions options)
    {
        var (request, message, queued) = (options.Net.SocketRequestMaxBytes, options.TopicDefaults.MaxMessageBytes, options.Net.QueuedMaxRequestBytes);
        if (options.Static.Values.ContainsKey("socket.request.max.bytes") && request < message)
        {
            return $"socket.request.max.bytes is {request}, and message.max.bytes is {message}: batches of that size could never arrive, raise the first or lower the second";
        }

        if (queued > 0 && queued < request)
        {
            return $"queued.max.request.bytes is {queued}, and socket.request.max.bytes is {request}: it must be at least as large, or -1";
        }

        var perThread = options.Cleaner.DedupeBufferSize / Math.Max(1, options.Cleaner.Threads);
        if (perThread <= DedupeBytesMin)
        {
            return $"log.cleaner.dedupe.buffer.size is {options.Cleaner.DedupeBufferSize} for log.cleaner.threads={options.Cleaner.Threads}: each thread needs more than {DedupeBytesMin}";
        }

        if (options.Cleaner.IoBufferLoadFactor is not (> 0 and <= 1))
        {
            return $"log.cleaner.io.buffer.load.factor is {SettingText.Of(options.Cleaner.IoBufferLoadFactor)}: it must be above 0 and at most 1, or compaction could learn no key";
        }

        return options.Net is { MaxConnectionsPerIp: 0, MaxConnectionsPerIpOverrides.Length: 0 }
            ? "max.connections.per.ip is 0, and max.connections.per.ip.overrides names no address: nobody could connect"
            : null;
    }

    private static string? TimeProblem(BrokerOptions options)
    {
        var (roll, jitter, retention) = (options.Values.LongOrNull("log.roll.ms"), options.Values.LongOrNull("log.roll.jitter.ms"), options.Values.LongOrNull("log.retention.ms"));
        if (roll < 1)
        {
            return $"log.roll.ms is {roll}: it must be at least 1";
        }

        if (jitter < 0)
        {
            return $"log.roll.jitter.ms is {jitter}: it must be at least 0";
        }

        if (retention is < 1 and not -1)
        {
            return $"log.retention.ms is {retention}: it must be at least 1, or -1 for no limit";
        }

        return options.Groups.MinSessionTimeoutMs > options.Groups.MaxSessionTimeoutMs
            ? $"group.min.session.timeout.ms is {options.Groups.MinSessionTimeoutMs}, and group.max.session.timeout.ms is {options.Groups.MaxSessionTimeoutMs}: no member could join, lower the first or raise the second"
            : null;
    }

    /// <summary>Tokens of a provider are compared with something, unless somebody has said that they need not be.</summary>
    private static string? TokenProblem(BrokerOptions options)
    {
        var sasl = options.Sasl;
        if (string.IsNullOrEmpty(sasl.OauthbearerJwksEndpointUrl))
        {
            return null;
        }

        if (sasl.OauthbearerExpectedAudience.Count == 0 && !sasl.OauthbearerAllowUnverifiedAudience)
        {
            return "sasl.oauthbearer.expected.audience is required beside sasl.oauthbearer.jwks.endpoint.url, unless sasl.oauthbearer.allow.unverified.audience is true";
        }

        return string.IsNullOrEmpty(sasl.OauthbearerExpectedIssuer) && !sasl.OauthbearerAllowUnverifiedIssuer
            ? "sasl.oauthbearer.expected.issuer is required beside sasl.oauthbearer.jwks.endpoint.url, unless sasl.oauthbearer.allow.unverified.issuer is true"
            : null;
    }
}
