using Ouzel.Protocol;

namespace Ouzel.Broker.Configs;

/// <summary>Kinds of things that have settings; the numbers are those of the wire.</summary>
public enum ConfigResourceType : sbyte
{
    /// <summary>None that is known.</summary>
    Unknown = 0,

    /// <summary>A topic, by name.</summary>
    Topic = 2,

    /// <summary>A broker, by number; the empty name stands for all.</summary>
    Broker = 4,

    /// <summary>The log levels of a broker, by number.</summary>
    BrokerLogger = 8,

    /// <summary>A subscription to clients' metrics, by name.</summary>
    ClientMetrics = 16,

    /// <summary>A group, by id.</summary>
    Group = 32,
}

/// <summary>The origin of a value; the numbers are those of the wire.</summary>
public enum ConfigSource : sbyte
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>Set on the topic.</summary>
    Topic = 1,

    /// <summary>Set on this broker while it ran.</summary>
    DynamicBroker = 2,

    /// <summary>Set for all brokers while they ran.</summary>
    DynamicDefaultBroker = 3,

    /// <summary>Given at the start.</summary>
    StaticBroker = 4,

    /// <summary>Built in.</summary>
    Default = 5,

    /// <summary>Set on a logger.</summary>
    DynamicBrokerLogger = 6,

    /// <summary>Set on a subscription to metrics.</summary>
    ClientMetrics = 7,

    /// <summary>Set on a group.</summary>
    Group = 8,
}

/// <summary>The change to a setting; the numbers are those of IncrementalAlterConfigs.</summary>
public enum ConfigOperation : sbyte
{
    /// <summary>Give it this value.</summary>
    Set = 0,

    /// <summary>Take its own value away.</summary>
    Delete = 1,

    /// <summary>Add entries to its list.</summary>
    Append = 2,

    /// <summary>Remove entries from its list.</summary>
    Subtract = 3,
}

/// <summary>One change that is asked for.</summary>
/// <param name="Name">The setting.</param>
/// <param name="Operation">What to do.</param>
/// <param name="Value">The value or entries; null when deleting.</param>
public readonly record struct ConfigChange(string Name, ConfigOperation Operation, string? Value);

/// <summary>The reason why a request about settings is refused.</summary>
/// <param name="Code">Error code for the wire.</param>
/// <param name="Message">One sentence for the user.</param>
public sealed record ConfigError(ErrorCode Code, string Message);

/// <summary>The result of a change: an error, or the settings afterwards.</summary>
/// <param name="Error">Why nothing changes; null when it does.</param>
/// <param name="Values">The resource's own settings afterwards, by name.</param>
/// <param name="Changed">Settings whose own value differs afterwards; null stands for taken away. One metadata record each.</param>
public sealed record ConfigOutcome(ConfigError? Error, IReadOnlyDictionary<string, string> Values, IReadOnlyList<(string Name, string? Value)> Changed);

/// <summary>A layer that a described value comes from or hides.</summary>
/// <param name="Name">The setting's name in that layer.</param>
/// <param name="Value">Its value there; null when it is secret.</param>
/// <param name="Source">The layer.</param>
public sealed record DescribedSynonym(string Name, string? Value, ConfigSource Source);

/// <summary>One setting as DescribeConfigs tells it.</summary>
/// <param name="Name">The setting.</param>
/// <param name="Value">Text in force; null when unset or secret.</param>
/// <param name="ReadOnly">Only a restart changes it.</param>
/// <param name="Source">Layer that the value comes from.</param>
/// <param name="IsSensitive">The value is secret.</param>
/// <param name="Type">Type of the value.</param>
/// <param name="Documentation">One sentence; null for names that are not known.</param>
/// <param name="Synonyms">Layers, what wins first.</param>
public sealed record DescribedSetting(
    string Name, string? Value, bool ReadOnly, ConfigSource Source, bool IsSensitive, SettingType Type, string? Documentation, IReadOnlyList<DescribedSynonym> Synonyms);
