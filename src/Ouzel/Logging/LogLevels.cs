using Microsoft.Extensions.Logging;

namespace Ouzel.Logging;

/// <summary>Names of levels, as settings and lines write them.</summary>
internal static class LogLevels
{
    public static LogLevel Parse(string name) => name.ToLowerInvariant() switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "fatal" => LogLevel.Critical,
        _ => LogLevel.Information,
    };

    public static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => "error",
    };

    /// <summary>As Kafka's tools know it.</summary>
    public static string KafkaName(LogLevel level) => level == LogLevel.Critical ? "FATAL" : Name(level).ToUpperInvariant();
}
