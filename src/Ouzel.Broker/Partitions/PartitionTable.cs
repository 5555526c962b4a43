using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Diagnostics;
using Ouzel.Protocol;
using Ouzel.Storage;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Partitions;

/// <summary>The replicas of this node. Follows the cluster's metadata: makes their logs, leads them, removes them.</summary>
internal sealed class PartitionTable(
    int nodeId,
    LogDirectories directories,
    Durability durability,
    Func<ClusterImage, string, TopicLogSettings> settingsOf,
    TimeProvider clock,
    ILogger log,
    Func<Uuid, TopicPartition, bool>? mayBeNew = null,
    Func<ClusterImage, IReadOnlySet<string>>? cordonedOf = null) : IClusterListener
{
    /// <summary>The time after an attempt in vain until the next one is made.</summary>
    private const int OpenAgainMs = 1000;

    /// <summary>Partitions that are this node's and whose records it cannot vouch for: the directory is missing or not theirs. Not served until the next start.</summary>
    private readonly ConcurrentDictionary<TopicPartition, Uuid> _lost = new();

    /// <summary>The log directories in which the first step made directories.</summary>
    private readonly HashSet<LogDirectory> _madeIn = [];

    private readonly ConcurrentDictionary<TopicPartition, Partition> _partitions = new();
    private readonly FaultGuard _guard = new(log, clock);

    /// <summary>Held while the cluster's changes are followed, and while a partition is opened late: that must not go on with a topic that was deleted, or led otherwise, meanwhile.</summary>
    private readonly Lock _openLock = new();
    private readonly ConcurrentDictionary<TopicPartition, Unopened> _unopened = new();

    /// <summary>The receiver of exceptions in the work on one partition.</summary>
    public PartitionFaults Faults { get; } = new(clock, log);

    public IEnumerable<Partition> All => _partitions.Values;

    public bool TryGet(TopicPartition name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Partition? partition)
        => _partitions.TryGetValue(name, out partition);

    /// <summary>This node should have the partition, but its directory is missing or not its own.</summary>
    public bool IsLost(TopicPartition name) => _lost.ContainsKey(name);

    /// <summary>
    /// The replica that may answer for a partition to someone who knows <paramref name="currentLeaderEpoch"/>: unknown in the cluster (3)
    /// comes before not here (6), and that before the epoch (74, 75).
    /// </summary>
    public ErrorCode Find(ClusterImage image, TopicPartition name, int currentLeaderEpoch, out Partition? partition, bool leaderOnly = true)
    {
        partition = null;
        if (!image.TryPartition(name.Topic, name.Partition, out _))
        {
            return ErrorCode.UnknownTopicOrPartition;
        }

        if (TryGet(image, name, out partition))
        {
            return partition.CheckLeader(currentLeaderEpoch, leaderOnly);
        }

        return IsLost(name) ? ErrorCode.KafkaStorageError : ErrorCode.NotLeaderOrFollower;
    }

    /// <summary>Told of partitions that were opened late, on a thread of the disk, before the next change of the cluster is followed.</summary>
    public Action<ClusterImage, Partition> OpenedLate { get; set; } = static (_, _) => { };

    /// <summary>The replica. One that found no descriptor when it was made is made now, elsewhere: whoever wants it asks again.</summary>
    public bool TryGet(ClusterImage image, TopicPartition name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Partition? partition)
    {
        if (_partitions.TryGetValue(name, out partition))
        {
            return true;
        }

        if (_unopened.TryGetValue(name, out var found) && clock.GetElapsedTime(found.TriedAt).TotalMilliseconds >= OpenAgainMs
            && _unopened.TryUpdate(name, found with { TriedAt = clock.GetTimestamp() }, found))
        {
            BeginOpenAgain(image, name);
        }

        // It is there where that takes no thread, as in a simulation.
        return _partitions.TryGetValue(name, out partition);
    }

    /// <summary>A partition that found no descriptor when it was made is made as soon as somebody wants it and there is one, not with the next start.</summary>
    private void BeginOpenAgain(ClusterImage image, TopicPartition name)
    {
        var settings = settingsOf(image, name.Topic);
        try
        {
            directories.ForNewPartition(cordonedOf?.Invoke(image)).StartBeside(() => _guard.Run("opening a partition", () => OpenAgain(image, name, settings)));
        }
        catch (DiskException e)
        {
            // Every directory is offline by now.
            Log.PartitionNotOpened(log, name, e.Message);
        }
    }

    /// <summary>Does not wait for the cluster's listener, which may be at work for long: it is tried again.</summary>
    private void OpenAgain(ClusterImage image, TopicPartition name, TopicLogSettings settings)
    {
        if (!_openLock.TryEnter())
        {
            return;
        }

        try
        {
            // What the listener left, not what the request saw: the topic may be another one by now, or gone.
            if (_unopened.TryGetValue(name, out var found)
                && Open(name, found.Topic, settings.Log, isFirst: false, image) is { } partition
                && Follow(partition, found.Topic.Partitions[name.Partition], settings.IsrMin))
            {
                OpenedLate(image, partition);
            }
        }
        finally
        {
            _openLock.Exit();
        }
    }

    public ValueTask OnChangeAsync(ClusterImage image, ClusterDelta delta)
    {
        lock (_openLock)
        {
            FollowChange(image, delta);
        }

        return ValueTask.CompletedTask;
    }

    private void FollowChange(ClusterImage image, ClusterDelta delta)
    {
        Remove(delta.TopicsDeleted);

        var isFirst = delta.Before.Offset < 0;
        foreach (var topic in delta.TopicsCreated)
        {
            Follow(image, topic, isFirst);
        }

        foreach (var change in delta.TopicsChanged)
        {
            Follow(image, change.After, isFirst: false);
        }

        FollowSettings(image, delta);
        if (isFirst)
        {
            SyncNames();
            directories.ForgetAllBut(IsLost);
        }
    }

    /// <summary>Replicas of this node whose log directory is another than the metadata says.</summary>
    public IReadOnlyList<ReplicaDirectory> Misplaced(ClusterImage image) => Misplaced(image, image.Topics.Values);

    /// <inheritdoc cref="Misplaced(ClusterImage)"/>
    public List<ReplicaDirectory> Misplaced(ClusterImage image, IEnumerable<TopicImage> topics)
    {
        var misplaced = new List<ReplicaDirectory>();
        if (!image.MetadataVersion.HasDirectories)
        {
            return misplaced;
        }

        foreach (var topic in topics)
        {
            for (var index = 0; index < topic.Partitions.Length; index++)
            {
                var state = topic.Partitions[index];
                var replica = Array.IndexOf(state.Replicas, nodeId);
                if (replica >= 0 && WhereIs(new TopicPartition(topic.Name, index)) is { } directory
                    && (replica >= state.Directories.Length || state.Directories[replica] != directory))
                {
                    misplaced.Add(new ReplicaDirectory(topic.Id, index, directory));
                }
            }
        }

        return misplaced;
    }

    private Uuid? WhereIs(TopicPartition name)
        => _partitions.TryGetValue(name, out var partition) ? partition.Directory.DirectoryId : IsLost(name) ? DirectoryIds.Lost : null;

    /// <summary>Ends every wait for news: the node stops.</summary>
    public void WakeAll()
    {
        foreach (var partition in _partitions.Values)
        {
            partition.Stop();
        }
    }

    private void Follow(ClusterImage image, TopicImage topic, bool isFirst)
    {
        var settings = settingsOf(image, topic.Name);
        for (var index = 0; index < topic.Partitions.Length; index++)
        {
            var state = topic.Partitions[index];
            var name = new TopicPartition(topic.Name, index);
            var partition = state.Replicas.Contains(nodeId) ? Open(name, topic, settings.Log, isFirst, image) : TakenAway(name);
            if (partition is not null)
            {
                Follow(partition, state, settings.IsrMin);
            }
        }
    }

    /// <summary>Under the lock: a replica that the cluster took from this node. It follows what the cluster says, so it leads nothing and nobody waits at it; its log stays.</summary>
    private Partition? TakenAway(TopicPartition name)
    {
        _unopened.TryRemove(name, out _);
        return _partitions.GetValueOrDefault(name);
    }

    /// <summary>Under the lock.</summary>
    private Partition? Open(TopicPartition name, TopicImage topic, LogOptions options, bool isFirst, ClusterImage image)
    {
        var opened = OpenNow(name, topic, options, isFirst, image);
        if (opened is not null)
        {
            _unopened.TryRemove(name, out _);
        }

        return opened;
    }

    private Partition? OpenNow(TopicPartition name, TopicImage topic, LogOptions options, bool isFirst, ClusterImage image)
    {
        var topicId = topic.Id;
        if (_partitions.TryGetValue(name, out var known))
        {
            return known;
        }

        if (IsLost(name))
        {
            return null;
        }

        var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        try
        {
            if (directories.TryGet(name, out var found, out var directory))
            {
                if (found.TopicId == topicId || found.TopicId == Uuid.Zero)
                {
                    found.Options = options;
                    return _partitions.GetOrAdd(name, new Partition(found, directory, durability, _guard)
                    {
                        RecoveredEnd = directory.WasCleanShutdown ? null : found.LogEndOffset,
                    });
                }

                // Left over from a topic of the same name that was deleted while this node was away.
                directory.Delete(name, nowMs);
            }
            else if (isFirst && HadDirectory(name, topicId, image))
            {
                _lost[name] = topicId;
                return null;
            }

            MakeRoom(name);
            var cordoned = cordonedOf?.Invoke(image);
            directory = directories.ForNewPartition(cordoned);
            if (isFirst)
            {
                _madeIn.Add(directory);
            }

            return _partitions.GetOrAdd(name, new Partition(directory.Create(name, topicId, options, nowMs), directory, durability, _guard));
        }
        catch (DiskException e)
        {
            if (!e.IsOutOfDescriptors)
            {
                Log.PartitionNotOpened(log, name, e.Message);
            }
            else
            {
                if (!_unopened.ContainsKey(name))
                {
                    Log.PartitionWaitsForDescriptors(log, name, e.Message);
                }

                _unopened[name] = new Unopened(clock.GetTimestamp(), topic);
            }

            return null;
        }
        catch (Exception fault)
        {
            // A defect, in this partition alone: the cluster's other changes are followed.
            Log.PartitionNotOpened(log, name, fault.Message);
            _guard.Tell("opening a partition", fault);
            return null;
        }
    }

    /// <summary>A partition that cannot follow what the cluster decided leads nothing: to go on with what it believes would be a lie.</summary>
    private bool Follow(Partition partition, PartitionImage state, int isrMin)
    {
        try
        {
            partition.Follow(state, state.Leader == nodeId, isrMin);
            return true;
        }
        catch (Exception fault)
        {
            Log.PartitionNotFollowed(log, partition.Name, fault.Message);
            if (fault is not DiskException)
            {
                _guard.Tell("following the cluster's metadata", fault);
            }

            partition.Leave();
            return false;
        }
    }

    /// <summary>
    /// At the start: whether a partition without a log had one. Making it anew, empty, would tell its consumers that nothing had ever been there.
    /// </summary>
    private bool HadDirectory(TopicPartition name, Uuid topicId, ClusterImage image)
    {
        if (directories.IsLeftAlone(name))
        {
            return true; // the directory's own line says what to do
        }

        if (mayBeNew is null || (mayBeNew(topicId, name) && !IsAssigned(name, image)))
        {
            return false;
        }

        Log.PartitionMissing(log, name, string.Join(", ", directories.All.Select(directory => directory.Path)));
        return true;
    }

    /// <summary>True when the metadata says that this node's replica is in a directory: it is told so once the directory is there.</summary>
    private bool IsAssigned(TopicPartition name, ClusterImage image)
        => image.TryPartition(name.Topic, name.Partition, out var state)
            && Array.IndexOf(state.Replicas, nodeId) is var replica
            && (uint)replica < (uint)state.Directories.Length
            && state.Directories[replica] is var directory
            && directory != DirectoryIds.Migrating && directory != DirectoryIds.Unassigned
            && (directories.All.Count > 1 || directory != directories.All[0].DirectoryId); // of an only directory it is told before

    /// <summary>A new partition does not take over what was left of somebody else's: that is kept under another name.</summary>
    private void MakeRoom(TopicPartition name)
    {
        foreach (var directory in directories.All.Where(d => !d.IsOffline && d.IsLeftAlone(name)))
        {
            directory.SetAsideLeftAlone(name);
        }
    }

    /// <summary>After the first step: the next start relies on every directory being there.</summary>
    private void SyncNames()
    {
        foreach (var directory in _madeIn)
        {
            try
            {
                directory.SyncNames();
            }
            catch (DiskException e)
            {
                Log.NamesNotSynced(log, directory.Path, e.Message);
            }
        }

        _madeIn.Clear();
    }

    private void Remove(IReadOnlyList<TopicImage> topics)
    {
        var removed = new List<Partition>();
        foreach (var topic in topics)
        {
            for (var index = 0; index < topic.Partitions.Length; index++)
            {
                var name = new TopicPartition(topic.Name, index);
                _unopened.TryRemove(name, out _);
                if (_lost.TryGetValue(name, out var lost) && lost == topic.Id)
                {
                    _lost.TryRemove(name, out _);
                    directories.Forget(name);
                }

                if (_partitions.TryGetValue(name, out var partition) && partition.TopicId == topic.Id && _partitions.TryRemove(name, out _))
                {
                    // First, so that what meets the closed log below knows why.
                    partition.Delete();
                    removed.Add(partition);
                }
            }
        }

        var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var there in removed.GroupBy(partition => partition.Directory))
        {
            try
            {
                there.Key.Delete([.. there.Select(partition => partition.Name)], nowMs);
            }
            catch (Exception e)
            {
                Log.PartitionsNotDeleted(log, there.Count(), there.Key.Path, e.Message);
                if (e is not DiskException)
                {
                    _guard.Tell("deletion of partitions", e);
                }
            }
        }
    }

    private void FollowSettings(ClusterImage image, ClusterDelta delta)
    {
        var topics = delta.ConfigsChanged.Any(c => c.Type == ConfigResourceType.Broker)
            ? image.Topics.Keys
            : delta.ConfigsChanged.Where(c => c.Type == ConfigResourceType.Topic).Select(c => c.Name);
        foreach (var name in topics)
        {
            if (!image.TryTopic(name, out var topic))
            {
                continue;
            }

            var settings = settingsOf(image, name);
            for (var index = 0; index < topic.Partitions.Length; index++)
            {
                if (_partitions.TryGetValue(new TopicPartition(name, index), out var partition))
                {
                    partition.Log.Options = settings.Log;
                    Follow(partition, topic.Partitions[index], settings.IsrMin);
                }
            }
        }
    }
}

/// <summary>A partition for which there was no descriptor.</summary>
/// <param name="TriedAt">When it was tried last.</param>
/// <param name="Topic">Its topic as the cluster's listener saw it last.</param>
internal sealed record Unopened(long TriedAt, TopicImage Topic);

/// <summary>A topic's settings as they matter to its partitions.</summary>
internal sealed record TopicLogSettings(LogOptions Log, int IsrMin);
