using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Diagnostics;
using Ouzel.Protocol;
using Ouzel.Storage;

namespace Ouzel.Broker.Partitions;

/// <summary>The replicas of this node. Follows the cluster's metadata: makes their logs, leads them, removes them.</summary>
internal sealed class PartitionTable(
    int nodeId,
    LogDirectories directories,
    Durability durability,
    Func<ClusterImage, string, TopicLogSettings> settingsOf,
    TimeProvider clock,
    ILogger log) : IClusterListener
{
    private readonly ConcurrentDictionary<TopicPartition, Partition> _partitions = new();
    private readonly FaultGuard _guard = new(log, clock);

    /// <summary>Where exceptions in the work on one partition go.</summary>
    public PartitionFaults Faults { get; } = new(clock, log);

    public IEnumerable<Partition> All => _partitions.Values;

    public bool TryGet(TopicPartition name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Partition? partition)
        => _partitions.TryGetValue(name, out partition);

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

        return _partitions.TryGetValue(name, out partition) ? partition.CheckLeader(currentLeaderEpoch, leaderOnly) : ErrorCode.NotLeaderOrFollower;
    }

    public ValueTask OnChangeAsync(ClusterImage image, ClusterDelta delta)
    {
        Remove(delta.TopicsDeleted);

        foreach (TopicImage topic in delta.TopicsCreated)
        {
            Follow(image, topic);
        }

        foreach (TopicChange change in delta.TopicsChanged)
        {
            Follow(image, change.After);
        }

        FollowSettings(image, delta);
        if (delta.Before.Offset < 0)
        {
            SetStraysAside(image);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Ends every wait for news: the node stops.</summary>
    public void WakeAll()
    {
        foreach (Partition partition in _partitions.Values)
        {
            partition.Leave();
        }
    }

    private void Follow(ClusterImage image, TopicImage topic)
    {
        TopicLogSettings settings = settingsOf(image, topic.Name);
        for (int index = 0; index < topic.Partitions.Length; index++)
        {
            PartitionImage state = topic.Partitions[index];
            if (state.Replicas.Contains(nodeId))
            {
                if (Open(new TopicPartition(topic.Name, index), topic.Id, settings.Log) is { } partition)
                {
                    Follow(partition, state, settings.IsrMin);
                }
            }
        }
    }

    private Partition? Open(TopicPartition name, Uuid topicId, LogOptions options)
    {
        if (_partitions.TryGetValue(name, out Partition? known))
        {
            return known;
        }

        long nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        try
        {
            if (directories.TryGet(name, out PartitionLog found, out LogDirectory directory))
            {
                if (found.TopicId == topicId || found.TopicId == Uuid.Zero)
                {
                    found.Options = options;
                    return _partitions.GetOrAdd(name, new Partition(found, directory, durability, _guard));
                }

                // Left over from a topic of the same name that was deleted while this node was away.
                directory.Delete(name, nowMs);
            }

            directory = directories.ForNewPartition();
            return _partitions.GetOrAdd(name, new Partition(directory.Create(name, topicId, options, nowMs), directory, durability, _guard));
        }
        catch (DiskException e)
        {
            Log.PartitionNotOpened(log, name, e.Message);
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

    private void Remove(IReadOnlyList<TopicImage> topics)
    {
        var removed = new List<Partition>();
        foreach (TopicImage topic in topics)
        {
            for (int index = 0; index < topic.Partitions.Length; index++)
            {
                var name = new TopicPartition(topic.Name, index);
                if (_partitions.TryGetValue(name, out Partition? partition) && partition.TopicId == topic.Id && _partitions.TryRemove(name, out _))
                {
                    // First, so that what meets the closed log below knows why.
                    partition.Delete();
                    removed.Add(partition);
                }
            }
        }

        long nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (IGrouping<LogDirectory, Partition> there in removed.GroupBy(partition => partition.Directory))
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
        IEnumerable<string> topics = delta.ConfigsChanged.Any(c => c.Type == ConfigResourceType.Broker)
            ? image.Topics.Keys
            : delta.ConfigsChanged.Where(c => c.Type == ConfigResourceType.Topic).Select(c => c.Name);
        foreach (string name in topics)
        {
            if (!image.TryTopic(name, out TopicImage? topic))
            {
                continue;
            }

            TopicLogSettings settings = settingsOf(image, name);
            for (int index = 0; index < topic.Partitions.Length; index++)
            {
                if (_partitions.TryGetValue(new TopicPartition(name, index), out Partition? partition))
                {
                    partition.Log.Options = settings.Log;
                    Follow(partition, topic.Partitions[index], settings.IsrMin);
                }
            }
        }
    }

    /// <summary>At the start: logs on the disk that the cluster no longer knows are kept for a human, out of the way.</summary>
    private void SetStraysAside(ClusterImage image)
    {
        long nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (LogDirectory directory in directories.All.Where(d => !d.IsOffline))
        {
            foreach (PartitionLog stray in directory.Logs.Where(l => l.Topic != TopicNames.ClusterMetadata && !_partitions.ContainsKey(l.TopicPartition)).ToList())
            {
                if (!image.TryPartition(stray.Topic, stray.Partition, out PartitionImage? state) || !state.Replicas.Contains(nodeId))
                {
                    Log.StrayPartition(log, stray.TopicPartition, directory.Path);
                    directory.SetAsideStray(stray.TopicPartition, nowMs);
                }
            }
        }
    }
}

/// <summary>What a topic's settings mean for its partitions.</summary>
internal sealed record TopicLogSettings(LogOptions Log, int IsrMin);
