using System.Globalization;
using System.Text;

namespace Ouzel.Logging;

/// <summary>
/// Makes text of strangers harmless: what moves the cursor, changes colours, turns the direction of writing or cannot be seen is written as \uXXXX.
/// A client id cannot forge a line, hide one, or drive the terminal of whoever reads the log.
/// </summary>
internal static class LogText
{
    /// <summary>Characters of one value (a client id, a topic's name, a reason) that are shown.</summary>
    public const int ValueCharsMax = 400;

    /// <summary>Characters of a whole message and of a fault with its stack.</summary>
    public const int MessageCharsMax = 4000;
    public const int FaultCharsMax = 12000;

    /// <summary>The text on one line, no longer than <paramref name="charsMax"/> and a note of how long it was.</summary>
    public static string Harmless(string text, int charsMax)
    {
        var end = text.Length <= charsMax ? text.Length : charsMax;
        if (end < text.Length && char.IsHighSurrogate(text[end - 1]))
        {
            end--;
        }

        var clean = 0;
        while (clean < end && text[clean] is >= ' ' and <= '~')
        {
            clean++;
        }

        if (clean == text.Length)
        {
            return text;
        }

        var harmless = new StringBuilder(text.Length + 16).Append(text, 0, clean);
        for (var i = clean; i < end;)
        {
            if (Rune.TryGetRuneAt(text, i, out var rune) && !IsHarmful(rune))
            {
                harmless.Append(text, i, rune.Utf16SequenceLength);
                i += rune.Utf16SequenceLength;
                continue;
            }

            for (var last = i + Math.Max(rune.Utf16SequenceLength, 1); i < last; i++)
            {
                harmless.Append(text[i] switch { '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", var c => $"\\u{(int)c:X4}" });
            }
        }

        return (end < text.Length ? harmless.Append(CultureInfo.InvariantCulture, $"... ({text.Length} characters)") : harmless).ToString();
    }

    /// <summary>A fault with its stack: lines stay lines, each set in, so that none can pass for a log line.</summary>
    public static string Fault(Exception fault, string indent)
    {
        var text = fault.ToString();
        var lines = (text.Length <= FaultCharsMax ? text : text[..FaultCharsMax]).Split('\n').Select(l => indent + Harmless(l.TrimEnd('\r'), MessageCharsMax));
        return string.Join('\n', text.Length <= FaultCharsMax ? lines : lines.Append($"{indent}... ({text.Length} characters)"));
    }

    private static bool IsHarmful(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
