using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

/// <summary>
/// The records that build an image from nothing: the contents of a snapshot. Order is Kafka's (the metadata.version first, a topic before its partitions);
/// inside each kind it is that of names, so that equal images have equal snapshots.
/// </summary>
internal static class ImageRecords
{
    public static IEnumerable<ClusterRecord> Of(ClusterImage image)
    {
        IEnumerable<IEnumerable<ClusterRecord>> parts =
        [
            Features(image), Brokers(image), Controllers(image), Topics(image), Configs(image), Quotas(image), ProducerIds(image), AccessRules(image),
            ScramCredentials(image), DelegationTokens(image),
        ];
        return parts.SelectMany(part => part);
    }

    private static IEnumerable<ClusterRecord> Features(ClusterImage image) => image.Features
        .OrderBy(feature => feature.Key != FeatureNames.MetadataVersion)
        .Select(feature => ClusterRecord.Of(new FeatureLevelRecord { Name = feature.Key, FeatureLevel = feature.Value }));

    private static IEnumerable<ClusterRecord> Brokers(ClusterImage image) => image.Brokers.Values.Select(broker => ClusterRecord.Of(
        new RegisterBrokerRecord
        {
            BrokerId = broker.Id,
            BrokerEpoch = broker.Epoch,
            IncarnationId = broker.IncarnationId,
            Rack = broker.Rack,
            Fenced = broker.Fenced,
            InControlledShutdown = broker.InControlledShutdown,
            LogDirs = [.. broker.LogDirectories],
            CordonedLogDirs = broker.CordonedDirectories.Length > 0 && image.MetadataVersion.HasCordonedDirectories ? [.. broker.CordonedDirectories] : null,
            EndPoints = [.. broker.Endpoints.Select(e => new RegisterBrokerRecord.BrokerEndpoint
            {
                Name = e.Name, Host = e.Host, Port = e.Port, SecurityProtocol = e.SecurityProtocol,
            })],
            Features = [.. broker.Features.Select(f => new RegisterBrokerRecord.BrokerFeature
            {
                Name = f.Name, MinSupportedVersion = f.LevelMin, MaxSupportedVersion = f.LevelMax,
            })],
        },
        image.MetadataVersion));

    private static IEnumerable<ClusterRecord> Controllers(ClusterImage image) => image.Controllers.Values.Select(controller => ClusterRecord.Of(Registration(controller)));

    /// <summary>The record that registers a controller.</summary>
    public static RegisterControllerRecord Registration(ControllerImage controller) => new()
    {
        ControllerId = controller.Id,
        IncarnationId = controller.IncarnationId,
        ZkMigrationReady = controller.ZkMigrationReady,
        EndPoints = [.. controller.Endpoints.Select(e => new RegisterControllerRecord.ControllerEndpoint
        {
            Name = e.Name, Host = e.Host, Port = e.Port, SecurityProtocol = e.SecurityProtocol,
        })],
        Features = [.. controller.Features.Select(f => new RegisterControllerRecord.ControllerFeature
        {
            Name = f.Name, MinSupportedVersion = f.LevelMin, MaxSupportedVersion = f.LevelMax,
        })],
    };

    private static IEnumerable<ClusterRecord> Topics(ClusterImage image)
    {
        foreach (var topic in image.Topics.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal))
        {
            yield return ClusterRecord.Of(new TopicRecord { Name = topic.Name, TopicId = topic.Id });
            for (var i = 0; i < topic.Partitions.Length; i++)
            {
                yield return ClusterRecord.Of(Partition(topic.Id, i, topic.Partitions[i]), image.MetadataVersion);
            }
        }
    }

    private static PartitionRecord Partition(Uuid topicId, int index, PartitionImage partition) => new()
    {
        PartitionId = index,
        TopicId = topicId,
        Replicas = [.. partition.Replicas],
        Isr = [.. partition.Isr],
        RemovingReplicas = [.. partition.RemovingReplicas],
        AddingReplicas = [.. partition.AddingReplicas],
        Leader = partition.Leader,
        LeaderRecoveryState = partition.Recovering ? (sbyte)1 : (sbyte)0,
        LeaderEpoch = partition.LeaderEpoch,
        PartitionEpoch = partition.PartitionEpoch,
        Directories = [.. partition.Directories],
        EligibleLeaderReplicas = partition.EligibleLeaders.Length > 0 ? [.. partition.EligibleLeaders] : null,
        LastKnownElr = partition.LastKnownEligibleLeaders.Length > 0 ? [.. partition.LastKnownEligibleLeaders] : null,
    };

    private static IEnumerable<ClusterRecord> Configs(ClusterImage image) =>
        from resource in image.Configs
        from config in resource.Value
        select ClusterRecord.Of(new ConfigRecord
        {
            ResourceType = (sbyte)resource.Key.Type,
            ResourceName = resource.Key.Name,
            Name = config.Key,
            Value = config.Value,
        });

    private static IEnumerable<ClusterRecord> Quotas(ClusterImage image) =>
        from entity in image.Quotas.OrderBy(entity => entity.Key.ToString(), StringComparer.Ordinal)
        from quota in entity.Value
        select ClusterRecord.Of(new ClientQuotaRecord
        {
            Entity = [.. entity.Key.Parts.Select(part => new ClientQuotaRecord.EntityData { EntityType = part.Key, EntityName = part.Value })],
            Key = quota.Key,
            Value = quota.Value,
        });

    private static IEnumerable<ClusterRecord> ProducerIds(ClusterImage image)
    {
        if (image.NextProducerId >= 0)
        {
            yield return ClusterRecord.Of(new ProducerIdsRecord { BrokerId = -1, BrokerEpoch = -1, NextProducerId = image.NextProducerId });
        }
    }

    private static IEnumerable<ClusterRecord> AccessRules(ClusterImage image) => image.AccessRules.Values.OrderBy(rule => rule.Id).Select(rule => ClusterRecord.Of(
        new AccessControlEntryRecord
        {
            Id = rule.Id,
            ResourceType = rule.ResourceType,
            ResourceName = rule.ResourceName,
            PatternType = rule.PatternType,
            Principal = rule.Principal,
            Host = rule.Host,
            Operation = rule.Operation,
            PermissionType = rule.PermissionType,
        }));

    private static IEnumerable<ClusterRecord> ScramCredentials(ClusterImage image) => image.ScramCredentials
        .OrderBy(user => user.Key.Name, StringComparer.Ordinal).ThenBy(user => user.Key.Mechanism)
        .Select(user => ClusterRecord.Of(new UserScramCredentialRecord
        {
            Name = user.Key.Name,
            Mechanism = user.Key.Mechanism,
            Salt = user.Value.Salt,
            StoredKey = user.Value.StoredKey,
            ServerKey = user.Value.ServerKey,
            Iterations = user.Value.Iterations,
        }));

    private static IEnumerable<ClusterRecord> DelegationTokens(ClusterImage image) => image.DelegationTokens.Values
        .OrderBy(token => token.TokenId, StringComparer.Ordinal)
        .Select(token => ClusterRecord.Of(new DelegationTokenRecord
        {
            TokenId = token.TokenId,
            Owner = token.Owner,
            Requester = token.Requester,
            Renewers = [.. token.Renewers],
            IssueTimestamp = token.IssuedMs,
            MaxTimestamp = token.MaxMs,
            ExpirationTimestamp = token.ExpiresMs,
        }));
}
