using Ouzel.Protocol;

namespace Ouzel.Broker.Configs;

/// <summary>The result of a change of settings. Pure: the resource's own settings and the changes in, the settings afterwards or an error out.</summary>
/// <param name="options">The broker's options in force.</param>
/// <param name="eligibleLeaderReplicas">The feature is on, which keeps min.insync.replicas cluster-wide (KIP-966).</param>
public sealed class ConfigAlteration(BrokerOptions options, bool eligibleLeaderReplicas = true)
{
    private static readonly ConfigOutcome Nothing = new(null, new Dictionary<string, string>(), []);

    /// <summary>Settings that Kafka changes on a running broker and Ouzel only at a start.</summary>
    internal static bool NeedsRestart(string name) => name is "listeners" or "listener.security.protocol.map";

    /// <summary>IncrementalAlterConfigs: changes some settings of a resource.</summary>
    /// <param name="resource">The resource, known to exist.</param>
    /// <param name="own">Its own settings now.</param>
    /// <param name="changes">What is asked for.</param>
    public ConfigOutcome Change(ConfigResource resource, IReadOnlyDictionary<string, string> own, IReadOnlyList<ConfigChange> changes)
    {
        if (changes.GroupBy(c => c.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            return Refuse(ErrorCode.InvalidRequest, $"Error due to duplicate config keys: {twice.Key}");
        }

        if (changes.Where(c => c.Operation != ConfigOperation.Delete && c.Value is null).Select(c => c.Name).FirstOrDefault() is { } missing)
        {
            return Refuse(ErrorCode.InvalidRequest, $"Null value not supported for : {missing}");
        }

        var after = new Dictionary<string, string>(own, StringComparer.Ordinal);
        foreach (var change in changes)
        {
            switch (change.Operation)
            {
                case ConfigOperation.Set:
                    after[change.Name] = change.Value!;
                    break;
                case ConfigOperation.Delete:
                    after.Remove(change.Name);
                    break;
                case ConfigOperation.Append or ConfigOperation.Subtract:
                    if (!TableOf(resource.Type).TryGet(change.Name, out var setting) || setting.Type != SettingType.List)
                    {
                        return Refuse(ErrorCode.InvalidConfig, $"Can't {change.Operation.ToString().ToUpperInvariant()} to key {change.Name} because its type is not LIST.");
                    }

                    after[change.Name] = WithEntries(Current(resource.Type, setting, own), change);
                    break;
                default:
                    return Refuse(ErrorCode.InvalidRequest, $"Unknown operation {(sbyte)change.Operation} for {change.Name}");
            }
        }

        return Finish(resource, own, after);
    }

    /// <summary>AlterConfigs: what is not named falls back to its default.</summary>
    /// <param name="resource">The resource, known to exist.</param>
    /// <param name="own">Its own settings now.</param>
    /// <param name="settings">All its own settings afterwards.</param>
    public ConfigOutcome Replace(ConfigResource resource, IReadOnlyDictionary<string, string> own, IReadOnlyList<(string Name, string? Value)> settings)
    {
        var after = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in settings)
        {
            if (value is null)
            {
                return Refuse(ErrorCode.InvalidRequest, $"Null value not supported for : {name}");
            }

            if (!after.TryAdd(name, value))
            {
                return Refuse(ErrorCode.InvalidRequest, $"Error due to duplicate config keys: {name}");
            }
        }

        return Finish(resource, own, after);
    }

    /// <summary>Tells whether a new topic may have these settings.</summary>
    /// <param name="settings">The settings by name.</param>
    public ConfigError? CheckTopic(IReadOnlyDictionary<string, string?> settings)
    {
        if (settings.Where(s => s.Value is null).Select(s => s.Key).FirstOrDefault() is { } missing)
        {
            return new ConfigError(ErrorCode.InvalidConfig, $"Null value not supported for topic configs: {missing}");
        }

        var given = settings.ToDictionary(s => s.Key, s => s.Value!, StringComparer.Ordinal);
        return ConfigRules.CheckTopic(given.Select(s => (s.Key, s.Value)), given, options);
    }

    private ConfigOutcome Finish(ConfigResource resource, IReadOnlyDictionary<string, string> own, Dictionary<string, string> after)
    {
        var changed = new List<(string Name, string? Value)>();
        foreach (var (name, text) in after)
        {
            if (own.GetValueOrDefault(name) != text)
            {
                changed.Add((name, text));
            }
        }

        var given = changed.Select(c => (c.Name, c.Value!)).ToList();
        changed.AddRange(own.Keys.Where(name => !after.ContainsKey(name)).Select(name => (name, (string?)null)));

        var error = resource.Type switch
        {
            ConfigResourceType.Topic => ConfigRules.CheckTopic(given, after, options),
            ConfigResourceType.Broker => ConfigRules.CheckBroker(resource.Name, given, changed, after, eligibleLeaderReplicas, options),
            ConfigResourceType.Group => GroupRules.Check(given, after, options),
            ConfigResourceType.ClientMetrics => ClientMetricsRules.Check(given),
            _ => new ConfigError(ErrorCode.InvalidRequest, $"Settings of the resource type {(sbyte)resource.Type} cannot be changed"),
        };
        return error is null ? new ConfigOutcome(null, after, changed) : Nothing with { Error = error };
    }

    /// <summary>The list that entries are added to or taken from: the resource's own, else what is in force.</summary>
    private string Current(ConfigResourceType type, Setting setting, IReadOnlyDictionary<string, string> own)
    {
        if (own.TryGetValue(setting.Name, out var text))
        {
            return text;
        }

        var value = type switch
        {
            ConfigResourceType.Topic => TopicOptions.Values(own, options).Find(setting.Name),
            ConfigResourceType.Broker => options.Values.Find(setting.Name),
            ConfigResourceType.Group when setting.Origins.Count > 0 => options.Values.Find(setting.Origins[0]),
            _ => null,
        };
        return value is null ? setting.Default ?? "" : Setting.Print(value);
    }

    private static string WithEntries(string current, ConfigChange change)
    {
        var entries = Entries(current);
        var named = Entries(change.Value!);
        if (change.Operation == ConfigOperation.Append)
        {
            entries.AddRange(named.Where(e => !entries.Contains(e)).Distinct(StringComparer.Ordinal).ToList());
        }
        else
        {
            entries.RemoveAll(named.Contains);
        }

        return string.Join(',', entries);
    }

    private static List<string> Entries(string text) => [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private static SettingTable TableOf(ConfigResourceType type) => type switch
    {
        ConfigResourceType.Topic => SettingTables.Topic,
        ConfigResourceType.Group => SettingTables.Group,
        ConfigResourceType.ClientMetrics => SettingTables.ClientMetrics,
        _ => SettingTables.Broker,
    };

    private static ConfigOutcome Refuse(ErrorCode code, string message) => Nothing with { Error = new ConfigError(code, message) };
}
