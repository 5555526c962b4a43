using System.Globalization;

namespace Ouzel.Storage;

/// <summary>Names of the files in a partition's directory: the base offset in 20 digits, then what it is.</summary>
internal static class LogFiles
{
    public const string Log = ".log";
    public const string OffsetIndex = ".index";
    public const string TimeIndex = ".timeindex";
    public const string TransactionIndex = ".txnindex";
    public const string Snapshot = ".snapshot";
    public const string Deleted = ".deleted";
    public const string Cleaned = ".cleaned";
    public const string Swap = ".swap";

    /// <summary>The ending of what recovery cut off a log, kept beside it.</summary>
    public const string Removed = ".removed";

    private const int Digits = 20;

    public static string Name(long offset, string suffix) => offset.ToString("D20", CultureInfo.InvariantCulture) + suffix;

    public static string PathOf(string directory, long offset, string suffix) => directory + "/" + Name(offset, suffix);

    /// <summary>The offset a file is named after, when it has exactly this suffix.</summary>
    public static bool TryOffset(string name, string suffix, out long offset)
    {
        offset = 0;
        return name.Length == Digits + suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out offset);
    }
}
