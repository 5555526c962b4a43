using System.Text;
using Ouzel.Protocol;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>`partition.metadata`: the id of the topic a directory belongs to, so that a deleted topic's directory is not taken for a new one's.</summary>
internal static class PartitionMetadata
{
    public const string FileName = "partition.metadata";
    private const string IdKey = "topic_id:";

    public static string PathIn(string directory) => directory + "/" + FileName;

    /// <summary>Writes the file; the log's first flush syncs it.</summary>
    public static void Write(Disk disk, string directory, Uuid topicId) =>
        disk.ReplaceFile(PathIn(directory), Encoding.UTF8.GetBytes($"version: 0\n{IdKey} {topicId}"), sync: false);

    /// <summary>Zero when there is no file or it cannot be read: logs from before topic ids.</summary>
    public static Uuid Read(Disk disk, string directory)
    {
        var path = PathIn(directory);
        if (!disk.Exists(path))
        {
            return Uuid.Zero;
        }

        foreach (var line in Encoding.UTF8.GetString(disk.ReadAllBytes(path)).Split('\n'))
        {
            if (line.StartsWith(IdKey, StringComparison.Ordinal) && Uuid.TryParse(line[IdKey.Length..].Trim(), out var id))
            {
                return id;
            }
        }

        return Uuid.Zero;
    }
}
