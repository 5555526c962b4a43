using System.Collections;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Ouzel.Logging;

/// <summary>One event of the log: its values by name and the sentence that they make, every value cut to its bound and made harmless.</summary>
internal readonly record struct LogEntry(DateTimeOffset Time, LogLevel Level, string Subject, EventId Id, IReadOnlyList<(string Name, object? Value)> Values, string Message, Exception? Fault)
{
    private const string TemplateName = "{OriginalFormat}";

    /// <summary>Finds what two lines of one kind have in common: their template, or what is known of their place.</summary>
    public static string KindOf<TState>(TState state, LogLevel level, EventId id)
    {
        // The template stands last where anybody puts it; boxed once, and only for lines that may be written.
        if (state is IReadOnlyList<KeyValuePair<string, object?>> { Count: > 0 } values && values[^1] is { Key: TemplateName, Value: string template })
        {
            return template;
        }

        return $"{LogLevels.Name(level)} {id}";
    }

    public static LogEntry From<TState>(DateTimeOffset time, LogLevel level, string subject, EventId id, TState state, Exception? fault, Func<TState, Exception?, string> formatter)
    {
        var values = new List<(string Name, object? Value)>();
        string? template = null;
        foreach (var (name, value) in state as IReadOnlyList<KeyValuePair<string, object?>> ?? [])
        {
            if (name == TemplateName)
            {
                template = value as string;
            }
            else
            {
                values.Add((name.TrimStart('@'), IsPlain(value) ? value : LogText.Harmless(Words(value), LogText.ValueCharsMax)));
            }
        }

        var message = template is null ? LogText.Harmless(formatter(state, fault), LogText.MessageCharsMax) : LogText.Harmless(Fill(template, values), LogText.MessageCharsMax);
        return new LogEntry(time, level, subject, id, values, message, fault);
    }

    /// <summary>The sentence: each {Name} of the template is replaced by its value, {{ and }} stand for braces.</summary>
    private static string Fill(string template, List<(string Name, object? Value)> values)
    {
        var text = new StringBuilder(template.Length + 64);
        for (var i = 0; i < template.Length; i++)
        {
            var c = template[i];
            var end = c == '{' ? template.IndexOf('}', i) : -1;
            if (c is '{' or '}' && i + 1 < template.Length && template[i + 1] == c)
            {
                text.Append(c);
                i++;
            }
            else if (end < 0)
            {
                text.Append(c);
            }
            else
            {
                var hole = template.AsSpan(i + 1, end - i - 1);
                var colon = hole.IndexOf(':');
                text.Append(Words(Find(values, colon < 0 ? hole : hole[..colon]), colon < 0 ? null : hole[(colon + 1)..].ToString()));
                i = end;
            }
        }

        return text.ToString();
    }

    private static object? Find(List<(string Name, object? Value)> values, ReadOnlySpan<char> name)
    {
        foreach (var (candidate, value) in values)
        {
            if (name.TrimStart('@').SequenceEqual(candidate))
            {
                return value;
            }
        }

        return null;
    }

    private static bool IsPlain(object? value) => value is null or bool or sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal;

    private static string Words(object? value, string? format = null) => value switch
    {
        null => "(null)",
        string text => text,
        IFormattable formattable => formattable.ToString(format, CultureInfo.InvariantCulture),
        IEnumerable items => string.Join(", ", items.Cast<object?>().Take(100).Select(v => Words(v))),
        _ => value.ToString() ?? "",
    };
}
