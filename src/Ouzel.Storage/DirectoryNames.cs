using System.Buffers;
using System.Globalization;
using Ouzel.Protocol;

namespace Ouzel.Storage;

/// <summary>The meaning of a directory's name inside a log directory.</summary>
internal static class DirectoryNames
{
    public const string DeleteSuffix = "-delete";
    public const string FutureSuffix = "-future";
    public const string StraySuffix = "-stray";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private const int NameMax = 249;

    /// <summary>The partition whose log it is; false for directories on their way out, aside or not ours.</summary>
    public static bool TryPartition(string name, out TopicPartition partition)
    {
        partition = default;
        var cut = name.LastIndexOf('-');
        if (cut <= 0 || name.EndsWith(DeleteSuffix, StringComparison.Ordinal) || name.EndsWith(FutureSuffix, StringComparison.Ordinal) || name.EndsWith(StraySuffix, StringComparison.Ordinal)
            || !int.TryParse(name.AsSpan(cut + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        partition = new TopicPartition(name[..cut], number);
        return true;
    }

    /// <summary>The name that a deleted partition's directory was given: topic-partition.id-delete.</summary>
    public static bool IsDeleted(string name)
    {
        if (!name.EndsWith(DeleteSuffix, StringComparison.Ordinal))
        {
            return false;
        }

        var dot = name.LastIndexOf('.');
        var id = dot < 0 ? default : name.AsSpan(dot + 1, name.Length - DeleteSuffix.Length - dot - 1);
        return id.Length == 2 * Uuid.Size && !id.ContainsAnyExcept(HexDigits) && TryPartition(name[..dot], out _);
    }

    /// <summary>topic-partition.id-suffix, with the topic cut so that the name stays one that a file system takes.</summary>
    public static string Aside(TopicPartition partition, Uuid id, string suffix)
    {
        Span<byte> bytes = stackalloc byte[Uuid.Size];
        id.WriteTo(bytes);
        var tail = $"-{partition.Partition}.{Convert.ToHexStringLower(bytes)}{suffix}";
        var topic = partition.Topic.Length + tail.Length <= NameMax ? partition.Topic : partition.Topic[..(NameMax - tail.Length)];
        return topic + tail;
    }
}
