using Microsoft.Extensions.Logging;

namespace Ouzel.Storage.Tests.Support;

/// <summary>Keeps the lines from warning on, or from another level on.</summary>
internal sealed class CollectingLogger(LogLevel lowest = LogLevel.Warning) : ILogger
{
    private readonly List<string> _lines = [];

    public List<EventId> Events { get; } = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= lowest;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        lock (_lines)
        {
            _lines.Add(formatter(state, exception));
            Events.Add(eventId);
        }
    }
}
