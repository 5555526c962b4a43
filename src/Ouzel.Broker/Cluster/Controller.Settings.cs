using Ouzel.Broker.Configs;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

/// <summary>Producer ids that one broker may hand out.</summary>
internal readonly record struct ProducerIdBlock(long First, int Count);

internal sealed partial class Controller
{
    /// <summary>Same as Kafka: producer ids are given to brokers in blocks of this size.</summary>
    public const int ProducerIdsPerBlock = 1000;

    private const string IsrMinSetting = "min.insync.replicas";

    /// <summary>
    /// Stores settings that were found good already. While eligible leaders are on, the cluster's min.insync.replicas is what says who is one:
    /// it cannot go, and no broker has its own.
    /// </summary>
    public Decision<(ErrorCode Code, string? Message)> AlterConfigs(ClusterImage image, IReadOnlyList<ConfigWrite> operations)
    {
        var records = new List<ClusterRecord>();
        foreach (var (resource, name, value) in operations)
        {
            if (image.HasEligibleLeaders && name == IsrMinSetting && resource.Type == ConfigResourceType.Broker)
            {
                if (resource == ConfigResource.ClusterDefault && value is null)
                {
                    return Refused((ErrorCode.InvalidConfig, $"{IsrMinSetting} of the cluster cannot be removed while eligible leader replicas are on"));
                }

                if (resource != ConfigResource.ClusterDefault)
                {
                    return Refused((ErrorCode.InvalidConfig, $"{IsrMinSetting} cannot be set for one broker while eligible leader replicas are on"));
                }
            }

            var known = image.ConfigsOf(resource).GetValueOrDefault(name);
            if (known == value)
            {
                continue;
            }

            records.Add(ClusterRecord.Of(new ConfigRecord { ResourceType = (sbyte)resource.Type, ResourceName = resource.Name, Name = name, Value = value }));
            if (image.HasEligibleLeaders && name == IsrMinSetting && resource.Type is ConfigResourceType.Topic or ConfigResourceType.Broker)
            {
                ClearEligibleLeaders(image, resource, records);
            }
        }

        return new((ErrorCode.None, null), records);

        static Decision<(ErrorCode, string?)> Refused((ErrorCode, string?) refusal) => Decision<(ErrorCode, string?)>.Refusal(refusal);
    }

    /// <summary>Clears the eligible leaders: who was eligible under the old minimum need not be under the new one.</summary>
    private static void ClearEligibleLeaders(ClusterImage image, ConfigResource resource, List<ClusterRecord> records)
    {
        if (resource.Type == ConfigResourceType.Topic && !image.Topics.ContainsKey(resource.Name))
        {
            return;
        }

        var name = resource.Type == ConfigResourceType.Topic ? resource.Name : "";
        var touched = name.Length > 0 ? [image.Topics[name]] : image.Topics.Values;
        if (touched.Any(topic => Array.Exists(topic.Partitions, p => p.EligibleLeaders.Length + p.LastKnownEligibleLeaders.Length > 0)))
        {
            records.Add(ClusterRecord.Of(new ClearElrRecord { TopicName = name }));
        }
    }

    public Decision<AllocateProducerIdsResponse> AllocateProducerIds(ClusterImage image, AllocateProducerIdsRequest request)
    {
        if (CheckBrokerEpoch(image, request.BrokerId, request.BrokerEpoch) is var error and not ErrorCode.None)
        {
            return Decision<AllocateProducerIdsResponse>.Refusal(new() { ErrorCode = error });
        }

        var first = Math.Max(image.NextProducerId, 0);
        if (first > long.MaxValue - ProducerIdsPerBlock)
        {
            return Decision<AllocateProducerIdsResponse>.Refusal(new() { ErrorCode = ErrorCode.UnknownServerError });
        }

        return new(new() { ProducerIdStart = first, ProducerIdLen = ProducerIdsPerBlock },
        [
            ClusterRecord.Of(new ProducerIdsRecord
            {
                BrokerId = request.BrokerId, BrokerEpoch = request.BrokerEpoch, NextProducerId = first + ProducerIdsPerBlock,
            }),
        ]);
    }

