using System.Collections.Immutable;

namespace Ouzel.Broker.Configs;

/// <summary>Everything a node is told at its start, checked: what <c>Broker</c> receives.</summary>
public sealed class BrokerOptions
{
    private static readonly IReadOnlyDictionary<string, string> None = ImmutableDictionary<string, string>.Empty;

    private BrokerOptions(StaticSettings settings, IReadOnlyDictionary<string, string> clusterDefault, IReadOnlyDictionary<string, string> perBroker)
    {
        Static = settings;
        ClusterDefault = clusterDefault;
        PerBroker = perBroker;
        var values = InForce();
        Net = NetOptions.From(values);
        Log = LogDefaultsOptions.From(values);
        Cleaner = CleanerOptions.From(values);
        Topics = TopicCreationOptions.From(values);
        Groups = GroupOptions.From(values);
        ConsumerGroups = ConsumerGroupOptions.From(values);
        ShareGroups = ShareGroupOptions.From(values);
        StreamsGroups = StreamsGroupOptions.From(values);
        Transactions = TransactionOptions.From(values);
        Replication = ReplicationOptions.From(values);
        Cluster = ClusterOptions.From(values);
        Quotas = QuotaOptions.From(values);
        Metrics = MetricsOptions.From(values);
        Security = SecurityOptions.From(values);
        Ssl = SslOptions.From(values);
        Sasl = SaslOptions.From(values);
        Remote = RemoteStorageOptions.From(values);
        Ouzel = OuzelOptions.From(values);
        Values = values;
        TopicDefaults = TopicOptions.Of(None, this);

        var open = ListenerOptions.Open(Net.Listeners, Net.ListenerSecurityProtocolMap, Cluster.ControllerListenerNames);
        Listeners = [.. open];
        AdvertisedListeners = ListenerOptions.Advertised(Net.AdvertisedListeners, open, Cluster.ControllerListenerNames);
        DataDirectories = [.. (Log.Dirs ?? Log.Dir).Where(d => d.Length > 0)];
        if (DataDirectories.IsEmpty)
        {
            throw new SettingException("log.dirs is empty: name a directory for the data");
        }

        // A list setting leaves out what is named again; a directory that is named again was meant to be another.
        if (Static.Values.TryGetValue("log.dirs", out var dirs) && dirs.Split(',', StringSplitOptions.TrimEntries).GroupBy(d => d).FirstOrDefault(d => d.Skip(1).Any()) is { } twice)
        {
            throw new SettingException($"log.dirs names {twice.Key} twice: name each directory once");
        }

        CordonedDirectories = Cordoned(Log.CordonedLogDirs, DataDirectories, out var unknown);
        if (unknown is not null)
        {
            throw new SettingException($"cordoned.log.dirs names {unknown}, which is none of log.dirs ({string.Join(", ", DataDirectories)}): name directories of log.dirs, or * for all");
        }
    }

    /// <summary>Sockets and limits.</summary>
    public NetOptions Net { get; }

    /// <summary>The settings of a topic that sets nothing itself.</summary>
    public TopicOptions TopicDefaults { get; }

    /// <summary>The place of logs, and their care.</summary>
    public LogDefaultsOptions Log { get; }

    /// <summary>Compaction.</summary>
    public CleanerOptions Cleaner { get; }

    /// <summary>Settings by which topics come to be.</summary>
    public TopicCreationOptions Topics { get; }

    /// <summary>Classic groups and committed offsets.</summary>
    public GroupOptions Groups { get; }

    /// <summary>Groups of the newer protocol.</summary>
    public ConsumerGroupOptions ConsumerGroups { get; }

    /// <summary>Share groups.</summary>
    public ShareGroupOptions ShareGroups { get; }

    /// <summary>Streams groups.</summary>
    public StreamsGroupOptions StreamsGroups { get; }

    /// <summary>Producer ids and transactions.</summary>
    public TransactionOptions Transactions { get; }

    /// <summary>Copies and leaders.</summary>
    public ReplicationOptions Replication { get; }

    /// <summary>The node and its cluster.</summary>
    public ClusterOptions Cluster { get; }

    /// <summary>Windows of quotas.</summary>
    public QuotaOptions Quotas { get; }

    /// <summary>Metrics.</summary>
    public MetricsOptions Metrics { get; }

    /// <summary>Rights.</summary>
    public SecurityOptions Security { get; }

