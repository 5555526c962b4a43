using Ouzel.Protocol;

namespace Ouzel.Broker.Cluster;

/// <summary>The address of a broker or controller on one of its listeners. Protocol: 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL.</summary>
internal sealed record NodeEndpoint(string Name, string Host, ushort Port, short SecurityProtocol);

/// <summary>The levels of a feature that a node can work with.</summary>
internal sealed record SupportedFeature(string Name, short LevelMin, short LevelMax);

/// <summary>A registered broker. Fenced ones are known but lead nothing and are not told to clients.</summary>
internal sealed record BrokerImage
{
    public required int Id { get; init; }
    /// <summary>Offset of the registration; a broker that was started again has a larger one.</summary>
    public required long Epoch { get; init; }
    public required Uuid IncarnationId { get; init; }
    public required NodeEndpoint[] Endpoints { get; init; }
    public required SupportedFeature[] Features { get; init; }
    public string? Rack { get; init; }
    public bool Fenced { get; init; } = true;
    public bool InControlledShutdown { get; init; }
    /// <summary>Those that can be used.</summary>
    public Uuid[] LogDirectories { get; init; } = [];
    /// <summary>Those that take no new partition (KIP-1066).</summary>
    public Uuid[] CordonedDirectories { get; init; } = [];

    /// <summary>No directory takes a new partition.</summary>
    public bool IsCordoned => LogDirectories.Length > 0 && Array.TrueForAll(LogDirectories, directory => CordonedDirectories.Contains(directory));

    /// <summary>May lead and be in an ISR.</summary>
    public bool IsActive => !Fenced && !InControlledShutdown;
}

/// <summary>A registered controller.</summary>
internal sealed record ControllerImage(int Id, Uuid IncarnationId, NodeEndpoint[] Endpoints, SupportedFeature[] Features, bool ZkMigrationReady);
