using System.Collections.Immutable;
using Ouzel.Broker.Configs;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

internal sealed partial class ClusterDelta
{
    private void Apply(RegisterBrokerRecord record)
    {
        _brokersChanged.Add(record.BrokerId);
        _brokers[record.BrokerId] = new BrokerImage
        {
            Id = record.BrokerId,
            Epoch = record.BrokerEpoch,
            IncarnationId = record.IncarnationId,
            Endpoints = [.. record.EndPoints.Select(e => new NodeEndpoint(e.Name, e.Host, e.Port, e.SecurityProtocol))],
            Features = [.. record.Features.Select(f => new SupportedFeature(f.Name, f.MinSupportedVersion, f.MaxSupportedVersion))],
            Rack = record.Rack,
            Fenced = record.Fenced,
            InControlledShutdown = record.InControlledShutdown,
            LogDirectories = [.. record.LogDirs],
            CordonedDirectories = [.. record.CordonedLogDirs ?? []],
        };
    }

    private void Apply(BrokerRegistrationChangeRecord record) => ChangeBroker(record.BrokerId, record.BrokerEpoch, broker => broker with
    {
        Fenced = record.Fenced == 0 ? broker.Fenced : record.Fenced > 0,
        InControlledShutdown = record.InControlledShutdown == 0 ? broker.InControlledShutdown : record.InControlledShutdown > 0,
        LogDirectories = record.LogDirs.Count == 0 ? broker.LogDirectories : [.. record.LogDirs],
        CordonedDirectories = record.CordonedLogDirs is null ? broker.CordonedDirectories : [.. record.CordonedLogDirs],
    });

    private void ChangeBroker(int id, long epoch, Func<BrokerImage, BrokerImage> change)
    {
        if (!_brokers.TryGetValue(id, out var broker) || broker.Epoch != epoch)
        {
            throw new InvalidDataException($"A record changes broker {id} of epoch {epoch}, which is not registered");
        }

        _brokers[id] = change(broker);
        _brokersChanged.Add(id);
    }

    private void Remove(UnregisterBrokerRecord record)
    {
        ChangeBroker(record.BrokerId, record.BrokerEpoch, broker => broker);
        _brokers.Remove(record.BrokerId);
    }

    private void Apply(RegisterControllerRecord record) => _controllers[record.ControllerId] = new ControllerImage(
        record.ControllerId,
        record.IncarnationId,
        [.. record.EndPoints.Select(e => new NodeEndpoint(e.Name, e.Host, e.Port, e.SecurityProtocol))],
        [.. record.Features.Select(f => new SupportedFeature(f.Name, f.MinSupportedVersion, f.MaxSupportedVersion))],
        record.ZkMigrationReady);

    /// <summary>Level 0 means that the feature is off, which is the same as never mentioned; metadata.version has no level 0.</summary>
    private void Apply(FeatureLevelRecord record)
    {
        FeaturesChanged = true;
        if (record.FeatureLevel == 0)
        {
            _features.Remove(record.Name);
        }
        else
        {
            _features[record.Name] = record.FeatureLevel;
        }
    }

    private void Apply(ConfigRecord record)
    {
        var resource = new ConfigResource((ConfigResourceType)record.ResourceType, record.ResourceName);
        _configsChanged.Add(resource);
        var configs = _configs.GetValueOrDefault(resource, ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));
        configs = record.Value is null ? configs.Remove(record.Name) : configs.SetItem(record.Name, record.Value);
        if (configs.IsEmpty)
        {
            _configs.Remove(resource);
        }
        else
        {
            _configs[resource] = configs;
        }
    }

    private void Apply(ClientQuotaRecord record)
    {
        QuotasChanged = true;
        var entity = new QuotaEntity(record.Entity.Select(part => KeyValuePair.Create(part.EntityType, part.EntityName)));
        var quotas = _quotas.GetValueOrDefault(entity, ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal));
        quotas = record.Remove ? quotas.Remove(record.Key) : quotas.SetItem(record.Key, record.Value);
        if (quotas.IsEmpty)
        {
            _quotas.Remove(entity);
        }
        else
        {
            _quotas[entity] = quotas;
        }
    }

    private void Apply(UserScramCredentialRecord record)
    {
        SecurityChanged = true;
        _scram[new ScramUser(record.Name, record.Mechanism)] =
            new ScramCredential(record.Salt.ToArray(), record.StoredKey.ToArray(), record.ServerKey.ToArray(), record.Iterations);
    }

    private void Remove(RemoveUserScramCredentialRecord record)
    {
        SecurityChanged = true;
        _scram.Remove(new ScramUser(record.Name, record.Mechanism));
    }

    private void Apply(AccessControlEntryRecord record)
    {
        SecurityChanged = true;
        _accessRules[record.Id] = new AccessRule(
            record.Id, record.ResourceType, record.ResourceName, record.PatternType, record.Principal, record.Host, record.Operation, record.PermissionType);
    }

    private void Remove(RemoveAccessControlEntryRecord record)
    {
        SecurityChanged = true;
        _accessRules.Remove(record.Id);
    }

    private void Apply(DelegationTokenRecord record)
    {
        SecurityChanged = true;
        _tokens[record.TokenId] = new DelegationToken(
            record.TokenId, record.Owner, record.Requester, [.. record.Renewers], record.IssueTimestamp, record.MaxTimestamp, record.ExpirationTimestamp);
    }

    private void Remove(RemoveDelegationTokenRecord record)
    {
        SecurityChanged = true;
        _tokens.Remove(record.TokenId);
    }
}
