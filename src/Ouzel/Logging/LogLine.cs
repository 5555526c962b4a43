using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Ouzel.Logging;

/// <summary>The forms of a log line.</summary>
internal static class LogLine
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private const string Plain = "\e[0m";

    private static readonly HashSet<string> OwnFields = new(["timestamp", "level", "category", "eventId", "event", "message", "error"], StringComparer.Ordinal);

    /// <summary>time level subject: message; a fault stands on the lines after it, set in.</summary>
    public static string Text(in LogEntry entry, bool inColour)
    {
        var time = entry.Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
        var level = LogLevels.Name(entry.Level).PadRight(5);
        var line = inColour
            ? $"\e[90m{time}{Plain} {Colour(entry.Level)}{level}{Plain} {entry.Subject}: {entry.Message}"
            : $"{time} {level} {entry.Subject}: {entry.Message}";
        return entry.Fault is null ? line : $"{line}\n{LogText.Fault(entry.Fault, "    ")}";
    }

    /// <summary>One object on one line: what every line has, then the event's values by their names.</summary>
    public static string Json(in LogEntry entry)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("timestamp", entry.Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
            writer.WriteString("level", LogLevels.Name(entry.Level));
            writer.WriteString("category", entry.Subject);
            writer.WriteNumber("eventId", entry.Id.Id);
            writer.WriteString("event", entry.Id.Name ?? "");
            writer.WriteString("message", entry.Message);
            foreach (var (name, value) in entry.Values)
            {
                WriteValue(writer, FieldName(name), value);
            }

            if (entry.Fault is not null)
            {
                writer.WriteString("error", LogText.Fault(entry.Fault, ""));
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNull(name);
                break;
            case bool flag:
                writer.WriteBoolean(name, flag);
                break;
            case ulong number:
                writer.WriteNumber(name, number);
                break;
            case decimal number:
                writer.WriteNumber(name, number);
                break;
            case float or double when double.IsFinite(Convert.ToDouble(value, CultureInfo.InvariantCulture)):
                writer.WriteNumber(name, Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
            case sbyte or byte or short or ushort or int or uint or long:
                writer.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            default:
                writer.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    /// <summary>ClientId becomes clientId; a value with the name of a field that every line has gets Value behind its own.</summary>
    private static string FieldName(string name)
    {
        var field = char.ToLowerInvariant(name[0]) + name[1..];
        return OwnFields.Contains(field) ? field + "Value" : field;
    }

    private static string Colour(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "\e[90m",
        LogLevel.Information => "\e[32m",
        LogLevel.Warning => "\e[33m",
        _ => "\e[31m",
    };
}
