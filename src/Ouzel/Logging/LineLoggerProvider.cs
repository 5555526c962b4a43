using Microsoft.Extensions.Logging;

namespace Ouzel.Logging;

/// <summary>Writes each event as one line: time, level, subject, message. As JSON for machines when asked.</summary>
internal sealed class LineLoggerProvider(TextWriter output, TimeProvider clock, bool json) : ILoggerProvider
{
    private readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose()
    {
    }

    private void Write(LogLevel level, string subject, EventId id, string message, Exception? exception)
    {
        var now = clock.GetUtcNow();
        var line = json ? LogLine.Json(now, level, subject, id, message, exception) : LogLine.Text(now, level, subject, message, exception);
        lock (_lock)
            output.WriteLine(line);
    }

    private sealed class LineLogger(LineLoggerProvider provider, string subject) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            provider.Write(logLevel, subject, eventId, formatter(state, exception), exception);
    }
}
