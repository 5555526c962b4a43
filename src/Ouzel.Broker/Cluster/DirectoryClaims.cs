using Ouzel.Broker.Cluster.Embedded;
using Ouzel.Protocol;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Cluster;

/// <summary>
/// Says of each partition's directory that a start finds whether it is the one the metadata means. Only what the metadata proves to be deleted is removed;
/// what nothing proves is left as it is, and its partition is not served empty in its place.
/// </summary>
internal sealed class DirectoryClaims(Disk disk, DirectorySurvey survey, int nodeId)
{
    /// <summary>Two ids drawn at random agree in so many of their 16 bytes less than once in 2^85 pairs; one with a damaged byte of text differs in at most two.</summary>
    private const int SameBytesMin = 12;

    private readonly ClusterImage _image = survey.Metadata.Delta.After;
    private readonly Lazy<HashSet<Uuid>> _deleted = new(() => MetadataPeek.DeletedTopics(disk, survey.MetadataDirectory));

    public DirectoryClaim Of(string path, TopicPartition partition, Uuid id)
    {
        if (partition.Topic == TopicNames.ClusterMetadata)
        {
            return new DirectoryClaim(DirectoryUse.Open);
        }

        var isKnown = _image.TryTopic(partition.Topic, out var topic) && topic.TryPartition(partition.Partition, out var state) && state.Replicas.Contains(nodeId);
        var isStray = survey.Strays.Contains(path);
        if (isKnown && !isStray && (id == topic!.Id || IsSpoiled(id, topic.Id, _image, _deleted)))
        {
            return new DirectoryClaim(DirectoryUse.Open, topic.Id);
        }

        if (id != Uuid.Zero && _deleted.Value.Contains(id))
        {
            return new DirectoryClaim(DirectoryUse.Deleted);
        }

        if (isStray)
        {
            return new DirectoryClaim(DirectoryUse.Stray, default, $"is not the directory of {partition}, which lies in another of log.dirs");
        }

        if (isKnown)
        {
            return new DirectoryClaim(DirectoryUse.LeaveAlone, topic!.Id,
                $"its partition.metadata names topic id {id}, which no topic has or had, and the cluster's topic {topic.Name} is {topic.Id}. The partition is offline; "
                + $"if the directory is its own, write that id into the file, else move the directory away, and start again");
        }

        return new DirectoryClaim(DirectoryUse.LeaveAlone, default, "the cluster's metadata knows no such partition and no deletion of it. Move it away when you do not need it");
    }

    /// <summary>
    /// True when a checkpoint's line of this topic may be of an earlier one of the name: lines stay until the next checkpoint, and have no id.
    /// </summary>
    public bool MayMeanEarlier(string topic) => survey.Metadata.Deleted.Contains(topic);

    /// <summary>
    /// True when a partition.metadata means a topic though it does not name it: it cannot be read, or its id is the topic's but for a few bytes and nobody
    /// else's.
    /// </summary>
    public static bool IsSpoiled(Uuid id, Uuid topicId, ClusterImage image, Lazy<HashSet<Uuid>> deleted)
    {
        if (id == Uuid.Zero)
        {
            return true;
        }

        Span<byte> found = stackalloc byte[Uuid.Size], meant = stackalloc byte[Uuid.Size];
        id.WriteTo(found);
        topicId.WriteTo(meant);
        var same = 0;
        for (var i = 0; i < Uuid.Size; i++)
        {
            same += found[i] == meant[i] ? 1 : 0;
        }

        return same >= SameBytesMin && id != topicId && !image.TopicsById.ContainsKey(id) && !deleted.Value.Contains(id);
    }

    /// <summary>True when a partition may never have had a directory: it was made by the last run, which may have ended before.</summary>
    public bool MayBeNew(Uuid topicId, int partition) => survey.Metadata.Young.Contains((topicId, partition));
}
