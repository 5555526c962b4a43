using System.Collections.Immutable;
using Ouzel.Broker.Configs;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

/// <summary>A topic that is other than before: more partitions, or partitions that changed.</summary>
internal sealed record TopicChange(TopicImage Before, TopicImage After);

/// <summary>
/// The step from one image to the next: takes records, then says what they changed. Costs what the records touch, not what the cluster holds.
/// One thread fills it; once <see cref="Complete"/> was called it no longer changes.
/// </summary>
internal sealed partial class ClusterDelta
{
    private readonly ImmutableDictionary<string, TopicImage>.Builder _topics;
    private readonly ImmutableDictionary<Uuid, TopicImage>.Builder _topicsById;
    private readonly ImmutableDictionary<string, ImmutableArray<string>>.Builder _collidingNames;
    private readonly ImmutableSortedDictionary<int, BrokerImage>.Builder _brokers;
    private readonly ImmutableSortedDictionary<int, ControllerImage>.Builder _controllers;
    private readonly ImmutableSortedDictionary<ConfigResource, ImmutableSortedDictionary<string, string>>.Builder _configs;
    private readonly ImmutableSortedDictionary<string, short>.Builder _features;
    private readonly ImmutableDictionary<QuotaEntity, ImmutableSortedDictionary<string, double>>.Builder _quotas;
    private readonly ImmutableDictionary<ScramUser, ScramCredential>.Builder _scram;
    private readonly ImmutableDictionary<Uuid, AccessRule>.Builder _accessRules;
    private readonly ImmutableDictionary<string, DelegationToken>.Builder _tokens;

    private readonly Dictionary<Uuid, TopicDraft> _drafts = [];
    private readonly HashSet<ConfigResource> _configsChanged = [];
    private readonly HashSet<int> _brokersChanged = [];
    private readonly List<TopicImage> _topicsCreated = [];
    private readonly List<TopicChange> _topicsChanged = [];
    private readonly List<TopicImage> _topicsDeleted = [];
    private long _nextProducerId;
    private ClusterImage? _after;

    public ClusterDelta(ClusterImage before)
    {
        Before = before;
        _topics = before.Topics.ToBuilder();
        _topicsById = before.TopicsById.ToBuilder();
        _collidingNames = before.CollidingNames.ToBuilder();
        _brokers = before.Brokers.ToBuilder();
        _controllers = before.Controllers.ToBuilder();
        _configs = before.Configs.ToBuilder();
        _features = before.Features.ToBuilder();
        _quotas = before.Quotas.ToBuilder();
        _scram = before.ScramCredentials.ToBuilder();
        _accessRules = before.AccessRules.ToBuilder();
        _tokens = before.DelegationTokens.ToBuilder();
        _nextProducerId = before.NextProducerId;
    }

    /// <summary>The step to an image that was reached without the records in between: a snapshot's.</summary>
    public ClusterDelta(ClusterImage before, ClusterImage after)
        : this(before)
    {
        _after = after;
        _topicsDeleted.AddRange(ImageDifference.TopicsDeleted(before, after));
        _topicsCreated.AddRange(ImageDifference.TopicsCreated(before, after));
        _topicsChanged.AddRange(ImageDifference.TopicsChanged(before, after));
        _configsChanged.UnionWith(ImageDifference.ConfigsChanged(before, after));
        _brokersChanged.UnionWith(ImageDifference.BrokersChanged(before, after));
        FeaturesChanged = ImageDifference.FeaturesChanged(before, after);
        QuotasChanged = ImageDifference.QuotasChanged(before, after);
        SecurityChanged = ImageDifference.SecurityChanged(before, after);
    }

    public ClusterImage Before { get; }

    public ClusterImage After => _after ?? throw new InvalidOperationException("The delta is not complete");

    public IReadOnlyList<TopicImage> TopicsCreated => _topicsCreated;

    public IReadOnlyList<TopicChange> TopicsChanged => _topicsChanged;

    public IReadOnlyList<TopicImage> TopicsDeleted => _topicsDeleted;

    public IReadOnlyCollection<ConfigResource> ConfigsChanged => _configsChanged;

    public IReadOnlyCollection<int> BrokersChanged => _brokersChanged;

    public bool FeaturesChanged { get; private set; }

    public bool QuotasChanged { get; private set; }

    public bool SecurityChanged { get; private set; }

    /// <summary>Takes one record. Unknown and impossible ones throw: an image that skipped a record would not be the cluster's.</summary>
    public void Apply(ClusterRecord record)
    {
        switch (record.Message)
        {
            case TopicRecord topic: Apply(topic); break;
            case PartitionRecord partition: Apply(partition); break;
            case PartitionChangeRecord change: Apply(change); break;
            case RemoveTopicRecord removal: Apply(removal); break;
            case ClearElrRecord clear: Apply(clear); break;
            case ConfigRecord config: Apply(config); break;
            case RegisterBrokerRecord broker: Apply(broker); break;
            case UnregisterBrokerRecord broker: Remove(broker); break;
            case BrokerRegistrationChangeRecord change: Apply(change); break;
            case FenceBrokerRecord fence: ChangeBroker(fence.Id, fence.Epoch, broker => broker with { Fenced = true }); break;
            case UnfenceBrokerRecord unfence: ChangeBroker(unfence.Id, unfence.Epoch, broker => broker with { Fenced = false }); break;
            case RegisterControllerRecord controller: Apply(controller); break;
            case UnregisterControllerRecord controller: _controllers.Remove(controller.ControllerId); break;
            case FeatureLevelRecord feature: Apply(feature); break;
            case ProducerIdsRecord ids: _nextProducerId = ids.NextProducerId; break;
            case ClientQuotaRecord quota: Apply(quota); break;
            case UserScramCredentialRecord credential: Apply(credential); break;
            case RemoveUserScramCredentialRecord removal: Remove(removal); break;
            case AccessControlEntryRecord rule: Apply(rule); break;
            case RemoveAccessControlEntryRecord removal: Remove(removal); break;
            case DelegationTokenRecord token: Apply(token); break;
            case RemoveDelegationTokenRecord removal: Remove(removal); break;
            case NoOpRecord or ZkMigrationStateRecord: break;
            default: throw new InvalidDataException($"A {record.Message.GetType().Name} cannot be applied to the cluster's image");
        }
    }

    /// <summary>Ends the step with the image at <paramref name="offset"/>, the offset of the last record taken.</summary>
    public ClusterImage Complete(long offset, int epoch, long timestampMs)
    {
        var partitionCount = Before.PartitionCount;
        foreach (var draft in _drafts.Values)
        {
            partitionCount += Settle(draft);
        }

        return _after = new ClusterImage
        {
            ClusterId = Before.ClusterId,
            Offset = offset,
            Epoch = epoch,
            TimestampMs = timestampMs,
            Topics = _topics.ToImmutable(),
            TopicsById = _topicsById.ToImmutable(),
            CollidingNames = _collidingNames.ToImmutable(),
            PartitionCount = partitionCount,
            Brokers = _brokers.ToImmutable(),
            Controllers = _controllers.ToImmutable(),
            Configs = _configs.ToImmutable(),
            Features = _features.ToImmutable(),
            Quotas = _quotas.ToImmutable(),
            ScramCredentials = _scram.ToImmutable(),
            AccessRules = _accessRules.ToImmutable(),
            DelegationTokens = _tokens.ToImmutable(),
            NextProducerId = _nextProducerId,
        };
    }
}
