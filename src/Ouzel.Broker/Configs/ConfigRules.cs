using Ouzel.Protocol;

namespace Ouzel.Broker.Configs;

/// <summary>The values that settings of topics and brokers may take. Topics answer INVALID_CONFIG, brokers INVALID_REQUEST, as Kafka's do.</summary>
internal static class ConfigRules
{
    public static ConfigError? CheckTopic(IEnumerable<(string Name, string Value)> given, IReadOnlyDictionary<string, string> after, BrokerOptions options)
    {
        foreach (var (name, text) in given)
        {
            if (!SettingTables.Topic.TryGet(name, out var setting))
            {
                return new ConfigError(ErrorCode.InvalidConfig, $"Unknown topic config name: {name}");
            }

            if (!setting.TryParse(text, out _, out var problem))
            {
                return new ConfigError(ErrorCode.InvalidConfig, problem);
            }
        }

        var topic = TopicOptions.Of(after, options);
        if (topic.MinCompactionLagMs > topic.MaxCompactionLagMs)
        {
            return new ConfigError(ErrorCode.InvalidConfig, $"conflict topic config setting min.compaction.lag.ms ({topic.MinCompactionLagMs}) > max.compaction.lag.ms ({topic.MaxCompactionLagMs})");
        }

        if (topic.RemoteStorageEnable && !options.Remote.LogStorageSystemEnable)
        {
            return new ConfigError(ErrorCode.InvalidConfig, "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.");
        }

        return null;
    }

    /// <summary>Numbers of threads of a running broker, which change in small steps.</summary>
    private static bool IsThreadCount(string name) =>
        name is "num.io.threads" or "num.network.threads" or "num.replica.fetchers" or "num.recovery.threads.per.data.dir" or "background.threads" or "log.cleaner.threads";

    /// <summary>At least 1, and between half and double of what there is, so that a slip of the pen does not start ten thousand threads.</summary>
    private static string? ThreadCountProblem(int count, int now) =>
        count < 1 ? "a running broker needs at least 1"
        : count < now / 2 ? $"it must be at least half of the present {now}"
        : count > now * 2L ? $"it must not be above the double of the present {now}"
        : null;

    public static ConfigError? CheckBroker(
        string broker, IReadOnlyList<(string Name, string Value)> given, IReadOnlyList<(string Name, string? Value)> changed, IReadOnlyDictionary<string, string> after,
        bool eligibleLeaderReplicas, BrokerOptions options)
    {
        var isDefault = broker.Length == 0;
        foreach (var (name, text) in given)
        {
            if (CheckGiven(name, text, isDefault, options) is { } refused)
            {
                return refused;
            }
        }

        // The broker's defaults for groups lie within its own bounds for them.
        if (changed.Any(c => c.Name.StartsWith("group.", StringComparison.Ordinal)))
        {
            var then = isDefault ? options.With(after, options.PerBroker) : options.With(options.ClusterDefault, after);
            if (GroupRules.BrokerProblem(then.Values) is { } outside)
            {
                return new ConfigError(ErrorCode.InvalidRequest, outside);
            }
        }

        if (!eligibleLeaderReplicas || changed.All(c => c.Name != "min.insync.replicas"))
        {
            return null;
        }

        if (!isDefault)
        {
            return new ConfigError(ErrorCode.InvalidConfig, "Broker-level min.insync.replicas cannot be altered while ELR is enabled.");
        }

        return changed.Any(c => c is { Name: "min.insync.replicas", Value: null })
            ? new ConfigError(ErrorCode.InvalidConfig, "Cluster-level min.insync.replicas cannot be removed while ELR is enabled.")
            : null;
    }

    /// <summary>Tells why one setting of a broker, or of all of them, cannot be given; null when it can.</summary>
    private static ConfigError? CheckGiven(string name, string text, bool isDefault, BrokerOptions options)
    {
        if (isDefault && SettingTables.Broker.TryGet(name, out var own) && own.Dynamic == DynamicMode.PerBroker)
        {
            return new ConfigError(ErrorCode.InvalidRequest, $"Cannot update these configs at default cluster level, broker id must be specified: Set({name})");
        }

        if (StartRules.Problem(name, text) is { } reason)
        {
            return new ConfigError(ErrorCode.InvalidRequest, $"{name} asks for what is not there: {reason}");
        }

        // A name that is not known may belong to something that is plugged in: it is stored.
        if (!SettingTables.Broker.TryGet(name, out var setting))
        {
            return null;
        }

        if (!setting.IsDynamic)
        {
            return new ConfigError(ErrorCode.InvalidRequest, $"Cannot update these configs dynamically: Set({name})");
        }

        if (ConfigAlteration.NeedsRestart(name))
        {
            return new ConfigError(ErrorCode.InvalidRequest, $"{name} of this broker changes with its next start: set it in server.properties");
        }

        if (!setting.TryParse(text, out var value, out var problem))
        {
            return new ConfigError(ErrorCode.InvalidRequest, problem);
        }

        if (name == "cordoned.log.dirs" && value is IReadOnlyList<string> entries)
        {
            BrokerOptions.Cordoned(entries, options.DataDirectories, out var unknown);
            if (unknown is not null)
            {
                return new ConfigError(ErrorCode.InvalidRequest, $"Invalid value {text} for configuration {name}: {unknown} is none of log.dirs");
            }
        }

        if (IsThreadCount(name) && value is int count && ThreadCountProblem(count, options.Values.Int(name)) is { } why)
        {
            return new ConfigError(ErrorCode.InvalidRequest, $"Invalid value {count} for configuration {name}: {why}");
        }

        return null;
    }
}
