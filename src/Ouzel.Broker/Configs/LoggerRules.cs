using Ouzel.Protocol;

namespace Ouzel.Broker.Configs;

/// <summary>Settings of a broker's loggers: each logger's name is a setting, its level the value. Nothing of it is stored.</summary>
internal static class LoggerRules
{
    private static readonly string[] Names = ["DEBUG", "ERROR", "FATAL", "INFO", "TRACE", "WARN"];

    public static List<DescribedSetting> Describe(ILogLevels? levels) => levels is null
        ? []
        : [.. levels.Levels.Select(l => new DescribedSetting(l.Key, l.Value, false, ConfigSource.DynamicBrokerLogger, false, SettingType.Unknown, null, []))];

    public static ConfigError? Check(ILogLevels? levels, IReadOnlyList<ConfigChange> changes)
    {
        if (changes.GroupBy(c => c.Name, StringComparer.Ordinal).Any(g => g.Count() > 1))
            return Invalid("Error due to duplicate config keys");
        foreach (var (name, operation, level) in changes)
        {
            if (operation is ConfigOperation.Append or ConfigOperation.Subtract)
                return Invalid($"{operation.ToString().ToUpperInvariant()} operation is not allowed for the BROKER_LOGGER resource");
            if (operation == ConfigOperation.Delete && name == ILogLevels.Root)
                return Invalid("Removing the log level of the root logger is not allowed");
            if (levels?.Levels.ContainsKey(name) != true)
                return new ConfigError(ErrorCode.InvalidConfig, $"Logger {name} does not exist!");
            if (operation == ConfigOperation.Set && level is null)
                return Invalid($"Null value not supported for : {name}");
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
            levels.Set(name, operation == ConfigOperation.Set ? level : null);
    }

    private static ConfigError Invalid(string message) => new(ErrorCode.InvalidRequest, message);
}
