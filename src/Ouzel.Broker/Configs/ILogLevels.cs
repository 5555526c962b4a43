namespace Ouzel.Broker.Configs;

/// <summary>Log levels that can be read and changed while the node runs; a logger factory that can do so implements it.</summary>
public interface ILogLevels
{
    /// <summary>Name of the logger whose level all others have that were given none.</summary>
    const string Root = "root";

    /// <summary>The level in force of each logger, in Kafka's words (TRACE, DEBUG, INFO, WARN, ERROR, FATAL), the root included.</summary>
    IReadOnlyDictionary<string, string> Levels { get; }

    /// <summary>Gives a logger a level, or with null the root's again.</summary>
    void Set(string logger, string? level);
}
