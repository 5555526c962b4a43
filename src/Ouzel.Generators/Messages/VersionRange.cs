using System.Globalization;

namespace Ouzel.Generators.Messages;

/// <summary>Versions from a lowest to a highest, as Kafka's schemas write them: "0-13", "3", "2+", "none".</summary>
internal readonly record struct VersionRange(int Lowest, int Highest)
{
    private const int Open = short.MaxValue;

    public static VersionRange None => new(0, -1);
    public static VersionRange All => new(0, Open);

    public bool IsEmpty => Highest < Lowest;
    public bool Contains(int version) => version >= Lowest && version <= Highest;
    public bool Covers(VersionRange other) => other.IsEmpty || (Lowest <= other.Lowest && Highest >= other.Highest);

    public VersionRange And(VersionRange other)
    {
        var both = new VersionRange(Math.Max(Lowest, other.Lowest), Math.Min(Highest, other.Highest));
        return both.IsEmpty ? None : both;
    }

    /// <summary>The smallest range that holds both.</summary>
    public VersionRange Hull(VersionRange other) =>
        IsEmpty ? other : other.IsEmpty ? this : new VersionRange(Math.Min(Lowest, other.Lowest), Math.Max(Highest, other.Highest));

    public static bool TryParse(string? text, out VersionRange range)
    {
        range = None;
        if (text is null or "none")
        {
            return true;
        }

        if (text.EndsWith("+", StringComparison.Ordinal))
        {
            if (!TryNumber(text.Substring(0, text.Length - 1), out var lowest))
            {
                return false;
            }

            range = new VersionRange(lowest, Open);
            return true;
        }

        var dash = text.IndexOf('-');
        if (!TryNumber(dash < 0 ? text : text.Substring(0, dash), out var first))
        {
            return false;
        }

        var last = first;
        if (dash >= 0 && !TryNumber(text.Substring(dash + 1), out last))
        {
            return false;
        }

        range = new VersionRange(first, last);
        return first <= last;
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < Open;
}
