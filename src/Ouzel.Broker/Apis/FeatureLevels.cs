using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Apis;

/// <summary>The features this broker knows, with the levels of each, and those the cluster has settled on.</summary>
/// <param name="finalized">Reads the cluster's present levels and the metadata offset they were read at.</param>
internal sealed class FeatureLevels(Func<(IReadOnlyDictionary<string, short> Levels, long Epoch)> finalized)
{
    /// <summary>Same ranges as Apache Kafka 4.2.</summary>
    public static IReadOnlyList<(string Name, short Lowest, short Highest)> Supported { get; } =
    [
        ("eligible.leader.replicas.version", 0, 1),
        ("group.version", 0, 1),
        ("kraft.version", 0, 1),
        ("metadata.version", 7, 29),
        ("share.version", 0, 1),
        ("streams.version", 0, 1),
        ("transaction.version", 0, 2),
    ];

    /// <summary>Fills in the features; a response older than v3 does not carry them.</summary>
    public void Describe(ApiVersionsResponse response, short version)
    {
        if (version < 3)
        {
            return;
        }

        (IReadOnlyDictionary<string, short> levels, long epoch) = finalized();
        foreach ((string name, short lowest, short highest) in Supported)
        {
            // Clients of v3 cannot read a lowest level of 0 (KAFKA-17011).
            if (lowest > 0 || version >= 4)
            {
                response.SupportedFeatures.Add(new() { Name = name, MinVersion = lowest, MaxVersion = highest });
            }

            if (levels.TryGetValue(name, out short level) && level > 0)
            {
                response.FinalizedFeatures.Add(new() { Name = name, MinVersionLevel = level, MaxVersionLevel = level });
            }
        }

        response.FinalizedFeaturesEpoch = epoch;
    }
}
