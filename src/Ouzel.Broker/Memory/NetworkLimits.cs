using Ouzel.Broker.Configs;

namespace Ouzel.Broker.Memory;

/// <summary>Every bound that keeps one client, or all of them together, from taking the node's memory.</summary>
internal sealed record NetworkLimits
{
    public static NetworkLimits From(NetOptions options, long memoryBytesMax) => new()
    {
        MemoryBytesMax = memoryBytesMax,
        RequestBytesMax = options.SocketRequestMaxBytes,
        QueuedRequestBytesMax = options.QueuedMaxRequestBytes,
        ConnectionsMax = options.MaxConnections,
        ConnectionsPerIpMax = options.MaxConnectionsPerIp,
        ConnectionsPerIpOverrides = Overrides(options.MaxConnectionsPerIpOverrides),
        IdleMsMax = options.ConnectionsMaxIdleMs < 0 ? long.MaxValue : options.ConnectionsMaxIdleMs,
    };

    /// <summary>ouzel.memory.limit: of the whole process; <see cref="MemoryBudget"/> shares it out.</summary>
    public long MemoryBytesMax { get; init; } = long.MaxValue;

    /// <summary>socket.request.max.bytes; a frame of exactly this length is accepted. Kafka's default.</summary>
    public int RequestBytesMax { get; init; } = 104857600;

    /// <summary>queued.max.request.bytes: large frames of all connections together; -1 is no bound. Kafka's default.</summary>
    public long QueuedRequestBytesMax { get; init; } = -1;

    /// <summary>max.connections.</summary>
    public int ConnectionsMax { get; init; } = int.MaxValue;

    /// <summary>Descriptors that the process may have: half are for the logs' files, and some for what is in use besides.</summary>
    public long DescriptorsMax { get; init; } = long.MaxValue;

    /// <summary>max.connections.per.ip.</summary>
    public int ConnectionsPerIpMax { get; init; } = int.MaxValue;

    /// <summary>max.connections.per.ip.overrides: address to bound.</summary>
    public IReadOnlyDictionary<string, int> ConnectionsPerIpOverrides { get; init; } = new Dictionary<string, int>();

    /// <summary>connections.max.idle.ms.</summary>
    public long IdleMsMax { get; init; } = 600000;

    /// <summary>Requests of one connection whose answers have not left. Clients keep 5 (Java) to some hundred (librdkafka) in flight. Less when there are many connections.</summary>
    public int RequestsInFlightMax { get; init; } = 256;

    /// <summary>The most bytes of finished answers that are gathered into one send.</summary>
    public int SendBytesMax { get; init; } = 256 * 1024;

    /// <summary>"address:count,..."; what does not parse was refused when the setting was read.</summary>
    private static Dictionary<string, int> Overrides(string text)
    {
        var overrides = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = entry.LastIndexOf(':');
            if (colon > 0 && int.TryParse(entry.AsSpan(colon + 1), out var count))
            {
                overrides[entry[..colon]] = count;
            }
        }

        return overrides;
    }
}
