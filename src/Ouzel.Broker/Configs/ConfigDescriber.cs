namespace Ouzel.Broker.Configs;

/// <summary>
/// The descriptions of each kind of resource in DescribeConfigs. Pure: options in force and the resource's own settings in, descriptions out.
/// </summary>
/// <param name="options">The broker's options in force.</param>
public sealed class ConfigDescriber(BrokerOptions options)
{
    /// <summary>Broker settings that stand in for one that is not set, after it in this order.</summary>
    private static readonly Dictionary<string, string[]> StandIns = SettingTables.Topic.All
        .SelectMany(s => s.Origins.SkipLast(1).Select((name, i) => (Name: name, After: s.Origins.Skip(i + 1).ToArray())))
        .ToDictionary(s => s.Name, s => s.After, StringComparer.Ordinal);

    /// <summary>All settings of a topic.</summary>
    /// <param name="own">What is set on the topic.</param>
    public List<DescribedSetting> Topic(IReadOnlyDictionary<string, string> own)
    {
        var values = TopicOptions.Values(own, options);
        var all = new List<DescribedSetting>();
        foreach (var setting in SettingTables.Topic.All)
        {
            // An internal setting shows once somebody has set it.
            if (setting.Internal && !own.ContainsKey(setting.Name))
            {
                continue;
            }

            var text = Text(values.Find(setting.Name));
            var synonyms = setting.Origins.Count > 0 ? BrokerSynonyms(setting.Origins[0], onlyClusterDefault: false) : [];
            if (own.ContainsKey(setting.Name))
            {
                synonyms.Insert(0, new DescribedSynonym(setting.Name, text, ConfigSource.Topic));
            }

            all.Add(Described(setting, text, readOnly: false, synonyms));
        }

        return all;
    }

    /// <summary>All settings of this broker. Ouzel's own are listed when they were given, or when <paramref name="keys"/> names them.</summary>
    public List<DescribedSetting> Broker(IReadOnlyCollection<string>? keys = null)
    {
        var all = new List<DescribedSetting>();
        foreach (var setting in SettingTables.Broker.All)
        {
            var given = IsGiven(setting.Name);
            var own = setting.Name.StartsWith("ouzel.", StringComparison.Ordinal);
            if ((setting.Internal && !given) || (own && !given && keys?.Contains(setting.Name) != true))
            {
                continue;
            }

            var text = setting.IsSensitive ? null : Text(options.Values.Find(setting.Name));
            all.Add(Described(setting, text, !setting.IsDynamic, BrokerSynonyms(setting.Name, onlyClusterDefault: false)));
        }

        foreach (var name in options.Static.Values.Keys.Concat(options.ClusterDefault.Keys).Concat(options.PerBroker.Keys).Distinct(StringComparer.Ordinal))
        {
            if (!SettingTables.Broker.TryGet(name, out _))
            {
                all.Add(Unknown(name, BrokerSynonyms(name, onlyClusterDefault: false)));
            }
        }

        return all;
    }

    /// <summary>The settings that were made for all brokers while they ran, and nothing else.</summary>
    public List<DescribedSetting> BrokerDefaults()
    {
        var all = new List<DescribedSetting>();
        foreach (var (name, text) in options.ClusterDefault)
        {
            var synonyms = BrokerSynonyms(name, onlyClusterDefault: true);
            if (SettingTables.Broker.TryGet(name, out var setting))
            {
                all.Add(Described(setting, setting.IsSensitive ? null : setting.Normalize(text), !setting.IsDynamic, synonyms));
            }
            else
            {
                all.Add(Unknown(name, synonyms));
            }
        }

        return all;
    }

