namespace Ouzel.Hosting;

/// <summary>What the command line of start says.</summary>
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
}
