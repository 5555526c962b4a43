namespace Ouzel.Broker.Cluster;

/// <summary>What a dynamic setting belongs to. Type codes are Kafka's: 2 topic, 4 broker, 8 logger, 16 client metrics, 32 group.</summary>
internal readonly record struct ConfigResource(sbyte Type, string Name) : IComparable<ConfigResource>
{
    public const sbyte TopicType = 2;
    public const sbyte BrokerType = 4;
    public const sbyte ClientMetricsType = 16;
    public const sbyte GroupType = 32;

    /// <summary>Settings of all brokers; stored as the broker with the empty name.</summary>
    public static readonly ConfigResource ClusterDefault = new(BrokerType, "");

    public static ConfigResource Topic(string name) => new(TopicType, name);

    public static ConfigResource Broker(int id) => new(BrokerType, id.ToString());

    public static ConfigResource Group(string name) => new(GroupType, name);

    public static ConfigResource ClientMetrics(string name) => new(ClientMetricsType, name);

    public int CompareTo(ConfigResource other) => Type != other.Type ? Type.CompareTo(other.Type) : string.CompareOrdinal(Name, other.Name);
}

/// <summary>One setting to store (a value) or to remove (null). The value has been checked already.</summary>
internal sealed record ConfigWrite(ConfigResource Resource, string Name, string? Value);
