using Ouzel.Broker.Cluster.Embedded;
using Ouzel.Protocol;
using Ouzel.Storage;

namespace Ouzel.Broker.Cluster;

/// <summary>
/// Says of each partition's directory that a start finds whether it is the one the metadata means. Only what the metadata proves to be deleted is removed;
/// what nothing proves is left as it is, and its partition is not served empty in its place.
/// </summary>
internal sealed class DirectoryClaims(Disk disk, DirectorySurvey survey, int nodeId)
{
    private readonly ClusterImage _image = survey.Metadata.Delta.After;
    private readonly Lazy<HashSet<Uuid>> _deleted = new(() => MetadataPeek.DeletedTopics(disk, survey.MetadataDirectory));

    public DirectoryClaim Of(string path, TopicPartition partition, Uuid id)
    {
        if (partition.Topic == TopicNames.ClusterMetadata)
            return new DirectoryClaim(DirectoryUse.Open);
        var isKnown = _image.TryTopic(partition.Topic, out var topic) && topic.TryPartition(partition.Partition, out var state) && state.Replicas.Contains(nodeId);
        var isStray = survey.Strays.Contains(path);
        if (isKnown && !isStray && (id == topic!.Id || id == Uuid.Zero))
            return new DirectoryClaim(DirectoryUse.Open, topic.Id);
        if (id != Uuid.Zero && _deleted.Value.Contains(id))
            return new DirectoryClaim(DirectoryUse.Deleted);
        if (isStray)
            return new DirectoryClaim(DirectoryUse.Stray, default, $"is not the directory of {partition}, which lies in another of log.dirs");
        if (isKnown)
        {
            return new DirectoryClaim(DirectoryUse.LeaveAlone, topic!.Id,
                $"its partition.metadata names topic id {id}, which no topic has or had, and the cluster's topic {topic.Name} is {topic.Id}. The partition is offline; "
                + $"if the directory is its own, write that id into the file, else move the directory away, and start again");
        }

        return new DirectoryClaim(DirectoryUse.LeaveAlone, default, "the cluster's metadata knows no such partition and no deletion of it. Move it away when you do not need it");
    }

    /// <summary>Whether a checkpoint's line of this topic may be of an earlier one of the name: lines stay until the next checkpoint, and have no id.</summary>
    public bool MayMeanEarlier(string topic) => survey.Metadata.Deleted.Contains(topic);

    /// <summary>Whether a partition may never have had a directory: it was made by the last run, which may have ended before.</summary>
    public bool MayBeNew(Uuid topicId, int partition) => survey.Metadata.Young.Contains((topicId, partition));
}
