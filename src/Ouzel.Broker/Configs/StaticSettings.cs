using System.Globalization;

namespace Ouzel.Broker.Configs;

/// <summary>The settings a node was started with: Ouzel's own values, then file, environment and command line over them.</summary>
public sealed class StaticSettings
{
    /// <summary>Ouzel's values where Kafka has no default or one that does not suit a single node; shown as if they stood in the file.</summary>
    private static readonly (string Name, string Value)[] Own =
    [
        ("node.id", "1"),
        ("process.roles", "broker,controller"),
        ("controller.listener.names", "CONTROLLER"),
        ("listeners", "PLAINTEXT://localhost:9092"),
        ("log.dirs", "./ouzel-data"),
        ("group.initial.rebalance.delay.ms", "0"),
    ];

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _origins = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];

    private StaticSettings()
    {
    }

    /// <summary>Texts by name, as given; unknown names included.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>The origin of each value, in words for people.</summary>
    public IReadOnlyDictionary<string, string> Origins => _origins;

    /// <summary>Lines to log: what has no effect and why, what is unknown and what it may have meant.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>The cluster's id for a first start, from CLUSTER_ID.</summary>
    public string? ClusterId { get; private init; }

    /// <summary>Topics asked for by KAFKA_CREATE_TOPICS, name and partitions.</summary>
    public IReadOnlyList<(string Name, int Partitions)> TopicsToCreate { get; private init; } = [];

    /// <summary>Reads all layers, later ones winning, and checks every value that is known.</summary>
    /// <exception cref="SettingException">A value cannot be.</exception>
    public static StaticSettings Load(StaticSources sources)
    {
        var environment = sources.Environment;
        var settings = new StaticSettings
        {
            ClusterId = FirstOf(environment, "CLUSTER_ID", "KAFKA_CLUSTER_ID", "KAFKA_KRAFT_CLUSTER_ID"),
            TopicsToCreate = ParseTopics(FirstOf(environment, "KAFKA_CREATE_TOPICS")),
        };
        if (sources.FileText is { } text)
        {
            foreach (var (name, value, line) in PropertiesFile.Parse(text))
            {
                settings.Put(name, value, $"{sources.FileName} line {line}");
            }
        }

        foreach (var (name, value, variable) in EnvironmentNames.FromKafka(environment, IsKnown))
        {
            settings.Put(name, value, variable);
        }

        foreach (var (name, value, variable) in EnvironmentNames.FromOuzel(environment, IsKnown))
        {
            settings.Put(name, value, variable);
        }

        foreach (var (name, value) in sources.CommandLine)
        {
            settings.Put(name, value, "the command line");
        }

        settings.AddOldAddresses();
        settings.AddOwnValues();
        settings.Check();
        return settings;
    }

    private static bool IsKnown(string name) => SettingTables.Broker.TryGet(name, out _) || OldNames.ReasonWithout(name) is not null;

    private static string? FirstOf(IReadOnlyDictionary<string, string> environment, params string[] names) =>
        names.Select(environment.GetValueOrDefault).FirstOrDefault(v => !string.IsNullOrWhiteSpace(v));

    private void Put(string name, string value, string origin)
    {
        _values[name] = value;
        _origins[name] = origin;
    }

    /// <summary>host.name, port and their advertised forms were settings of brokers before 3.0; they name one plain listener.</summary>
    private void AddOldAddresses()
    {
        Join("listeners", "host.name", "port", "");
        Join("advertised.listeners", "advertised.host.name", "advertised.port", "localhost");

        // The images derive the listeners from what is advertised, on every interface.
        if (!_values.ContainsKey("listeners") && _values.TryGetValue("advertised.listeners", out var advertised)
            && _origins["advertised.listeners"].StartsWith("KAFKA_", StringComparison.Ordinal))
        {
            var everywhere = advertised.Split(',').Select(l => l.IndexOf("://", StringComparison.Ordinal) is > 0 and var at
                ? $"{l[..at].Trim()}://0.0.0.0{l[Math.Max(l.LastIndexOf(':'), at)..]}"
                : l);
            Put("listeners", string.Join(',', everywhere), "advertised.listeners, on every interface");
            _notes.Add($"listeners is not given and {_origins["advertised.listeners"]} is: listening on every interface ({_values["listeners"]}), set KAFKA_LISTENERS to choose");
        }
    }

    private void Join(string name, string host, string port, string otherwise)
    {
        var hasHost = _values.Remove(host, out var hostValue);
        var hasPort = _values.Remove(port, out var portValue);
        if (!hasHost && !hasPort)
        {
            return;
        }

        if (_values.ContainsKey(name))
        {
            _notes.Add($"{host} and {port} are old names and have no effect beside {name}");
            return;
        }

        Put(name, $"PLAINTEXT://{(hasHost ? hostValue!.Trim() : otherwise)}:{(hasPort ? portValue!.Trim() : "9092")}", hasHost ? _origins[host] : _origins[port]);
        _notes.Add($"{host} and {port} are old names: read as {name}={_values[name]}");
    }

    private void AddOwnValues()
    {
        // One number, two names: each is shown with it.
        if (_values.TryGetValue("node.id", out var node))
        {
            Put("broker.id", node, _origins["node.id"]);
        }
        else if (_values.TryGetValue("broker.id", out var old) && old.Trim() != "-1")
        {
            Put("node.id", old, _origins["broker.id"]);
            _notes.Add("broker.id is the old name of node.id and works like it");
        }

        foreach (var (name, value) in Own)
        {
            if (!_values.ContainsKey(name) && !(name == "log.dirs" && _values.ContainsKey("log.dir")))
            {
                Put(name, value, "Ouzel's default");
            }
        }

        _values["broker.id"] = _values["node.id"];
        _origins["broker.id"] = _origins["node.id"];
    }

    private void Check()
    {
        var without = new List<string>();
        foreach (var (name, text) in _values.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            if (SettingTables.Broker.TryGet(name, out var setting))
            {
                if (!setting.TryParse(text, out _, out var problem))
                {
                    throw new SettingException($"{problem} ({_origins[name]}). See docs/config.md for what {name} takes.");
                }

                if (setting.Accepted)
                {
                    without.Add(name);
                }

                continue;
            }

            if (OldNames.ReasonWithout(name) is { } reason)
            {
                _notes.Add($"{name} ({_origins[name]}) has no effect: {reason}");
                continue;
            }

            var nearest = NearestName.Of(name, SettingTables.Broker.All.Where(s => !s.Internal).Select(s => s.Name));
            _notes.Add($"{name} ({_origins[name]}) is not a known setting and has no effect{(nearest is null ? "" : $"; did you mean {nearest}?")}");
        }

        if (without.Count > 0)
        {
            _notes.Add($"accepted, without effect here: {string.Join(", ", without)}");
        }
    }

    /// <summary>name:partitions, with more fields of other images after it that do not matter on one node.</summary>
    private static List<(string, int)> ParseTopics(string? text)
    {
        var topics = new List<(string, int)>();
        foreach (var entry in (text ?? "").Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = entry.Split(':');
            var partitions = 1;
            if (parts[0].Length == 0 || (parts.Length > 1 && (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out partitions) || partitions < 1)))
            {
                throw new SettingException($"KAFKA_CREATE_TOPICS has the entry '{entry}': write name:partitions, such as orders:3");
            }

            topics.Add((parts[0], partitions));
        }

        return topics;
    }
}
