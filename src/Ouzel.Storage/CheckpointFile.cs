using System.Globalization;
using System.Text;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>Kafka's small text files: a version line (0), the number of entries, then one entry per line with fields between blanks.</summary>
internal static class CheckpointFile
{
    /// <summary>Writes a checkpoint; it replaces the old one in one durable step.</summary>
    public static void Write<T>(Disk disk, string path, IReadOnlyCollection<T> entries, Action<StringBuilder, T> line) => disk.ReplaceFile(path, Bytes(entries, line));

    /// <summary>The bytes of a checkpoint.</summary>
    public static byte[] Bytes<T>(IReadOnlyCollection<T> entries, Action<StringBuilder, T> line)
    {
        var text = new StringBuilder("0\n").Append(CultureInfo.InvariantCulture, $"{entries.Count}\n");
        foreach (var entry in entries)
        {
            line(text, entry);
            text.Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>True when there is anything in the file: one that is there and cannot be read is damaged.</summary>
    public static bool HasContent(Disk disk, string path) => disk.Exists(path) && disk.ReadAllBytes(path).Length > 0;

    /// <summary>The fields of each entry; null when the file is missing, empty or not a whole checkpoint. Its readers then do more work, never wrong work.</summary>
    public static List<string[]>? Read(Disk disk, string path, int fieldCount)
    {
        if (!disk.Exists(path))
        {
            return null;
        }

        var lines = Encoding.UTF8.GetString(disk.ReadAllBytes(path)).Split('\n');
        if (lines.Length < 2 || lines[0].Trim() != "0" || !int.TryParse(lines[1], CultureInfo.InvariantCulture, out var count) || count < 0)
        {
            return null;
        }

        var entries = new List<string[]>();
        foreach (var line in lines.Skip(2).Where(l => l.Length > 0))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length != fieldCount)
            {
                return null;
            }

            entries.Add(fields);
        }

        return entries.Count == count ? entries : null;
    }
}

/// <summary>A checkpoint of one offset per partition: recovery points, log starts or high watermarks of a log directory.</summary>
internal static class OffsetCheckpoint
{
    public const string RecoveryPoints = "recovery-point-offset-checkpoint";
    public const string LogStarts = "log-start-offset-checkpoint";
    public const string Compacted = "cleaner-offset-checkpoint";
    public const string HighWatermarks = "replication-offset-checkpoint";

    public static void Write(Disk disk, string path, IReadOnlyCollection<KeyValuePair<Protocol.TopicPartition, long>> offsets) =>
        CheckpointFile.Write(disk, path, offsets, static (line, o) =>
            line.Append(o.Key.Topic).Append(' ').Append(o.Key.Partition).Append(' ').Append(o.Value));

    /// <summary>Null when the file is missing or damaged.</summary>
    public static Dictionary<Protocol.TopicPartition, long>? Read(Disk disk, string path)
    {
        if (CheckpointFile.Read(disk, path, fieldCount: 3) is not { } entries)
        {
            return null;
        }

        var offsets = new Dictionary<Protocol.TopicPartition, long>();
        foreach (var fields in entries)
        {
            if (!int.TryParse(fields[1], CultureInfo.InvariantCulture, out var partition) || !long.TryParse(fields[2], CultureInfo.InvariantCulture, out var offset) || partition < 0 || offset < 0)
            {
                return null;
            }

            offsets[new Protocol.TopicPartition(fields[0], partition)] = offset;
        }

        return offsets;
    }
}
