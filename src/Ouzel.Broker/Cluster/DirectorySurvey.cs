using Ouzel.Broker.Cluster.Embedded;
using Ouzel.Broker.Configs;
using Ouzel.Protocol;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Cluster;

/// <summary>
/// A start's findings in its directories, read before anything is opened, recovered or written: what is refused here is afterwards as it was.
/// </summary>
/// <param name="ClusterId">The cluster's id: the one in the directories, else the one the settings give, else a new one.</param>
/// <param name="MetadataDirectory">Where the metadata log lies, as the settings name it.</param>
/// <param name="Metadata">What the metadata says.</param>
/// <param name="Strays">Paths of directories that lie beside their partition's own in another of log.dirs.</param>
internal sealed record DirectorySurvey(string ClusterId, string MetadataDirectory, MetadataFold Metadata, IReadOnlySet<string> Strays)
{
    private const int NamesTold = 3;

    /// <exception cref="LogDirectoryException">Something there is not this node's, or cannot be gone on with; the message says what was found and what to do.</exception>
    public static DirectorySurvey Take(Disk disk, BrokerOptions options, Random random)
    {
        if (options.DataDirectories.GroupBy(disk.Resolve).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
        {
            throw new LogDirectoryException($"log.dirs names {twice.Key} twice, as {string.Join(" and ", twice)}: name each directory once");
        }

        foreach (var path in options.DataDirectories.Append(options.MetadataDirectory))
        {
            CheckPlace(disk, path);
        }

        var looks = options.DataDirectories.Select(path => DirectoryLook.At(disk, path)).ToList();
        var metadata = looks.Find(look => disk.Resolve(look.Path) == disk.Resolve(options.MetadataDirectory));
        var alone = metadata is null;
        metadata ??= DirectoryLook.At(disk, options.MetadataDirectory);
        IReadOnlyList<DirectoryLook> all = alone ? [.. looks, metadata] : looks;
        foreach (var look in all)
        {
            CheckOwner(look, options.NodeId);
        }

        CheckTogether(all);
        CheckMetadataIsHere(looks, metadata, alone);

        var clusterId = all.FirstOrDefault(look => look.Identity is not null)?.Identity!.ClusterId ?? options.Static.ClusterId ?? Uuid.Random(random).ToString();
        var wasClean = alone ? looks.TrueForAll(look => look.CleanEpoch is not null) : metadata.CleanEpoch is not null;
        var fold = MetadataPeek.Fold(disk, metadata.Path, clusterId, wasClean);
        CheckVoters(disk, metadata.Path, fold.Voters, options.NodeId);
        CheckFeatures(metadata.Path, fold.Delta.After);
        CheckEnd(disk, looks, metadata.Path, fold);
        return new DirectorySurvey(clusterId, metadata.Path, fold, DirectoryRivals.Strays(disk, looks, fold.Delta.After, new(() => MetadataPeek.DeletedTopics(disk, metadata.Path))));
    }

    /// <summary>Refuses a place where no directory can be: on the way to it lies a file, or a link that leads to none.</summary>
    private static void CheckPlace(Disk disk, string path)
    {
        var isOver = false;
        for (var place = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)); !isOver && Path.GetDirectoryName(place) is { } above; place = above)
        {
            if (IsFileIn(disk, above, Path.GetFileName(place)))
            {
                var target = disk.Resolve(place);
                throw new LogDirectoryException(target != Path.Combine(disk.Resolve(above), Path.GetFileName(place))
                    ? $"{place} is a link to {target}, where no directory is: make it, or choose another place with --data DIR"
                    : $"{place} is a file, not a directory: choose another place with --data DIR, or use --memory");
            }

            isOver = disk.Exists(place);
        }
    }

    /// <summary>False also where that cannot be seen: what fails there later is told then.</summary>
    private static bool IsFileIn(Disk disk, string directory, string name)
    {
        try
        {
            return disk.ListFiles(directory).Any(file => file.Name == name);
        }
        catch (DiskException)
        {
            return false;
        }
    }

    private static void CheckOwner(DirectoryLook look, int nodeId)
    {
        if (look.Identity is not { } identity)
        {
            if (look.Names.Count == 0)
            {
                return;
            }

            throw new LogDirectoryException(look.Partitions.Count > 0 || look.HasMetadata
                ? $"{look.Path} holds partitions ({Some(look.HasMetadata ? [EmbeddedClusterLog.Name.ToString(), .. look.Partitions] : look.Partitions)}) but no meta.properties, so it cannot be told whose they are: put meta.properties back, or choose another directory"
                : $"{look.Path} is not empty ({Some(look.Names)}) and no broker's: it has no meta.properties. Choose a new or an empty directory with --data or log.dirs");
        }

        if (identity.Version == 0)
        {
            throw new LogDirectoryException($"{look.Path} was written by a broker with ZooKeeper (meta.properties has version 0, broker {identity.NodeId}): its topics are described there, not here. Nothing was changed; choose another directory");
        }

        if (identity.NodeId != nodeId)
        {
            throw new LogDirectoryException($"{look.Path} belongs to node {identity.NodeId}, this is node {nodeId}; set node.id={identity.NodeId} or choose another directory");
        }
    }

    private static void CheckTogether(IReadOnlyList<DirectoryLook> looks)
    {
        var known = looks.Where(look => look.Identity is not null).ToList();
        if (known.Find(look => look.Identity!.ClusterId != known[0].Identity!.ClusterId) is { } other)
        {
            throw new LogDirectoryException(
                $"{known[0].Path} belongs to cluster {known[0].Identity!.ClusterId}, {other.Path} to {other.Identity!.ClusterId}: name only directories of one cluster in log.dirs and metadata.log.dir");
        }

        var twins = known.Where(look => look.Identity!.DirectoryId != Uuid.Zero).GroupBy(look => look.Identity!.DirectoryId).FirstOrDefault(group => group.Skip(1).Any());
        if (twins is not null)
        {
            throw new LogDirectoryException($"{string.Join(" and ", twins.Select(look => look.Path))} have the same directory.id {twins.Key}: one is a copy of the other, name only one of them");
        }
    }

    private static void CheckMetadataIsHere(IReadOnlyList<DirectoryLook> looks, DirectoryLook metadata, bool alone)
    {
        if (looks.FirstOrDefault(look => look != metadata && look.HasMetadata) is { } other)
        {
            throw new LogDirectoryException(
                $"The metadata lies in {other.Path}/{EmbeddedClusterLog.Name}, but the settings say {metadata.Path}: name {other.Path} first in log.dirs, or set metadata.log.dir={other.Path}");
        }

        if (alone && metadata.Partitions.Count > 0)
        {
            throw new LogDirectoryException($"{metadata.Path} is metadata.log.dir and holds partitions ({Some(metadata.Partitions)}) that nobody would serve: name it in log.dirs too");
        }

        if (!metadata.HasMetadata && looks.FirstOrDefault(look => look.Partitions.Count > 0) is { } orphan)
        {
            throw new LogDirectoryException(
                $"{orphan.Path} holds partitions ({Some(orphan.Partitions)}) but their cluster's metadata is not in {metadata.Path}: set metadata.log.dir to the directory with {EmbeddedClusterLog.Name}, or put that back");
        }
    }

    /// <summary>One voter, and that is this node.</summary>
    private static void CheckVoters(Disk disk, string directory, LogVoters named, int nodeId)
    {
        IReadOnlyList<int> ids;
        try
        {
            // Read also where the log names the voters: opening the log reads it, and then it is too late to leave everything as it is.
            var state = QuorumState.Read(disk, $"{directory}/{EmbeddedClusterLog.Name}");
            ids = named.Voters is { } voters ? [.. voters.Voters.Select(voter => voter.VoterId)] : state?.StaticVoters ?? [];
        }
        catch (InvalidDataException e)
        {
            throw new LogDirectoryException($"{e.Message}. Put back a copy of the file; without one, delete it while no other controller of this cluster runs");
        }

        if (ids.Count > 1)
        {
            throw new LogDirectoryException(
                $"{directory} belongs to a cluster of {ids.Count} controllers ({string.Join(", ", ids)}); one node alone cannot go on with it. Choose another directory");
        }

        if (ids.Count == 1 && ids[0] != nodeId)
        {
            throw new LogDirectoryException($"{directory} is the log of controller {ids[0]}, this is node {nodeId}; set node.id={ids[0]} or choose another directory");
        }
    }

    private static void CheckFeatures(string directory, ClusterImage image)
    {
        foreach (var (name, level) in image.Features)
        {
            var known = Array.Find(FeatureNames.Supported, feature => feature.Name == name);
            if (known is null || level < known.LevelMin || level > known.LevelMax)
            {
                throw new LogDirectoryException(
                    $"{directory} is at {name} {level}, which this program does not know ({(known is null ? "no such feature" : $"{known.LevelMin} to {known.LevelMax}")}). Nothing was changed; start what wrote it, or choose another directory");
            }
        }
    }

    /// <summary>Proofs from outside the log that its end is missing: a run that stopped behind it, or partitions that it does not know.</summary>
    private static void CheckEnd(Disk disk, IReadOnlyList<DirectoryLook> looks, string directory, MetadataFold fold)
    {
        var image = fold.Delta.After;
        if (looks.FirstOrDefault(look => look.CleanEpoch > image.Offset) is { } later)
        {
            throw new LogDirectoryException(
                $"{directory}/{EmbeddedClusterLog.Name} ends at offset {image.Offset + 1}, but the last run had registered at {later.CleanEpoch} before it stopped cleanly: the end of the log is missing. Put back a copy of the directory");
        }

        if (!fold.IsTorn && image.Offset >= 0)
        {
            return;
        }

        var deleted = MetadataPeek.DeletedTopics(disk, directory);
        foreach (var look in looks)
        {
            var unknown = look.Partitions.Where(name => look.TopicIdIn(disk, name) is var id && id != Uuid.Zero && !image.TopicsById.ContainsKey(id) && !deleted.Contains(id)).ToList();
            if (unknown.Count > 0)
            {
                throw new LogDirectoryException(
                    $"{directory}/{EmbeddedClusterLog.Name} {(fold.IsTorn ? "is damaged at its end" : "is empty")}, and {unknown.Count} partitions in {look.Path} ({Some(unknown)}) are not in what is left of it. Nothing was changed; put back a copy of the directory, or move these partitions away to go on without them");
            }
        }
    }

    private static string Some(IReadOnlyList<string> names) => string.Join(", ", names.Take(NamesTold)) + (names.Count > NamesTold ? $" and {names.Count - NamesTold} more" : "");
}
