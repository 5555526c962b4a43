using System.Globalization;

namespace Ouzel.Broker.Configs;

/// <summary>One thing that has settings.</summary>
/// <param name="Type">Kind.</param>
/// <param name="Name">Name within the kind.</param>
public readonly record struct ConfigResource(ConfigResourceType Type, string Name)
{
    /// <summary>All brokers together; on the wire and in the metadata it is the broker with the empty name.</summary>
    public static readonly ConfigResource ClusterDefault = new(ConfigResourceType.Broker, "");

    /// <summary>The topic of a name.</summary>
    public static ConfigResource Topic(string name) => new(ConfigResourceType.Topic, name);

    /// <summary>The broker of a number.</summary>
    public static ConfigResource Broker(int id) => new(ConfigResourceType.Broker, id.ToString(CultureInfo.InvariantCulture));
}

/// <summary>By kind, then by name: the order in which settings stand in a snapshot of the metadata.</summary>
internal sealed class ConfigResourceOrder : IComparer<ConfigResource>
{
    public static readonly ConfigResourceOrder Instance = new();

    public int Compare(ConfigResource x, ConfigResource y) => x.Type != y.Type ? x.Type.CompareTo(y.Type) : string.CompareOrdinal(x.Name, y.Name);
}
