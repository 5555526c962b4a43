using Microsoft.Extensions.Logging;

namespace Ouzel.Testing;

/// <summary>The options of a broker for a test.</summary>
public sealed class OuzelTestBrokerOptions
{
    private readonly List<TestTopic> _topics = [];

    /// <summary>The clock behind retention, sessions, timeouts and expiry: a FakeTimeProvider makes them run when the test says so.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Any key of server.properties. What a test wants otherwise than a server: see docs/testing.md.</summary>
    public IDictionary<string, string> Properties { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>A directory for the data, which is left there; null, the default, for a disk in memory.</summary>
    public string? DataDirectory { get; set; }

    /// <summary>False: no socket is opened, and only clients that connect by <see cref="OuzelTestBroker.ConnectAsync"/> reach the broker.</summary>
    public bool Sockets { get; set; } = true;

    /// <summary>The receiver of the broker's lines; besides <see cref="Log"/>.</summary>
    public ILogger? Logger { get; set; }

    /// <summary>Called with each line, such as a test's output helper's WriteLine.</summary>
    public Action<string>? Log { get; set; }

    /// <summary>Lines below it are not made.</summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    /// <summary>Of everything that is left to chance: ids, and what survives a loss of power. Null: another one each time, which <see cref="OuzelTestBroker.Seed"/> tells.</summary>
    public int? Seed { get; set; }

    internal IReadOnlyList<TestTopic> Topics => _topics;

    /// <summary>A topic that is there before the first client is.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="partitions">How many partitions.</param>
    /// <param name="settings">The topic's settings, such as ("cleanup.policy", "compact").</param>
    public OuzelTestBrokerOptions Topic(string name, int partitions = 1, params (string Name, string Value)[] settings)
    {
        _topics.Add(new TestTopic(name, partitions, settings));
        return this;
    }
}

internal sealed record TestTopic(string Name, int Partitions, (string Name, string Value)[] Settings);
