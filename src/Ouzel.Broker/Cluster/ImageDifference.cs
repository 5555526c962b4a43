using Ouzel.Broker.Configs;

namespace Ouzel.Broker.Cluster;

/// <summary>The difference between an image and an earlier one, found by comparing them: the records in between are not there any more.</summary>
/// <remarks>Costs what the cluster holds. A part that is the same in both (images share what did not change) is not looked into.</remarks>
internal static class ImageDifference
{
    public static IEnumerable<TopicImage> TopicsDeleted(ClusterImage before, ClusterImage after) => before.TopicsById.Values.Where(topic => !after.TopicsById.ContainsKey(topic.Id));

    public static IEnumerable<TopicImage> TopicsCreated(ClusterImage before, ClusterImage after) => after.TopicsById.Values.Where(topic => !before.TopicsById.ContainsKey(topic.Id));

    public static IEnumerable<TopicChange> TopicsChanged(ClusterImage before, ClusterImage after)
    {
        foreach (var topic in after.TopicsById.Values)
        {
            if (before.TryTopic(topic.Id, out var earlier) && !IsSame(earlier, topic))
            {
                yield return new TopicChange(earlier, topic);
            }
        }
    }

    /// <summary>Also resources that have no settings any more.</summary>
    public static IEnumerable<ConfigResource> ConfigsChanged(ClusterImage before, ClusterImage after) =>
        Changed(before.Configs, after.Configs, (a, b) => IsSame(a, b, (x, y) => x == y));

    /// <summary>Also brokers that are not registered any more.</summary>
    public static IEnumerable<int> BrokersChanged(ClusterImage before, ClusterImage after) => Changed(before.Brokers, after.Brokers, IsSame);

    public static bool FeaturesChanged(ClusterImage before, ClusterImage after) => !IsSame(before.Features, after.Features, (a, b) => a == b);

    public static bool QuotasChanged(ClusterImage before, ClusterImage after) => !IsSame(before.Quotas, after.Quotas, (a, b) => IsSame(a, b, (x, y) => x.Equals(y)));

    public static bool SecurityChanged(ClusterImage before, ClusterImage after) =>
        !IsSame(before.ScramCredentials, after.ScramCredentials, IsSame)
        || !IsSame(before.AccessRules, after.AccessRules, (a, b) => a == b)
        || !IsSame(before.DelegationTokens, after.DelegationTokens, (a, b) => a.Renewers.SequenceEqual(b.Renewers) && a with { Renewers = b.Renewers } == b);

    private static bool IsSame(TopicImage a, TopicImage b) =>
        ReferenceEquals(a, b) || (a.Partitions.Length == b.Partitions.Length && a.Partitions.Zip(b.Partitions).All(p => IsSame(p.First, p.Second)));

    // Records compare arrays by reference: with the arrays of the other they compare all the rest.
    private static bool IsSame(PartitionImage a, PartitionImage b) => ReferenceEquals(a, b)
        || (a.Replicas.SequenceEqual(b.Replicas) && a.Isr.SequenceEqual(b.Isr)
            && a.RemovingReplicas.SequenceEqual(b.RemovingReplicas) && a.AddingReplicas.SequenceEqual(b.AddingReplicas)
            && a.EligibleLeaders.SequenceEqual(b.EligibleLeaders) && a.LastKnownEligibleLeaders.SequenceEqual(b.LastKnownEligibleLeaders)
            && a.Directories.SequenceEqual(b.Directories)
            && a with
            {
                Replicas = b.Replicas,
                Isr = b.Isr,
                RemovingReplicas = b.RemovingReplicas,
                AddingReplicas = b.AddingReplicas,
                EligibleLeaders = b.EligibleLeaders,
                LastKnownEligibleLeaders = b.LastKnownEligibleLeaders,
                Directories = b.Directories,
            } == b);

    private static bool IsSame(BrokerImage a, BrokerImage b) => ReferenceEquals(a, b)
        || (a.Endpoints.SequenceEqual(b.Endpoints) && a.Features.SequenceEqual(b.Features)
            && a.LogDirectories.SequenceEqual(b.LogDirectories) && a.CordonedDirectories.SequenceEqual(b.CordonedDirectories)
            && a with { Endpoints = b.Endpoints, Features = b.Features, LogDirectories = b.LogDirectories, CordonedDirectories = b.CordonedDirectories } == b);

    private static bool IsSame(ScramCredential a, ScramCredential b) =>
        a.Iterations == b.Iterations && a.Salt.AsSpan().SequenceEqual(b.Salt) && a.StoredKey.AsSpan().SequenceEqual(b.StoredKey) && a.ServerKey.AsSpan().SequenceEqual(b.ServerKey);

    private static bool IsSame<TKey, TValue>(IReadOnlyDictionary<TKey, TValue> a, IReadOnlyDictionary<TKey, TValue> b, Func<TValue, TValue, bool> isSame) =>
        ReferenceEquals(a, b) || (a.Count == b.Count && !Changed(a, b, isSame).Any());

    private static IEnumerable<TKey> Changed<TKey, TValue>(IReadOnlyDictionary<TKey, TValue> before, IReadOnlyDictionary<TKey, TValue> after, Func<TValue, TValue, bool> isSame)
    {
        foreach (var (key, value) in after)
        {
            if (!before.TryGetValue(key, out var earlier) || !isSame(earlier, value))
            {
                yield return key;
            }
        }

        foreach (var key in before.Keys.Where(key => !after.ContainsKey(key)))
        {
            yield return key;
        }
    }
}
