using Microsoft.Extensions.Logging;

namespace Ouzel.Testing;

/// <summary>The lines of one life of a broker, for the test. A killed broker says nothing of how it fails.</summary>
internal sealed class TestLoggers(OuzelTestBrokerOptions options) : ILoggerFactory
{
    private volatile bool _isMute;

    public void Mute() => _isMute = true;

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("a test broker's lines go to its Logger and its Log");

    public void Dispose()
    {
    }

    private sealed class LineLogger(TestLoggers owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => !owner._isMute && logLevel >= owner.Options.LogLevel && (owner.Options.Logger is not null || owner.Options.Log is not null);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            owner.Options.Logger?.Log(logLevel, eventId, state, exception, formatter);
            owner.Options.Log?.Invoke($"{logLevel} {category}: {formatter(state, exception)}{(exception is null ? "" : $"\n{exception}")}");
        }
    }

    private OuzelTestBrokerOptions Options => options;
}
