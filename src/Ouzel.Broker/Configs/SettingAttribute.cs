namespace Ouzel.Broker.Configs;

/// <summary>
/// Declares a setting: the property's type is its type, its initialiser the default, its summary the documentation.
/// The generator makes the tables and readers from it. Names, bounds and modes are Kafka's wherever the name is Kafka's.
/// </summary>
/// <param name="name">The setting's name, as in server.properties.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string name) : Attribute
{
    /// <summary>The setting's name.</summary>
    public string Name { get; } = name;

    /// <summary>Type, where it is not the property's own: class names and passwords are strings in C#.</summary>
    public SettingType Type { get; set; }

    /// <summary>The extent to which a running broker takes a new value.</summary>
    public DynamicMode Dynamic { get; set; }

    /// <summary>Smallest value of a number.</summary>
    public double Min { get; set; } = double.NaN;

    /// <summary>Largest value of a number.</summary>
    public double Max { get; set; } = double.NaN;

    /// <summary>One value beyond the bounds that is taken all the same.</summary>
    public double Or { get; set; } = double.NaN;

    /// <summary>The words that are taken, separated by commas; each entry of a list must be one.</summary>
    public string OneOf { get; set; } = "";

    /// <summary>The words are compared without regard to case.</summary>
    public bool AnyCase { get; set; }

    /// <summary>A shape of text beyond bounds and words.</summary>
    public SettingForm Form { get; set; }

    /// <summary>
    /// Broker settings that a topic's value comes from, the first that is set wins; names ending in hours and minutes are converted. The first is declared with the topic's own,
    /// as one that can be changed for the cluster; where there are more, it is without default and bounds, so that the others are asked.
    /// </summary>
    public string From { get; set; } = "";

    /// <summary>There is no default: a value comes from a layer.</summary>
    public bool Required { get; set; }

    /// <summary>Never listed to clients.</summary>
    public bool Internal { get; set; }

    /// <summary>Known and checked, but nothing here acts on it yet.</summary>
    public bool Accepted { get; set; }
}

/// <summary>Marks a class of settings.</summary>
/// <param name="scope">What the settings belong to.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SettingsGroupAttribute(SettingScope scope) : Attribute
{
    /// <summary>The kind of resource that the settings belong to.</summary>
    public SettingScope Scope { get; } = scope;
}

/// <summary>The kinds of resources that a setting can belong to.</summary>
public enum SettingScope
{
    /// <summary>A broker, or all of them.</summary>
    Broker,

    /// <summary>A topic.</summary>
    Topic,

    /// <summary>A group.</summary>
    Group,

    /// <summary>A subscription to clients' metrics.</summary>
    ClientMetrics,
}

/// <summary>Type of a setting; the numbers are those of DescribeConfigs.</summary>
public enum SettingType : sbyte
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>true or false.</summary>
    Boolean = 1,

    /// <summary>Text.</summary>
    String = 2,

    /// <summary>32 bits.</summary>
    Int = 3,

    /// <summary>16 bits.</summary>
    Short = 4,

    /// <summary>64 bits.</summary>
    Long = 5,

    /// <summary>A number with a fraction.</summary>
    Double = 6,

    /// <summary>Texts separated by commas.</summary>
    List = 7,

    /// <summary>Name of a Java class.</summary>
    Class = 8,

    /// <summary>Text that is never shown.</summary>
    Password = 9,
}

/// <summary>The extent to which a running broker takes a new value.</summary>
public enum DynamicMode
{
    /// <summary>Only a restart changes it.</summary>
    ReadOnly,

    /// <summary>It changes for one broker at a time.</summary>
    PerBroker,

    /// <summary>It changes for all brokers or for one.</summary>
    ClusterWide,
}

/// <summary>A shape of text beyond bounds and words.</summary>
public enum SettingForm
{
    /// <summary>None.</summary>
    Any,

    /// <summary>Must be given, may be empty.</summary>
    NotNull,

    /// <summary>Must not be empty.</summary>
    NotEmpty,

    /// <summary>At least one entry, when given.</summary>
    NotEmptyList,

    /// <summary>Pairs partition:broker, or *.</summary>
    ThrottledReplicas,

    /// <summary>earliest, latest, or by_duration: and a length of time.</summary>
    OffsetReset,

    /// <summary>Pairs host:count.</summary>
    HostCounts,
}
