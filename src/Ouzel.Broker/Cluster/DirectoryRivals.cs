using Ouzel.Protocol;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Cluster;

/// <summary>
/// Partitions that more than one log directory has something of. One that fails keeps what is deleted or made anew elsewhere meanwhile, and what of a new
/// partition it failed under: beside the partition's own directory these are strays.
/// </summary>
internal static class DirectoryRivals
{
    /// <summary>Paths of the directories that lie beside their partition's own.</summary>
    /// <exception cref="LogDirectoryException">Two of them hold records of the same topic: which ones are right cannot be told.</exception>
    public static IReadOnlySet<string> Strays(Disk disk, IReadOnlyList<DirectoryLook> looks, ClusterImage image, Lazy<HashSet<Uuid>> deleted)
    {
        var strays = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rivals in looks.SelectMany(look => look.Logs.Select(log => (Look: look, Name: log))).GroupBy(one => one.Name, one => one.Look).Where(group => group.Skip(1).Any()))
        {
            if (image.TryTopic(rivals.Key.Topic, out var topic) && Own(disk, [.. rivals], rivals.Key, topic.Id, id => DirectoryClaims.IsSpoiled(id, topic.Id, image, deleted)) is { } own)
            {
                strays.UnionWith(rivals.Where(look => look != own).Select(look => look.PathOf(rivals.Key)));
            }
        }

        return strays;
    }

    /// <summary>The one with the topic's id, else one whose id is damaged; of several of these the one that holds records. Null when all are other topics'.</summary>
    private static DirectoryLook? Own(Disk disk, List<DirectoryLook> rivals, TopicPartition partition, Uuid topicId, Func<Uuid, bool> isSpoiled)
    {
        var candidates = rivals.FindAll(look => look.TopicIdIn(disk, partition.ToString()) == topicId);
        if (candidates.Count == 0)
        {
            candidates = rivals.FindAll(look => isSpoiled(look.TopicIdIn(disk, partition.ToString())));
        }

        var filled = candidates.FindAll(look => look.HasRecords(disk, partition));
        if (filled.Count > 1)
        {
            throw new LogDirectoryException(
                $"{partition} is in two log directories: {string.Join(" and ", filled.Select(look => look.PathOf(partition)))}. Nothing was changed; move the one away that is older");
        }

        return filled.Count == 1 ? filled[0] : candidates.FirstOrDefault();
    }
}