    /// <summary>TLS.</summary>
    public SslOptions Ssl { get; }

    /// <summary>SASL.</summary>
    public SaslOptions Sasl { get; }

    /// <summary>Remote storage.</summary>
    public RemoteStorageOptions Remote { get; }

    /// <summary>Settings that only Ouzel has.</summary>
    public OuzelOptions Ouzel { get; }

    /// <summary>The listeners to open.</summary>
    public ImmutableArray<ListenerOptions> Listeners { get; }

    /// <summary>The addresses that a listener's clients are told; when a listener is absent, the one by which the client came.</summary>
    public IReadOnlyDictionary<string, (string Host, int Port)> AdvertisedListeners { get; }

    /// <summary>The directories of the data.</summary>
    public ImmutableArray<string> DataDirectories { get; }

    /// <summary>The directories of the data that get nothing new, as log.dirs names them.</summary>
    public IReadOnlySet<string> CordonedDirectories { get; }

    /// <summary>The directory of the metadata log: metadata.log.dir, else the first of the data's.</summary>
    public string MetadataDirectory => Cluster.MetadataLogDir is { Length: > 0 } own ? own : DataDirectories[0];

    /// <summary>Nothing is kept on disk.</summary>
    public bool InMemory => Ouzel.Storage == "memory";

    /// <summary>This node's number.</summary>
    public int NodeId => Cluster.NodeId;

    /// <summary>The settings as given, with where they came from.</summary>
    public StaticSettings Static { get; }

    /// <summary>Dynamic settings of all brokers, by name.</summary>
    public IReadOnlyDictionary<string, string> ClusterDefault { get; }

    /// <summary>Dynamic settings of this broker, by name.</summary>
    public IReadOnlyDictionary<string, string> PerBroker { get; }

    /// <summary>Values in force by name.</summary>
    internal SettingValues Values { get; }

    /// <summary>The options that the given settings make.</summary>
    /// <exception cref="SettingException">They cannot be used.</exception>
    public static BrokerOptions From(StaticSettings settings)
    {
        var options = new BrokerOptions(settings, None, None);
        StartBounds.Check(options);
        StartRules.Check(settings);
        return options;
    }

    /// <summary>Lines to log at the start: what has no effect and why, what acts otherwise than its writer may think.</summary>
    public IEnumerable<string> Notes => Static.Notes.Concat(StartBounds.Notes(this));

    /// <summary>Options for a test or an embedded broker: Ouzel's defaults and these settings over them.</summary>
    public static BrokerOptions Of(params (string Name, string Value)[] settings) => From(StaticSettings.Load(new StaticSources { CommandLine = settings }));

    /// <summary>The options after dynamic settings changed. Values that cannot be used are passed over: they were checked when they were stored.</summary>
    public BrokerOptions With(IReadOnlyDictionary<string, string> clusterDefault, IReadOnlyDictionary<string, string> perBroker) => new(Static, clusterDefault, perBroker);

    /// <summary>The directories that entries of cordoned.log.dirs stand for, and the first entry that stands for none.</summary>
    internal static IReadOnlySet<string> Cordoned(IReadOnlyList<string> entries, IReadOnlyList<string> directories, out string? unknown)
    {
        var cordoned = new HashSet<string>(StringComparer.Ordinal);
        unknown = null;
        foreach (var entry in entries.Where(e => e.Length > 0))
        {
            var named = entry == "*" ? directories : directories.Where(d => Path.GetFullPath(d).TrimEnd('/') == Path.GetFullPath(entry).TrimEnd('/')).ToList();
            if (named.Count == 0)
            {
                unknown ??= entry;
            }

            cordoned.UnionWith(named);
        }

        return cordoned;
    }

    private SettingValues InForce()
    {
        if (ClusterDefault.Count == 0 && PerBroker.Count == 0)
        {
            return new SettingValues(SettingTables.Broker, Static.Values);
        }

        var texts = new Dictionary<string, string>(Static.Values, StringComparer.Ordinal);
        foreach (var layer in new[] { ClusterDefault, PerBroker })
        {
            foreach (var (name, text) in layer)
            {
                if (SettingTables.Broker.TryGet(name, out var setting) && setting.IsDynamic && !ConfigAlteration.NeedsRestart(name) && setting.TryParse(text, out _, out _))
                {
                    texts[name] = text;
                }
            }
        }

        return new SettingValues(SettingTables.Broker, texts);
    }
}
