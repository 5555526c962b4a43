using System.Globalization;

namespace Ouzel.Broker.Configs;

/// <summary>Text to value, with Kafka's rules for each type.</summary>
internal static class SettingReader
{
    public static bool TryRead(SettingType type, string text, out object value, out string problem)
    {
        text = text.Trim();
        value = text;
        problem = "";
        switch (type)
        {
            case SettingType.Boolean:
                if (!text.Equals("true", StringComparison.OrdinalIgnoreCase) && !text.Equals("false", StringComparison.OrdinalIgnoreCase))
                {
                    return Fail("Expected value to be either true or false", out problem);
                }

                value = text.Equals("true", StringComparison.OrdinalIgnoreCase);
                return true;
            case SettingType.Int when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var i):
                value = i;
                return true;
            case SettingType.Short when short.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var s):
                value = s;
                return true;
            case SettingType.Long when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var l):
                value = l;
                return true;
            case SettingType.Double when TryDouble(text, out var d):
                value = d;
                return true;
            case SettingType.Int or SettingType.Short or SettingType.Long or SettingType.Double:
                return Fail($"Not a number of type {type.ToString().ToUpperInvariant()}", out problem);
            case SettingType.List:
                return TryList(text, out value, out problem);
            default:
                return true;
        }
    }

    /// <summary>A list without duplicates, in the order of first mention; an empty text is the empty list.</summary>
    private static bool TryList(string text, out object value, out string problem)
    {
        problem = "";
        var entries = text.Length == 0 ? [] : text.Split(',', StringSplitOptions.TrimEntries);
        value = entries.Distinct(StringComparer.Ordinal).ToArray();
        return !entries.Contains("") || Fail("values must not be empty", out problem);
    }

    /// <summary>Java's numbers: a letter for the width may follow.</summary>
    private static bool TryDouble(string text, out double value)
    {
        if (text.Length > 1 && text[^1] is 'd' or 'D' or 'f' or 'F' && char.IsAsciiDigit(text[^2]) | text[^2] == '.')
        {
            text = text[..^1];
        }

        return double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);
    }

    private static bool Fail(string reason, out string problem)
    {
        problem = reason;
        return false;
    }
}