    /// <summary>All settings of a group: its own, else the broker's for such groups. Internal ones are taken and never shown.</summary>
    /// <param name="own">What is set on the group.</param>
    public List<DescribedSetting> Group(IReadOnlyDictionary<string, string> own)
    {
        var all = new List<DescribedSetting>();
        foreach (var setting in SettingTables.Group.All.Where(s => !s.Internal))
        {
            var isOwn = own.TryGetValue(setting.Name, out var given);
            var text = isOwn ? setting.Normalize(given!) : GroupDefault(setting, options);
            var synonyms = setting.Origins.Count > 0
                ? BrokerSynonyms(setting.Origins[0], onlyClusterDefault: false)
                : [new DescribedSynonym(setting.Name, setting.Default, ConfigSource.Default)];
            if (isOwn)
            {
                synonyms.Insert(0, new DescribedSynonym(setting.Name, text, ConfigSource.Group));
            }

            all.Add(Described(setting, text, readOnly: false, synonyms));
        }

        return all;
    }

    /// <summary>All settings of a subscription to clients' metrics.</summary>
    /// <param name="own">What is set on it.</param>
    public static List<DescribedSetting> ClientMetrics(IReadOnlyDictionary<string, string> own)
    {
        var all = new List<DescribedSetting>();
        foreach (var setting in SettingTables.ClientMetrics.All)
        {
            var isOwn = own.TryGetValue(setting.Name, out var given);
            var text = isOwn ? setting.Normalize(given!) : setting.Default;
            all.Add(Described(setting, text, readOnly: false, isOwn ? [new DescribedSynonym(setting.Name, text, ConfigSource.ClientMetrics)] : []));
        }

        return all;
    }

    /// <summary>Gives the value of a group that sets nothing itself: the broker's, of a list its first entry where the group takes one.</summary>
    internal static string? GroupDefault(Setting setting, BrokerOptions options)
    {
        if (setting.Origins.Count == 0)
        {
            return setting.Default;
        }

        var value = options.Values.Find(setting.Origins[0]);
        return value is string[] list && setting.Type != SettingType.List ? list.FirstOrDefault() : Text(value);
    }

    private bool IsGiven(string name) => options.Static.Values.ContainsKey(name) || options.ClusterDefault.ContainsKey(name) || options.PerBroker.ContainsKey(name);

    /// <summary>
    /// Layer by layer what is set under the name, then under its stand-ins. What stands before the name's own first layer is left out,
    /// so a setting that only lives by its stand-ins has no synonyms at all.
    /// </summary>
    private List<DescribedSynonym> BrokerSynonyms(string name, bool onlyClusterDefault)
    {
        var found = new List<DescribedSynonym>();
        AddLayers(found, name, onlyClusterDefault);
        if (found.Count == 0)
        {
            return found;
        }

        foreach (var standIn in StandIns.GetValueOrDefault(name) ?? [])
        {
            AddLayers(found, standIn, onlyClusterDefault);
        }

        return found;
    }

    private void AddLayers(List<DescribedSynonym> found, string name, bool onlyClusterDefault)
    {
        var known = SettingTables.Broker.TryGet(name, out var setting);
        var secret = !known || setting!.IsSensitive;
        Add(options.PerBroker.GetValueOrDefault(name), ConfigSource.DynamicBroker);
        Add(options.ClusterDefault.GetValueOrDefault(name), ConfigSource.DynamicDefaultBroker);
        Add(options.Static.Values.GetValueOrDefault(name), ConfigSource.StaticBroker);
        Add(setting?.Default, ConfigSource.Default);

        void Add(string? text, ConfigSource source)
        {
            if (text is not null && (!onlyClusterDefault || source == ConfigSource.DynamicDefaultBroker))
            {
                found.Add(new DescribedSynonym(name, secret ? null : text, source));
            }
        }
    }

    private static string? Text(object? value) => value is null ? null : Setting.Print(value);

    private static DescribedSetting Described(Setting setting, string? text, bool readOnly, List<DescribedSynonym> synonyms) => new(
        setting.Name, text, readOnly, synonyms.Count > 0 ? synonyms[0].Source : ConfigSource.Default, setting.IsSensitive, setting.Type, setting.Documentation, synonyms);

    /// <summary>A name that nobody knows may hold a secret, so its value is not shown.</summary>
    private static DescribedSetting Unknown(string name, List<DescribedSynonym> synonyms) => new(
        name, null, true, synonyms.Count > 0 ? synonyms[0].Source : ConfigSource.Default, true, SettingType.Unknown, null, synonyms);
}
