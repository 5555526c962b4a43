using Ouzel.Broker.Configs;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

internal sealed partial class ClusterDelta
{
    /// <summary>Leader code of a change record that leaves the leader, and with it the leader epoch, alone.</summary>
    private const int LeaderUnchanged = -2;

    /// <summary>A topic while its records are taken: changed in place, so that a topic of many partitions is copied once.</summary>
    private sealed class TopicDraft(string name, Uuid id, TopicImage? before)
    {
        public string Name { get; } = name;
        public Uuid Id { get; } = id;
        public TopicImage? Before { get; } = before;
        public List<PartitionImage?> Partitions { get; } = [.. before?.Partitions ?? []];
        public bool Removed { get; set; }
    }

    private void Apply(TopicRecord record)
    {
        if (_topics.ContainsKey(record.Name))
        {
            throw new InvalidDataException($"Topic {record.Name} is created while it exists");
        }

        if (_topicsById.ContainsKey(record.TopicId))
        {
            throw new InvalidDataException($"Topic id {record.TopicId} is given a second time");
        }

        _drafts.Add(record.TopicId, new TopicDraft(record.Name, record.TopicId, null));
        Put(new TopicImage(record.Name, record.TopicId, []));
        if (!TopicNames.CanCollide(record.Name))
        {
            return;
        }

        var key = TopicNames.CollisionKey(record.Name);
        _collidingNames[key] = _collidingNames.TryGetValue(key, out var names) ? names.Add(record.Name) : [record.Name];
    }

    private void Apply(PartitionRecord record)
    {
        var draft = Draft(record.TopicId);
        while (draft.Partitions.Count <= record.PartitionId)
        {
            draft.Partitions.Add(null);
        }

        draft.Partitions[record.PartitionId] = new PartitionImage
        {
            Replicas = [.. record.Replicas],
            Isr = [.. record.Isr],
            RemovingReplicas = [.. record.RemovingReplicas],
            AddingReplicas = [.. record.AddingReplicas],
            EligibleLeaders = [.. record.EligibleLeaderReplicas ?? []],
            LastKnownEligibleLeaders = [.. record.LastKnownElr ?? []],
            Directories = [.. record.Directories],
            Leader = record.Leader,
            LeaderEpoch = record.LeaderEpoch,
            PartitionEpoch = record.PartitionEpoch,
            Recovering = record.LeaderRecoveryState == 1,
        };
    }

    private void Apply(PartitionChangeRecord record)
    {
        var draft = Draft(record.TopicId);
        if ((uint)record.PartitionId >= (uint)draft.Partitions.Count || draft.Partitions[record.PartitionId] is not { } before)
        {
            throw new InvalidDataException($"Partition {draft.Name}-{record.PartitionId} is changed before it exists");
        }

        draft.Partitions[record.PartitionId] = Changed(before, record);
    }

    private static PartitionImage Changed(PartitionImage before, PartitionChangeRecord record)
    {
        var after = before with
        {
            Isr = Given(record.Isr, before.Isr),
            Replicas = Given(record.Replicas, before.Replicas),
            RemovingReplicas = Given(record.RemovingReplicas, before.RemovingReplicas),
            AddingReplicas = Given(record.AddingReplicas, before.AddingReplicas),
            EligibleLeaders = Given(record.EligibleLeaderReplicas, before.EligibleLeaders),
            LastKnownEligibleLeaders = Given(record.LastKnownElr, before.LastKnownEligibleLeaders),
            Directories = record.Directories is null ? before.Directories : [.. record.Directories],
            Recovering = record.LeaderRecoveryState < 0 ? before.Recovering : record.LeaderRecoveryState == 1,
            PartitionEpoch = before.PartitionEpoch + 1,
        };
        // A change that names a leader starts an epoch even when it names the same one.
        return record.Leader == LeaderUnchanged ? after : after with { Leader = record.Leader, LeaderEpoch = before.LeaderEpoch + 1 };
    }

    private static int[] Given(List<int>? given, int[] before) => given is null ? before : [.. given];

    private void Apply(RemoveTopicRecord record)
    {
        var draft = Draft(record.TopicId);
        draft.Removed = true;
        _topics.Remove(draft.Name);
        _topicsById.Remove(draft.Id);
        var resource = ConfigResource.Topic(draft.Name);
        if (_configs.Remove(resource))
        {
            _configsChanged.Add(resource);
        }

        if (!TopicNames.CanCollide(draft.Name))
        {
            return;
        }

        var key = TopicNames.CollisionKey(draft.Name);
        var rest = _collidingNames[key].Remove(draft.Name);
        if (rest.IsEmpty)
        {
            _collidingNames.Remove(key);
        }
        else
        {
            _collidingNames[key] = rest;
        }
    }

    /// <summary>An empty name clears the eligible leaders of every topic.</summary>
    private void Apply(ClearElrRecord record)
    {
        if (record.TopicName.Length > 0)
        {
            if (!_topics.TryGetValue(record.TopicName, out var topic))
            {
                throw new InvalidDataException($"Eligible leaders of the unknown topic {record.TopicName} are cleared");
            }

            ClearEligibleLeaders(topic.Id);
            return;
        }

        foreach (var id in _topicsById.Keys.ToArray())
        {
            ClearEligibleLeaders(id);
        }
    }

    private void ClearEligibleLeaders(Uuid topicId)
    {
        var partitions = _drafts.TryGetValue(topicId, out var known) ? known.Partitions : null;
        if ((partitions ?? [.. _topicsById[topicId].Partitions]).TrueForAll(p => p is null || p.EligibleLeaders.Length + p.LastKnownEligibleLeaders.Length == 0))
        {
            return;
        }

        var draft = Draft(topicId);
        for (var i = 0; i < draft.Partitions.Count; i++)
        {
            if (draft.Partitions[i] is { } partition && partition.EligibleLeaders.Length + partition.LastKnownEligibleLeaders.Length > 0)
            {
                draft.Partitions[i] = partition with { EligibleLeaders = [], LastKnownEligibleLeaders = [], PartitionEpoch = partition.PartitionEpoch + 1 };
            }
        }
    }

    private TopicDraft Draft(Uuid id)
    {
        if (_drafts.TryGetValue(id, out var draft) && !draft.Removed)
        {
            return draft;
        }

        if (!_topicsById.TryGetValue(id, out var topic))
        {
            throw new InvalidDataException($"A record names the unknown topic id {id}");
        }

        draft = new TopicDraft(topic.Name, id, topic);
        _drafts.Add(id, draft);
        return draft;
    }

    /// <summary>Makes the topic's image and says how many partitions the cluster has more than before.</summary>
    private int Settle(TopicDraft draft)
    {
        var countBefore = draft.Before?.Partitions.Length ?? 0;
        if (draft.Removed)
        {
            if (draft.Before is not null)
            {
                _topicsDeleted.Add(draft.Before);
            }

            return -countBefore;
        }

        var partitions = new PartitionImage[draft.Partitions.Count];
        for (var i = 0; i < partitions.Length; i++)
        {
            partitions[i] = draft.Partitions[i] ?? throw new InvalidDataException($"Partition {draft.Name}-{i} is missing below a higher one");
        }

        var topic = new TopicImage(draft.Name, draft.Id, partitions);
        Put(topic);
        if (draft.Before is null)
        {
            _topicsCreated.Add(topic);
        }
        else
        {
            _topicsChanged.Add(new TopicChange(draft.Before, topic));
        }

        return partitions.Length - countBefore;
    }

    private void Put(TopicImage topic)
    {
        _topics[topic.Name] = topic;
        _topicsById[topic.Id] = topic;
    }
}
