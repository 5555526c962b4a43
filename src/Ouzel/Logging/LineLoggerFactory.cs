using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ouzel.Broker.Configs;

namespace Ouzel.Logging;

/// <summary>The form of lines.</summary>
internal enum LineForm
{
    Text,
    ColouredText,
    Json,
}

/// <summary>
/// Writes each event as one line: time, level, subject, message. As JSON for machines when asked. Each subject's level can be changed while the process runs.
/// No caller waits for the output: see <see cref="LineWriter"/>. From info on each kind of line has its bound: see <see cref="LineLimits"/>.
/// </summary>
internal sealed class LineLoggerFactory : ILoggerFactory, ILogLevels, IAsyncDisposable
{
    /// <summary>The time between two reports of what was left out.</summary>
    public static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _clock;
    private readonly LineForm _form;
    private readonly LineWriter _writer;
    private readonly ConcurrentDictionary<string, LineLogger> _loggers = new(StringComparer.Ordinal);
    private readonly LineLogger _own;
    private readonly ITimer _report;

    /// <summary>Guards the limits and whether the report is due.</summary>
    private readonly Lock _gate = new();
    private readonly LineLimits _limits = new();
    private bool _isReportDue;

    private volatile int _rootLevel;

    public LineLoggerFactory(TextWriter output, TimeProvider clock, LineForm form, LogLevel rootLevel)
    {
        _clock = clock;
        _form = form;
        _rootLevel = (int)rootLevel;
        _writer = new LineWriter(output, LeftOutByWriter, clock);
        _own = new LineLogger(this, "Log") { Direct = entry => _writer.Add(Line(entry)) };
        _report = clock.CreateTimer(_ => Report(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

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
        {
            _rootLevel = (int)LogLevels.Parse(level ?? "info");
        }
        else if (_loggers.TryGetValue(logger, out var found))
        {
            found.OwnLevel = level is null ? null : LogLevels.Parse(level);
        }
    }

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("lines are the only form of logs");

    /// <summary>Text that is not an event, such as the banner, in its place between the lines.</summary>
    public void Say(string text) => _writer.Add(text);

    public void Dispose() => _report.Dispose();

    /// <summary>Says what was left out, and waits a little for an output that reads.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        Report();
        await _writer.DisposeAsync();
    }

    private string Line(in LogEntry entry) => _form == LineForm.Json ? LogLine.Json(entry) : LogLine.Text(entry, _form == LineForm.ColouredText);

    private bool IsAdmitted(string kind)
    {
        lock (_gate)
        {
            if (_limits.Admit(kind, (long)_clock.GetElapsedTime(0).TotalMilliseconds))
            {
                return true;
            }

            if (!_isReportDue)
            {
                _isReportDue = true;
                _report.Change(ReportInterval, Timeout.InfiniteTimeSpan);
            }

            return false;
        }
    }

    private void Report()
    {
        List<(string Kind, long Count)> leftOut;
        lock (_gate)
        {
            _isReportDue = false;
            leftOut = _limits.TakeLeftOut();
        }

        foreach (var (kind, count) in leftOut)
        {
            HostEvents.LeftOutByLimit(_own, count, kind);
        }
    }

    /// <summary>On the writer's thread: made at once, for it must not wait behind what it speaks of.</summary>
    private string LeftOutByWriter(long count)
    {
        var line = "";
        HostEvents.LeftOutByOutput(new LineLogger(this, "Log") { Direct = entry => line = Line(entry) }, count);
        return line;
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

        /// <summary>Takes the entries instead of the factory.</summary>
        public Action<LogEntry>? Direct { get; init; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => Direct is not null || (logLevel != LogLevel.None && logLevel >= Level);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // Who asks for debug wants them all; they cost no more than the queue holds.
            if (!IsEnabled(logLevel) || (Direct is null && logLevel >= LogLevel.Information && !factory.IsAdmitted(LogEntry.KindOf(state, logLevel, eventId))))
            {
                return;
            }

            var entry = LogEntry.From(factory._clock.GetUtcNow(), logLevel, subject, eventId, state, exception, formatter);
            if (Direct is null)
            {
                factory._writer.Add(factory.Line(entry));
            }
            else
            {
                Direct(entry);
            }
        }
    }
}
