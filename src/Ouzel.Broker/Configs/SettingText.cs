using System.Globalization;

namespace Ouzel.Broker.Configs;

/// <summary>The text of values as DescribeConfigs prints them.</summary>
internal static class SettingText
{
    public static string Of(bool value) => value ? "true" : "false";

    public static string Of(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Of(string value) => value;

    public static string Of(IReadOnlyList<string> values) => string.Join(',', values);

    /// <summary>As Java prints it: a fraction always, an exponent from 10^7 on and below 10^-3.</summary>
    public static string Of(double value)
    {
        if (double.IsNaN(value))
        {
            return "NaN";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "Infinity" : "-Infinity";
        }

        if (value == 0)
        {
            return double.IsNegative(value) ? "-0.0" : "0.0";
        }

        var size = Math.Abs(value);
        if (size is >= 1e-3 and < 1e7)
        {
            var plain = size.ToString("R", CultureInfo.InvariantCulture);
            return (value < 0 ? "-" : "") + (plain.Contains('.') ? plain : plain + ".0");
        }

        var scientific = size.ToString("E16", CultureInfo.InvariantCulture);
        var round = size.ToString("R", CultureInfo.InvariantCulture);
        var digits = round.Split('E')[0].Replace(".", "").TrimStart('0').TrimEnd('0');
        var exponent = int.Parse(scientific[(scientific.IndexOf('E') + 1)..], CultureInfo.InvariantCulture);
        return $"{(value < 0 ? "-" : "")}{digits[0]}.{(digits.Length > 1 ? digits[1..] : "0")}E{exponent}";
    }
}
