using Microsoft.Extensions.Logging;

namespace Ouzel.Simulation.Tests.Bed;

/// <summary>Puts the broker's own log lines into the event log. An error is one of the broker where nothing was made to fail.</summary>
internal sealed class LogLines(Scheduler scheduler, Process process, Func<bool> isDiskBroken) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!scheduler.IsHere("the log") || process.IsDead)
        {
            return;
        }

        var fault = exception is null ? "" : $" ({exception.GetType().Name}: {exception.Message})";
        scheduler.Write(process.Name, $"{logLevel}: {formatter(state, exception)}{fault}");
        if (logLevel >= LogLevel.Error && !isDiskBroken())
        {
            scheduler.Fail($"nothing was made to fail, but {process.Name} says: {formatter(state, exception)} {exception}");
        }
    }

    public void Dispose()
    {
    }
}
