using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Ouzel.Stress.Tests.Surroundings;

/// <summary>Keeps the first lines at error and above: where nothing was made to fail, there must be none.</summary>
internal sealed class ErrorLines : ILoggerProvider, ILogger
{
    private const int LinesMax = 100;
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public void Clear() => _lines.Clear();

    /// <summary>A line of a broker that is a process of its own.</summary>
    public void Add(string line)
    {
        if (_lines.Count < LinesMax)
        {
            _lines.Enqueue(line);
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel) && _lines.Count < LinesMax)
        {
            _lines.Enqueue($"{formatter(state, exception)} {exception}");
        }
    }
}
