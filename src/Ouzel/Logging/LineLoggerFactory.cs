using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ouzel.Broker.Configs;

namespace Ouzel.Logging;

/// <summary>
/// Writes each event as one line: time, level, subject, message. As JSON for machines when asked. Each subject's level can be changed while the process runs.
/// </summary>
internal sealed class LineLoggerFactory(TextWriter output, TimeProvider clock, bool json, LogLevel rootLevel) : ILoggerFactory, ILogLevels
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, LineLogger> _loggers = new(StringComparer.Ordinal);
    private volatile int _rootLevel = (int)rootLevel;

    public IReadOnlyDictionary<string, string> Levels
    {
        get
        {
            var levels = _loggers.ToDictionary(l => l.Key, l => LogLevels.KafkaName(l.Value.Level));
            levels[ILogLevels.Root] = LogLevels.KafkaName((LogLevel)_rootLevel);
            return levels;
        }
    }

    /// <summary>A category's subject is what stands behind its last dot.</summary>
    public ILogger CreateLogger(string categoryName) =>
        _loggers.GetOrAdd(categoryName[(categoryName.LastIndexOf('.') + 1)..], static (subject, factory) => new LineLogger(factory, subject), this);

    public void Set(string logger, string? level)
    {
        if (logger == ILogLevels.Root)
            _rootLevel = (int)LogLevels.Parse(level ?? "info");
        else if (_loggers.TryGetValue(logger, out var found))
            found.OwnLevel = level is null ? null : LogLevels.Parse(level);
    }

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("lines are the only form of logs");

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

    private sealed class LineLogger(LineLoggerFactory factory, string subject) : ILogger
    {
        private const int AsRoot = -1;
        private volatile int _level = AsRoot;

        public LogLevel? OwnLevel
        {
            set => _level = value is { } level ? (int)level : AsRoot;
        }

        public LogLevel Level => (LogLevel)(_level is var own and not AsRoot ? own : factory._rootLevel);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && logLevel >= Level;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                factory.Write(logLevel, subject, eventId, formatter(state, exception), exception);
        }
    }
}
