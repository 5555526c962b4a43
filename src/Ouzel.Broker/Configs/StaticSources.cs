namespace Ouzel.Broker.Configs;

/// <summary>Everything outside the cluster that settings come from, as read by the command or a test.</summary>
public sealed class StaticSources
{
    /// <summary>Text of server.properties, when a file was named.</summary>
    public string? FileText { get; init; }

    /// <summary>The file's name, for messages.</summary>
    public string FileName { get; init; } = "server.properties";

    /// <summary>The process's environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>--set and the options of the command line that stand for settings, later ones win.</summary>
    public IReadOnlyList<(string Name, string Value)> CommandLine { get; init; } = [];
}
