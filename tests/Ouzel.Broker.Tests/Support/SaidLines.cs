using Microsoft.Extensions.Logging;

namespace Ouzel.Broker.Tests.Support;

/// <summary>A log that keeps its lines.</summary>
internal sealed class SaidLines : ILogger
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];

    public List<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public int Count(string part) => Lines.Count(l => l.Contains(part, StringComparison.Ordinal));

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel level) => true;

    public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> format)
    {
        lock (_gate)
        {
            _lines.Add(format(state, exception));
        }
    }
}
