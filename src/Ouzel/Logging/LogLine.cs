using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Ouzel.Logging;

/// <summary>The two forms of a log line.</summary>
internal static class LogLine
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>time level subject: message, and the exception on the lines after it.</summary>
    public static string Text(DateTimeOffset time, LogLevel level, string subject, string message, Exception? exception)
    {
        var line = $"{time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)} {LogLevels.Name(level),-5} {subject}: {message.ReplaceLineEndings(" ")}";
        return exception is null ? line : $"{line}\n{exception}";
    }

    /// <summary>One object on one line.</summary>
    public static string Json(DateTimeOffset time, LogLevel level, string subject, EventId id, string message, Exception? exception)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("time", time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
            writer.WriteString("level", LogLevels.Name(level));
            writer.WriteString("subject", subject);
            if (id.Id != 0)
                writer.WriteNumber("event", id.Id);
            writer.WriteString("message", message);
            if (exception is not null)
                writer.WriteString("error", exception.ToString());
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
