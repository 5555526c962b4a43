namespace Ouzel.Broker.Configs;

/// <summary>Sockets, connections and request limits.</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class NetOptions
{
    /// <summary>Addresses that clients are told to connect to. Without it, clients are told the address by which they came.</summary>
    [Setting("advertised.listeners")]
    public IReadOnlyList<string>? AdvertisedListeners { get; init; }

    /// <summary>Number of threads for background work.</summary>
    [Setting("background.threads", Dynamic = DynamicMode.ClusterWide, Min = 1, Accepted = true)]
    public int BackgroundThreads { get; init; } = 10;

    /// <summary>Time that the response to a failed login is held back.</summary>
    [Setting("connection.failed.authentication.delay.ms", Min = 0, Accepted = true)]
    public int ConnectionFailedAuthenticationDelayMs { get; init; } = 100;

    /// <summary>A connection that carries nothing for this long is closed.</summary>
    [Setting("connections.max.idle.ms")]
    public long ConnectionsMaxIdleMs { get; init; } = 600000;

    /// <summary>Longest time between two logins on one SASL connection; 0 asks for none.</summary>
    [Setting("connections.max.reauth.ms", Accepted = true)]
    public long ConnectionsMaxReauthMs { get; init; } = 0;

    /// <summary>Listeners that accept clients before the node's metadata is complete.</summary>
    [Setting("early.start.listeners", Accepted = true)]
    public IReadOnlyList<string>? EarlyStartListeners { get; init; }

    /// <summary>Security protocol that each listener name speaks.</summary>
    [Setting("listener.security.protocol.map", Dynamic = DynamicMode.PerBroker)]
    public string ListenerSecurityProtocolMap { get; init; } = "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT";

    /// <summary>Addresses that the node listens on, each as NAME://host:port. An empty host means every interface.</summary>
    [Setting("listeners", Dynamic = DynamicMode.PerBroker)]
    public IReadOnlyList<string> Listeners { get; init; } = ["PLAINTEXT://:9092"];

    /// <summary>Most new connections a second over all listeners.</summary>
    [Setting("max.connection.creation.rate", Dynamic = DynamicMode.ClusterWide, Min = 0, Accepted = true)]
    public int MaxConnectionCreationRate { get; init; } = int.MaxValue;

    /// <summary>Most open connections of this node; a further one is closed at once.</summary>
    [Setting("max.connections", Dynamic = DynamicMode.ClusterWide, Min = 0)]
    public int MaxConnections { get; init; } = int.MaxValue;

    /// <summary>Most open connections from one address; a further one is closed at once.</summary>
    [Setting("max.connections.per.ip", Dynamic = DynamicMode.ClusterWide, Min = 0)]
    public int MaxConnectionsPerIp { get; init; } = int.MaxValue;

    /// <summary>Other limits for single addresses or host names, as a list of host:count.</summary>
    [Setting("max.connections.per.ip.overrides", Dynamic = DynamicMode.ClusterWide, Form = SettingForm.HostCounts)]
    public string MaxConnectionsPerIpOverrides { get; init; } = "";

    /// <summary>Most fetch sessions that are remembered at once.</summary>
    [Setting("max.incremental.fetch.session.cache.slots", Min = 0)]
    public int MaxIncrementalFetchSessionCacheSlots { get; init; } = 1000;

    /// <summary>Most partitions that one page of DescribeTopicPartitions answers.</summary>
    [Setting("max.request.partition.size.limit", Min = 1)]
    public int MaxRequestPartitionSizeLimit { get; init; } = 2000;

    /// <summary>Number of threads that would serve requests.</summary>
    [Setting("num.io.threads", Dynamic = DynamicMode.ClusterWide, Min = 1, Accepted = true)]
    public int NumIoThreads { get; init; } = 8;

    /// <summary>Number of threads that would read and write sockets.</summary>
    [Setting("num.network.threads", Dynamic = DynamicMode.ClusterWide, Min = 1, Accepted = true)]
    public int NumNetworkThreads { get; init; } = 3;

    /// <summary>Bytes of requests that may wait before reading stops; -1 leaves the limit to the node.</summary>
    [Setting("queued.max.request.bytes")]
    public long QueuedMaxRequestBytes { get; init; } = -1;

    /// <summary>Number of requests that may wait before reading stops.</summary>
    [Setting("queued.max.requests", Min = 1, Accepted = true)]
    public int QueuedMaxRequests { get; init; } = 500;

    /// <summary>Longest wait for the response to a request that the node itself sends.</summary>
    [Setting("request.timeout.ms", Accepted = true)]
    public int RequestTimeoutMs { get; init; } = 30000;

    /// <summary>Longest wait for a connection of the node's own after repeated failures.</summary>
    [Setting("socket.connection.setup.timeout.max.ms", Accepted = true)]
    public long SocketConnectionSetupTimeoutMaxMs { get; init; } = 30000;

    /// <summary>First wait for a connection of the node's own; grows with each failure.</summary>
    [Setting("socket.connection.setup.timeout.ms", Accepted = true)]
    public long SocketConnectionSetupTimeoutMs { get; init; } = 10000;

    /// <summary>Connections that may wait to be accepted.</summary>
    [Setting("socket.listen.backlog.size", Min = 1)]
    public int SocketListenBacklogSize { get; init; } = 50;

    /// <summary>Size of the receive buffer asked of the operating system; -1 leaves it to the system.</summary>
    [Setting("socket.receive.buffer.bytes", Accepted = true)]
    public int SocketReceiveBufferBytes { get; init; } = 102400;

    /// <summary>Largest request that is read; a client that announces more is cut off.</summary>
    [Setting("socket.request.max.bytes", Min = 1)]
    public int SocketRequestMaxBytes { get; init; } = 104857600;

    /// <summary>Size of the send buffer asked of the operating system; -1 leaves it to the system.</summary>
    [Setting("socket.send.buffer.bytes", Accepted = true)]
    public int SocketSendBufferBytes { get; init; } = 102400;

    /// <summary>Most bytes that one fetch answer carries.</summary>
    [Setting("fetch.max.bytes", Min = 1024)]
    public int FetchMaxBytes { get; init; } = 57671680;

    /// <summary>Most finished waits that may stay in the list of waiting fetches.</summary>
    [Setting("fetch.purgatory.purge.interval.requests", Accepted = true)]
    public int FetchPurgatoryPurgeIntervalRequests { get; init; } = 1000;

    /// <summary>Most finished waits that may stay in the list of waiting produce requests.</summary>
    [Setting("producer.purgatory.purge.interval.requests", Accepted = true)]
    public int ProducerPurgatoryPurgeIntervalRequests { get; init; } = 1000;

    /// <summary>Most finished waits that may stay in the list of waiting DeleteRecords requests.</summary>
    [Setting("delete.records.purgatory.purge.interval.requests", Accepted = true)]
    public int DeleteRecordsPurgatoryPurgeIntervalRequests { get; init; } = 1;

    /// <summary>Most finished waits that may stay in the list of waiting share fetches.</summary>
    [Setting("share.fetch.purgatory.purge.interval.requests", Accepted = true)]
    public int ShareFetchPurgatoryPurgeIntervalRequests { get; init; } = 1000;

    /// <summary>Longest time a start may take before it is given up.</summary>
    [Setting("server.max.startup.time.ms", Min = 0, Internal = true, Accepted = true)]
    public long ServerMaxStartupTimeMs { get; init; } = long.MaxValue;

    /// <summary>Offers request versions that are not final.</summary>
    [Setting("unstable.api.versions.enable", Internal = true, Accepted = true)]
    public bool UnstableApiVersionsEnable { get; init; } = false;

    /// <summary>Offers feature levels that are not final.</summary>
    [Setting("unstable.feature.versions.enable", Internal = true, Accepted = true)]
    public bool UnstableFeatureVersionsEnable { get; init; } = false;
}
