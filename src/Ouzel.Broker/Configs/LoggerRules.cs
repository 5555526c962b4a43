using Ouzel.Protocol;

namespace Ouzel.Broker.Configs;

/// <summary>Settings of a broker's loggers: each logger's name is a setting, its level the value. Nothing of it is stored.</summary>
internal static class LoggerRules
{
    private static readonly string[] Names = ["DEBUG", "ERROR", "FATAL", "INFO", "TRACE", "WARN"];

    /// <summary>Kafka's loggers, and those of this node that write what they write there. A level given to one is the other's too.</summary>
    private static readonly (string Kafka, string Own)[] KafkaNames =
    [
        ("kafka", ILogLevels.Root),
        ("org.apache.kafka", ILogLevels.Root),
        ("kafka.request.logger", "Connection"),
        ("kafka.network.RequestChannel$", "Connection"),
        ("kafka.network.SocketServer", "Connection"),
        ("kafka.server.KafkaApis", "Connection"),
        ("kafka.server.BrokerServer", "Broker"),
        ("kafka.controller", "ClusterNode"),
        ("org.apache.kafka.controller", "ClusterNode"),
        ("state.change.logger", "TopicNews"),
        ("kafka.log.LogManager", "LogDirectories"),
        ("org.apache.kafka.storage.internals.log", "LogDirectories"),
        ("org.apache.kafka.coordinator.group", "GroupCoordinator"),
    ];

    public static List<DescribedSetting> Describe(ILogLevels? levels)
    {
        if (levels is null)
        {
            return [];
        }

        var own = levels.Levels;
        var all = own.Select(l => (l.Key, l.Value)).Concat(KafkaNames.Where(n => own.ContainsKey(n.Own) && !own.ContainsKey(n.Kafka)).Select(n => (Key: n.Kafka, Value: own[n.Own])));
        return [.. all.Select(l => new DescribedSetting(l.Key, l.Value, false, ConfigSource.DynamicBrokerLogger, false, SettingType.Unknown, null, []))];
    }

    public static ConfigError? Check(ILogLevels? levels, IReadOnlyList<ConfigChange> changes)
    {
        if (changes.GroupBy(c => c.Name, StringComparer.Ordinal).Any(g => g.Count() > 1))
        {
            return Invalid("Error due to duplicate config keys");
        }

        foreach (var (name, operation, level) in changes)
        {
            if (operation is ConfigOperation.Append or ConfigOperation.Subtract)
            {
                return Invalid($"{operation.ToString().ToUpperInvariant()} operation is not allowed for the BROKER_LOGGER resource");
            }

            var logger = OwnName(levels, name);
            if (operation == ConfigOperation.Delete && logger == ILogLevels.Root)
            {
                return Invalid("Removing the log level of the root logger is not allowed");
            }

            if (levels?.Levels.ContainsKey(logger) != true)
            {
                return new ConfigError(ErrorCode.InvalidConfig, $"Logger {name} does not exist!");
            }

            if (operation == ConfigOperation.Set && level is null)
            {
                return Invalid($"Null value not supported for : {name}");
            }

            if (operation == ConfigOperation.Set && !Names.Contains(level))
            {
                return new ConfigError(
                    ErrorCode.InvalidConfig,
                    $"Cannot set the log level of {name} to {level} as it is not a supported log level. Valid log levels are {string.Join(", ", Names)}");
            }
        }

        return null;
    }

    public static void Apply(ILogLevels levels, IReadOnlyList<ConfigChange> changes)
    {
        foreach (var (name, operation, level) in changes)
        {
            levels.Set(OwnName(levels, name), operation == ConfigOperation.Set ? level : null);
        }
    }

    private static string OwnName(ILogLevels? levels, string name) =>
        levels?.Levels.ContainsKey(name) != true && KafkaNames.FirstOrDefault(n => n.Kafka == name).Own is { } own ? own : name;

    private static ConfigError Invalid(string message) => new(ErrorCode.InvalidRequest, message);
}
