namespace Ouzel.Broker.Cluster;

/// <summary>The places of new partitions' replicas.</summary>
internal static class Placement
{
    /// <summary>
    /// Spreads partitions over brokers: leaders go round the active brokers from a random start, followers over the brokers after the leader.
    /// Fenced brokers may hold followers but no leader. Answers an array of broker ids per partition, or the refusal.
    /// </summary>
    public static (int[][]? Assignments, string? Refusal) Spread(ClusterImage image, int partitionCount, int replicationFactor, Random random)
    {
        var registered = image.Brokers.Count;
        if (replicationFactor > registered)
        {
            return (null, $"Unable to place {replicationFactor} replica(s): only {registered} broker(s) are registered");
        }

        var open = image.Brokers.Values.Where(b => !b.IsCordoned).ToList();
        if (replicationFactor > open.Count)
        {
            return (null, $"Unable to place {replicationFactor} replica(s): all log directories of {registered - open.Count} broker(s) are cordoned");
        }

        var active = open.Where(b => b.IsActive).Select(b => b.Id).ToArray();
        if (active.Length == 0)
        {
            return (null, "Unable to place replicas: every broker is fenced, shutting down or has cordoned log directories");
        }

        var others = open.Where(b => !b.IsActive).Select(b => b.Id).ToArray();
        var start = random.Next(active.Length);
        var shift = random.Next(active.Length);
        var assignments = new int[partitionCount][];
        for (var i = 0; i < partitionCount; i++)
        {
            var replicas = new int[replicationFactor];
            // Followers move on by one more broker with each round, so that they differ between partitions of one leader.
            var leader = (start + i) % active.Length;
            var skew = active.Length > 1 ? (shift + (i / active.Length)) % (active.Length - 1) : 0;
            for (var r = 0; r < replicationFactor; r++)
            {
                replicas[r] = r == 0 ? active[leader]
                    : r < active.Length ? active[(leader + 1 + ((skew + r - 1) % (active.Length - 1))) % active.Length]
                    : others[(i + r) % others.Length];
            }

            assignments[i] = replicas;
        }

        return (assignments, null);
    }

    /// <summary>Tells why replicas placed by hand cannot be, or null. A null <paramref name="replicationFactor"/> takes any number.</summary>
    public static string? Check(ClusterImage image, IReadOnlyList<int> brokerIds, int? replicationFactor)
    {
        if (brokerIds.Count == 0)
        {
            return "A partition must have at least one replica";
        }

        var seen = new HashSet<int>();
        foreach (var id in brokerIds)
        {
            if (id < 0)
            {
                return $"{id} is no broker id";
            }

            if (!seen.Add(id))
            {
                return $"Broker {id} is named twice for one partition";
            }

            if (!image.Brokers.ContainsKey(id))
            {
                return $"Broker {id} is not registered";
            }
        }

        return replicationFactor is { } factor && factor != brokerIds.Count
            ? $"A partition has {brokerIds.Count} replica(s) where the topic's others have {factor}"
            : null;
    }
}
