using Ouzel.Broker.Configs;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

/// <summary>The records that a cluster agrees on before anybody asked: the same that Apache Kafka 4.4 writes into a fresh one.</summary>
internal static class Bootstrap
{
    public const string TransactionName = "Bootstrap records";

    /// <summary>Feature levels, in the order in which Kafka formats a directory.</summary>
    public static IReadOnlyList<ClusterRecord> FeatureLevels { get; } =
    [
        Level(FeatureNames.MetadataVersion, MetadataVersion.LevelMax),
        Level(FeatureNames.EligibleLeaderReplicas, 1),
        Level(FeatureNames.GroupVersion, 1),
        Level(FeatureNames.ShareVersion, 2),
        Level(FeatureNames.StreamsVersion, 1),
        Level(FeatureNames.TransactionVersion, 2),
    ];

    /// <summary>
    /// The first records of a cluster with these <paramref name="levels"/>, as one transaction. Where eligible leaders are on, who is one depends on
    /// min.insync.replicas, so the cluster keeps its own value from the start.
    /// </summary>
    public static IReadOnlyList<ClusterRecord> Records(IEnumerable<ClusterRecord> levels, int isrMin)
    {
        var records = new List<ClusterRecord> { ClusterRecord.Of(new BeginTransactionRecord { Name = TransactionName }) };
        records.AddRange(levels);
        if (records.Exists(r => r.Message is FeatureLevelRecord { Name: FeatureNames.EligibleLeaderReplicas, FeatureLevel: > 0 }))
        {
            records.Add(ClusterRecord.Of(new ConfigRecord
            {
                ResourceType = (sbyte)ConfigResource.ClusterDefault.Type,
                ResourceName = ConfigResource.ClusterDefault.Name,
                Name = "min.insync.replicas",
                Value = isrMin.ToString(),
            }));
        }

        records.Add(ClusterRecord.Of(new EndTransactionRecord()));
        return records;
    }

    private static ClusterRecord Level(string name, short level) => ClusterRecord.Of(new FeatureLevelRecord { Name = name, FeatureLevel = level });
}
