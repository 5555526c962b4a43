using Ouzel.Client.Consuming.Assignors;
using Ouzel.Client.Metadata;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client.Consuming.Groups;

/// <summary>The leader's work for all of a classic group: divides the partitions, and notices when topics change.</summary>
internal sealed class GroupLeader(OuzelClient client, bool mayCreateTopics)
{
    private Dictionary<string, int>? _divided;

    /// <summary>Is no leader any more.</summary>
    public void Resign() => _divided = null;

    /// <summary>Asks once for topics that are not known. Those that do not exist stay unknown: they get no partitions.</summary>
    public async Task KnowAsync(IEnumerable<string> topics, CancellationToken cancellation)
    {
        var unknown = false;
        foreach (var topic in topics)
        {
            client.Metadata.Use(topic, mayCreateTopics);
            unknown |= CountOf(topic) == 0;
        }

        if (unknown)
        {
            await client.Metadata.RefreshAsync().WaitAsync(cancellation);
        }
    }

    public async Task<List<SyncGroupRequest.SyncGroupRequestAssignment>> AssignAsync(JoinGroupResponse joined, CancellationToken cancellation)
    {
        var assignor = PartitionAssignors.ByName(joined.ProtocolName)
            ?? throw new KafkaException(ErrorCode.InconsistentGroupProtocol, $"The group chose the assignor '{joined.ProtocolName}', which this member did not offer") { IsFatal = true };
        MemberView[] members = [.. joined.Members.Select(m => ConsumerProtocol.ReadSubscription(assignor, m.MemberId, m.GroupInstanceId, m.Metadata))];
        string[] topics = [.. members.SelectMany(m => m.Topics).Distinct(StringComparer.Ordinal)];
        await KnowAsync(topics, cancellation);
        var counts = topics.ToDictionary(t => t, CountOf, StringComparer.Ordinal);
        var assignment = PartitionAssignors.Assign(assignor, new AssignmentInput(members, counts, Racks(topics, members)));
        _divided = counts;
        return [.. assignment.Select(a => new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = a.Key, Assignment = ConsumerProtocol.WriteAssignment(a.Value) })];
    }

    /// <summary>Tells why the division is not right any more; null while it is, or while somebody else leads.</summary>
    public string? WhatChanged()
    {
        if (_divided is null)
        {
            return null;
        }

        foreach (var (topic, count) in _divided)
        {
            client.Metadata.Use(topic, mayCreateTopics);
            var now = CountOf(topic);
            if (now == 0)
            {
                client.Metadata.RequestRefresh();
            }

            if (now != count)
            {
                return $"topic {topic} has {now} partitions instead of {count}";
            }
        }

        return null;
    }

    private int CountOf(string topic) => client.Metadata.Current.Topics.TryGetValue(topic, out var known) && known.Error == ErrorCode.None ? known.Partitions.Length : 0;

    private Dictionary<TopicPartition, HashSet<string>>? Racks(string[] topics, MemberView[] members)
    {
        if (members.All(m => m.Rack is null))
        {
            return null;
        }

        var cluster = client.Metadata.Current;
        var racks = new Dictionary<TopicPartition, HashSet<string>>();
        foreach (var topic in topics)
        {
            foreach (var partition in cluster.Topics.GetValueOrDefault(topic)?.Partitions ?? [])
            {
                racks[new TopicPartition(topic, partition.Index)] = [.. RacksOf(partition, cluster)];
            }
        }

        return racks;
    }

    private static IEnumerable<string> RacksOf(PartitionMetadata partition, ClusterMetadata cluster) =>
        partition.Replicas.Select(r => cluster.Brokers.GetValueOrDefault(r)?.Rack).Where(r => !string.IsNullOrEmpty(r)).Select(r => r!);
}
