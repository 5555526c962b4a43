namespace Ouzel.Hosting;

/// <summary>The command line of start.</summary>
internal sealed record StartArguments
{
    public string? ConfigFile { get; init; }

    /// <summary>--set, in order.</summary>
    public IReadOnlyList<(string Name, string Value)> Settings { get; init; } = [];

    public string? Data { get; init; }

    public bool Memory { get; init; }

    /// <summary>Port of the first listener; 0 for any free one.</summary>
    public int? Port { get; init; }

    public string? ReadyFile { get; init; }

    /// <summary>Topics to make when they are missing; without a number of partitions they get num.partitions.</summary>
    public IReadOnlyList<(string Name, int? Partitions)> Topics { get; init; } = [];

    public string? LogFormat { get; init; }

    /// <summary>Written like the ready file, for the process that started this one in the background and waits; null in the foreground.</summary>
    public string? DetachedFile { get; init; }

    /// <summary>The files that hold the address while requests are served.</summary>
    public IEnumerable<string> ReadyFiles => new[] { ReadyFile, DetachedFile }.OfType<string>();
}
