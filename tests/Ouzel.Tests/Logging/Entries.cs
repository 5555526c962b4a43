using Microsoft.Extensions.Logging;
using Ouzel.Logging;

namespace Ouzel.Tests.Logging;

/// <summary>Events as the broker makes them.</summary>
internal static partial class Entries
{
    public static readonly DateTimeOffset Time = new(2026, 3, 4, 5, 6, 7, 89, TimeSpan.FromHours(2));

    /// <summary>Gives the entry that a logger makes of an event.</summary>
    public static LogEntry Of(Action<ILogger> say)
    {
        var catcher = new Catcher();
        say(catcher);
        return catcher.Entry;
    }

    [LoggerMessage(7, LogLevel.Warning, "Closing the connection of '{ClientId}': {Count} bytes {{{Reason}}}")]
    public static partial void Closing(ILogger logger, string? clientId, int count, string reason);

    [LoggerMessage(8, LogLevel.Error, "It broke")]
    public static partial void Broke(ILogger logger, Exception fault);

    [LoggerMessage(9, LogLevel.Information, "{Message} at {Level}")]
    public static partial void Colliding(ILogger logger, string message, double level);

    [LoggerMessage(10, LogLevel.Debug, "Detail {Number}")]
    public static partial void Detail(ILogger logger, int number);

    private sealed class Catcher : ILogger
    {
        public LogEntry Entry { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Entry = LogEntry.From(Time, logLevel, "Net", eventId, state, exception, formatter);
    }
}
