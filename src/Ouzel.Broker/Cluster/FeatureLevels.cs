using Ouzel.Broker.Requests;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

/// <summary>
/// The features that clients are told of: those that this node serves, with the levels of each, and what the cluster has settled on for them.
/// </summary>
/// <remarks>
/// The cluster keeps levels of more features than are served: a directory of Apache Kafka has them, and Kafka must find them there again. To a client a level is a
/// promise that the APIs behind it answer, so a feature is named only when they stand in the table.
/// </remarks>
/// <param name="finalized">Reads the cluster's present levels and the metadata offset they were read at.</param>
internal sealed class FeatureLevels(Func<(IReadOnlyDictionary<string, short> Levels, long Epoch)> finalized)
{
    /// <summary>The API without which a feature is nothing.</summary>
    private static readonly Dictionary<string, ApiKey> Needs = new()
    {
        [FeatureNames.GroupVersion] = ApiKey.ConsumerGroupHeartbeat,
        [FeatureNames.ShareVersion] = ApiKey.ShareFetch,
        [FeatureNames.StreamsVersion] = ApiKey.StreamsGroupHeartbeat,
        [FeatureNames.TransactionVersion] = ApiKey.EndTxn,
    };

    private IReadOnlyList<SupportedFeature> _served = [];

    /// <summary>Takes the finished table: it decides which features are served.</summary>
    public void Announce(ServedApis table)
        => _served = [.. FeatureNames.Supported.Where(f => !Needs.TryGetValue(f.Name, out var api) || table.Find((short)api) is not null).OrderBy(f => f.Name, StringComparer.Ordinal)];

    /// <summary>Fills in the features; a response older than v3 does not carry them.</summary>
    public void Describe(ApiVersionsResponse response, short version)
    {
        if (version < 3)
        {
            return;
        }

        var (levels, epoch) = finalized();
        foreach (var feature in _served)
        {
            // Clients of v3 cannot read a lowest level of 0 (KAFKA-17011).
            if (feature.LevelMin > 0 || version >= 4)
            {
                response.SupportedFeatures.Add(new() { Name = feature.Name, MinVersion = feature.LevelMin, MaxVersion = feature.LevelMax });
            }

            if (levels.TryGetValue(feature.Name, out var level) && level > 0)
            {
                response.FinalizedFeatures.Add(new() { Name = feature.Name, MinVersionLevel = level, MaxVersionLevel = level });
            }
        }

        response.FinalizedFeaturesEpoch = epoch;
    }
}