    private const sbyte Upgrade = 1;
    private const sbyte SafeDowngrade = 2;
    private const sbyte UnsafeDowngrade = 3;

    /// <summary>Changes feature levels, all or none: the first refusal is the response, at the top and nowhere else.</summary>
    /// <param name="quorumLevel">The level of kraft.version, which the metadata log keeps for itself: tools that set all features name it, too.</param>
    public Decision<UpdateFeaturesResponse> UpdateFeatures(ClusterImage image, UpdateFeaturesRequest request, short quorumLevel)
    {
        var records = new List<ClusterRecord>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var update in request.FeatureUpdates)
        {
            var refusal = seen.Add(update.Feature) ? CheckFeature(image, update, quorumLevel) ?? CheckNeeds(image, update, request.FeatureUpdates) : $"Feature {update.Feature} is named twice";
            if (refusal is not null)
            {
                return Decision<UpdateFeaturesResponse>.Refusal(new() { ErrorCode = ErrorCode.InvalidUpdateVersion, ErrorMessage = refusal });
            }

            if (update.Feature != FeatureNames.KRaftVersion)
            {
                records.Add(ClusterRecord.Of(new FeatureLevelRecord { Name = update.Feature, FeatureLevel = update.MaxVersionLevel }));
            }
        }

        return new(new() { ErrorMessage = null }, request.ValidateOnly ? [] : records);
    }

    /// <summary>Dead letters of share groups came with the metadata of 4.4-IV0.</summary>
    private static string? CheckNeeds(ClusterImage image, UpdateFeaturesRequest.FeatureUpdateKey update, List<UpdateFeaturesRequest.FeatureUpdateKey> all)
    {
        var metadataLevel = all.Find(other => other.Feature == FeatureNames.MetadataVersion)?.MaxVersionLevel ?? image.MetadataVersion.Level;
        return update is { Feature: FeatureNames.ShareVersion, MaxVersionLevel: >= 2 } && metadataLevel < MetadataVersion.DeadLettersLevel
            ? $"{update.Feature} {update.MaxVersionLevel} needs metadata.version {MetadataVersion.DeadLettersLevel}, this cluster is at {metadataLevel}"
            : null;
    }

    private static string? CheckFeature(ClusterImage image, UpdateFeaturesRequest.FeatureUpdateKey update, short quorumLevel)
    {
        var (name, level) = (update.Feature, update.MaxVersionLevel);
        var kind = update.AllowDowngrade ? SafeDowngrade : update.UpgradeType;
        if (kind is not (Upgrade or SafeDowngrade or UnsafeDowngrade))
        {
            return $"There is no change of kind {kind} for feature {name}";
        }

        if (level < 0)
        {
            return $"Feature {name} cannot have the negative level {level}";
        }

        if (Array.Find(FeatureNames.Supported, f => f.Name == name) is not { } supported)
        {
            return $"The controller does not know a feature {name}";
        }

        if (level < supported.LevelMin || level > supported.LevelMax)
        {
            return $"Feature {name} has levels {supported.LevelMin} to {supported.LevelMax}; {level} is not one of them";
        }

        if (name == FeatureNames.KRaftVersion)
        {
            return level == quorumLevel ? null : $"{name} is {quorumLevel} since the data directory was made and stays so";
        }

        var behind = image.Brokers.Values.FirstOrDefault(b => level > 0 && !Array.Exists(b.Features, f => f.Name == name && f.LevelMin <= level && level <= f.LevelMax));
        if (behind is not null)
        {
            return $"Broker {behind.Id} cannot work at level {level} of feature {name}";
        }

        var current = image.Features.GetValueOrDefault(name);
        if (level < current && kind == Upgrade)
        {
            return $"Feature {name} is at level {current}: going back to {level} takes the leave to downgrade";
        }

        if (level > current && kind != Upgrade)
        {
            return $"Feature {name} is at level {current}: level {level} is no downgrade";
        }
        // Metadata of this level may hold records that a lower one cannot say, and nothing here rewrites them.
        return level < current && name == FeatureNames.MetadataVersion ? $"metadata.version cannot go back from {current} to {level}" : null;
    }
}
