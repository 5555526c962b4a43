using Ouzel.Client.Admin;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client;

/// <summary>A cluster's brokers.</summary>
/// <param name="ClusterId">The cluster's id.</param>
/// <param name="ControllerId">Broker id of the controller, or of the broker that passes calls on to it; -1 when unknown.</param>
/// <param name="Brokers">By id.</param>
public sealed record ClusterDescription(string ClusterId, int ControllerId, IReadOnlyList<BrokerDescription> Brokers);

/// <summary>A broker.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Host">Where it listens.</param>
/// <param name="Port">Where it listens.</param>
/// <param name="Rack">Null when it has none.</param>
public sealed record BrokerDescription(int Id, string Host, int Port, string? Rack);

/// <summary>The quorum behind the metadata log (KIP-595).</summary>
/// <param name="LeaderId">The active controller.</param>
/// <param name="LeaderEpoch">Its epoch.</param>
/// <param name="HighWatermark">Committed up to here.</param>
/// <param name="Voters">Who votes.</param>
/// <param name="Observers">Who follows.</param>
public sealed record QuorumDescription(int LeaderId, int LeaderEpoch, long HighWatermark, IReadOnlyList<QuorumReplica> Voters, IReadOnlyList<QuorumReplica> Observers);

/// <summary>A replica of the metadata log.</summary>
/// <param name="Id">Node id.</param>
/// <param name="DirectoryId">Zero from brokers before 3.9.</param>
/// <param name="LogEndOffset">How far it has come.</param>
/// <param name="LastFetchTimestampMs">-1 when unknown.</param>
/// <param name="LastCaughtUpTimestampMs">-1 when unknown.</param>
public sealed record QuorumReplica(int Id, Uuid DirectoryId, long LogEndOffset, long LastFetchTimestampMs, long LastCaughtUpTimestampMs);

/// <summary>A feature of the cluster (KIP-584).</summary>
/// <param name="Name">Such as metadata.version.</param>
/// <param name="SupportedMin">The lowest level that the broker asked can run.</param>
/// <param name="SupportedMax">The highest level that the broker asked can run.</param>
/// <param name="Level">The level in force; 0 when it is off.</param>
public sealed record FeatureDescription(string Name, short SupportedMin, short SupportedMax, short Level);

/// <summary>Brokers, quorum, features.</summary>
public sealed class ClusterAdmin
{
    private const string MetadataTopic = "__cluster_metadata";

    /// <summary>UpgradeType of the protocol: up, down if nothing is lost thereby.</summary>
    private const sbyte Upgrade = 1, SafeDowngrade = 2;

    private readonly AdminCalls _calls;

    internal ClusterAdmin(AdminCalls calls) => _calls = calls;

    /// <summary>The cluster's id, controller and brokers (Kafka 2.8; older brokers are asked by Metadata).</summary>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public async Task<ClusterDescription> DescribeAsync(CancellationToken cancellation = default)
    {
        var response = await _calls.AnyAsync(_ => new MetadataRequest { Topics = [] }, static r => r.ErrorCode, cancellation);
        return new ClusterDescription(
            response.ClusterId ?? "", response.ControllerId, [.. response.Brokers.OrderBy(b => b.NodeId).Select(b => new BrokerDescription(b.NodeId, b.Host, b.Port, b.Rack))]);
    }

    /// <summary>The quorum of the metadata log (Kafka 3.3 with KRaft).</summary>
    /// <exception cref="KafkaException">No broker could be asked, or there is no quorum.</exception>
    public async Task<QuorumDescription> DescribeQuorumAsync(CancellationToken cancellation = default)
    {
        var request = new DescribeQuorumRequest { Topics = [new() { TopicName = MetadataTopic, Partitions = [new() { PartitionIndex = 0 }] }] };
        var response = await _calls.AnyAsync(_ => request, static r => r.ErrorCode, cancellation);
        new ItemResult(response.ErrorCode, response.ErrorMessage).ThrowIfFailed();
        var quorum = response.Topics[0].Partitions[0];
        new ItemResult(quorum.ErrorCode, quorum.ErrorMessage).ThrowIfFailed();
        return new QuorumDescription(quorum.LeaderId, quorum.LeaderEpoch, quorum.HighWatermark, [.. quorum.CurrentVoters.Select(Replica)], [.. quorum.Observers.Select(Replica)]);
    }

    /// <summary>The features that are supported and in force.</summary>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public async Task<IReadOnlyList<FeatureDescription>> DescribeFeaturesAsync(CancellationToken cancellation = default)
    {
        var response = await _calls.AnyAsync(
            _ => new ApiVersionsRequest { ClientSoftwareName = Connections.ConnectionIdentity.SoftwareName, ClientSoftwareVersion = Connections.ConnectionIdentity.SoftwareVersion },
            static r => r.ErrorCode, cancellation);
        return [.. response.SupportedFeatures.OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => new FeatureDescription(
            f.Name, f.MinVersion, f.MaxVersion, response.FinalizedFeatures.Find(l => l.Name == f.Name)?.MaxVersionLevel ?? 0))];
    }

    /// <summary>Sets the levels of features.</summary>
    /// <param name="levels">By name; 0 switches a feature off.</param>
    /// <param name="allowDowngrade">Whether a level may be lower than the one in force, if no metadata is lost thereby.</param>
    /// <param name="validateOnly">Only says whether it could be done (Kafka 3.3).</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="KafkaException">Not all could be set; then none was.</exception>
    public async Task UpdateFeaturesAsync(IReadOnlyDictionary<string, short> levels, bool allowDowngrade = false, bool validateOnly = false, CancellationToken cancellation = default)
    {
        var response = await _calls.ControllerAsync(
            version => new UpdateFeaturesRequest
            {
                timeoutMs = _calls.TimeoutMs,
                ValidateOnly = validateOnly,
                FeatureUpdates = [.. levels.Select(l => new UpdateFeaturesRequest.FeatureUpdateKey
                {
                    Feature = l.Key,
                    MaxVersionLevel = l.Value,
                    AllowDowngrade = version == 0 && allowDowngrade,
                    UpgradeType = version > 0 && allowDowngrade ? SafeDowngrade : Upgrade,
                })],
            },
            static r => r.ErrorCode, cancellation);
        new ItemResult(response.ErrorCode, response.ErrorMessage).ThrowIfFailed();
        foreach (var result in response.Results)
        {
            new ItemResult(result.ErrorCode, result.ErrorMessage).ThrowIfFailed();
        }
    }

    private static QuorumReplica Replica(DescribeQuorumResponse.ReplicaState replica) =>
        new(replica.ReplicaId, replica.ReplicaDirectoryId, replica.LogEndOffset, replica.LastFetchTimestamp, replica.LastCaughtUpTimestamp);
}
