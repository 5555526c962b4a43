using Ouzel.Client.Admin;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client;

/// <summary>A group in a listing.</summary>
/// <param name="GroupId">Its name.</param>
/// <param name="ProtocolType">"consumer" for consumers of the classic protocol, empty for a group that only has offsets.</param>
/// <param name="State">Empty from brokers before 2.6.</param>
/// <param name="Type">"classic", "consumer" or "share"; empty from brokers before 3.8.</param>
public sealed record GroupListing(string GroupId, string ProtocolType, string State, string Type);

/// <summary>All groups, as far as the brokers could be asked.</summary>
/// <param name="Groups">By name.</param>
/// <param name="FailedBrokers">Brokers that could not be asked or refused, by id: their groups are missing.</param>
public sealed record GroupListings(IReadOnlyList<GroupListing> Groups, IReadOnlyDictionary<int, KafkaException> FailedBrokers);

/// <summary>A group of the classic protocol.</summary>
/// <param name="GroupId">Its name.</param>
/// <param name="State">Such as Stable, Empty, PreparingRebalance; Dead for a group that is not there.</param>
/// <param name="ProtocolType">"consumer" for consumers.</param>
/// <param name="Protocol">The assignor chosen; empty outside Stable.</param>
/// <param name="Members">Its members.</param>
public sealed record GroupDescription(string GroupId, string State, string ProtocolType, string Protocol, IReadOnlyList<GroupMemberDescription> Members);

/// <summary>A member of a group.</summary>
/// <param name="MemberId">Given by the coordinator.</param>
/// <param name="InstanceId">Of a static member (KIP-345), else null.</param>
/// <param name="ClientId">Its client id.</param>
/// <param name="Host">Where it connects from.</param>
/// <param name="Metadata">What it said when it joined, in its protocol's form.</param>
/// <param name="Assignment">What it was given, in its protocol's form.</param>
public sealed record GroupMemberDescription(string MemberId, string? InstanceId, string ClientId, string Host, ReadOnlyMemory<byte> Metadata, ReadOnlyMemory<byte> Assignment);

/// <summary>A committed offset.</summary>
/// <param name="Offset">The next offset to be read.</param>
/// <param name="LeaderEpoch">Of the last record read; -1 when unknown.</param>
/// <param name="Metadata">What was committed beside it.</param>
public sealed record CommittedOffset(long Offset, int LeaderEpoch = -1, string Metadata = "");

/// <summary>Groups and their committed offsets. Each group's coordinator is asked.</summary>
public sealed class GroupAdmin
{
    private readonly OuzelClient _client;
    private readonly AdminCalls _calls;
    private readonly GroupOffsets _offsets;

    internal GroupAdmin(OuzelClient client, AdminCalls calls) => (_client, _calls, _offsets) = (client, calls, new GroupOffsets(calls));

    /// <summary>All groups of all brokers.</summary>
    public async Task<GroupListings> ListAsync(CancellationToken cancellation = default)
    {
        await _client.Metadata.RefreshAsync().WaitAsync(cancellation);
        List<GroupListing> groups = [];
        Dictionary<int, KafkaException> failed = [];
        foreach (var broker in _client.Metadata.Current.Brokers.Keys.Order())
        {
            try
            {
                var response = await _calls.BrokerAsync(broker, _ => new ListGroupsRequest(), cancellation);
                if (response.ErrorCode != ErrorCode.None)
                {
                    failed[broker] = new KafkaException(response.ErrorCode, $"Broker {broker} did not list its groups") { BrokerId = broker };
                }

                groups.AddRange(response.Groups.Select(g => new GroupListing(g.GroupId, g.ProtocolType, g.GroupState, g.GroupType)));
            }
            catch (KafkaException fault)
            {
                failed[broker] = fault;
            }
        }

        return new GroupListings([.. groups.DistinctBy(g => g.GroupId).OrderBy(g => g.GroupId, StringComparer.Ordinal)], failed);
    }

    /// <summary>Groups of the classic protocol with their members.</summary>
    public Task<IReadOnlyDictionary<string, ItemResult<GroupDescription>>> DescribeAsync(IEnumerable<string> groups, CancellationToken cancellation = default) =>
        EachAsync(groups, async group =>
        {
            var response = await _calls.CoordinatorAsync(group, _ => new DescribeGroupsRequest { Groups = [group] }, r => r.Groups[0].ErrorCode, cancellation);
            var described = response.Groups[0];
            return TopicAdmin.Result(described.ErrorCode, described.ErrorMessage, Describe(described));
        }, static (error, message) => new ItemResult<GroupDescription>(error, message, null));

    /// <summary>Deletes groups that have no members, with their offsets.</summary>
    public Task<IReadOnlyDictionary<string, ItemResult>> DeleteAsync(IEnumerable<string> groups, CancellationToken cancellation = default) =>
        EachAsync(groups, async group =>
        {
            var response = await _calls.CoordinatorAsync(group, _ => new DeleteGroupsRequest { GroupsNames = [group] }, r => r.Results[0].ErrorCode, cancellation);
            return new ItemResult(response.Results[0].ErrorCode, response.Results[0].ErrorMessage);
        }, static (error, message) => new ItemResult(error, message));

    /// <summary>All offsets that a group has committed.</summary>
    /// <exception cref="KafkaException">The coordinator refused, or could not be asked.</exception>
    public Task<IReadOnlyDictionary<TopicPartition, ItemResult<CommittedOffset>>> ListOffsetsAsync(string group, CancellationToken cancellation = default) =>
        _offsets.ListAsync(group, cancellation);

    /// <summary>Sets offsets of a group that has no members.</summary>
    /// <exception cref="KafkaException">The coordinator could not be asked.</exception>
    public Task<IReadOnlyDictionary<TopicPartition, ItemResult>> AlterOffsetsAsync(
        string group, IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, CancellationToken cancellation = default) =>
        _offsets.AlterAsync(group, offsets, cancellation);

    /// <summary>Deletes offsets of partitions whose topic the group does not subscribe to (KIP-496; Kafka 2.4).</summary>
    /// <exception cref="KafkaException">The coordinator refused, or could not be asked.</exception>
    public Task<IReadOnlyDictionary<TopicPartition, ItemResult>> DeleteOffsetsAsync(string group, IEnumerable<TopicPartition> partitions, CancellationToken cancellation = default) =>
        _offsets.DeleteAsync(group, partitions, cancellation);

    /// <summary>A group whose coordinator cannot be asked is a result as well, so that the others can be seen.</summary>
    private static async Task<IReadOnlyDictionary<string, TResult>> EachAsync<TResult>(
        IEnumerable<string> groups, Func<string, Task<TResult>> ask, Func<ErrorCode, string, TResult> failed)
    {
        var results = new Dictionary<string, TResult>(StringComparer.Ordinal);
        foreach (var group in groups.Distinct(StringComparer.Ordinal))
        {
            try
            {
                results[group] = await ask(group);
            }
            catch (KafkaException fault)
            {
                results[group] = failed(fault.Error, fault.Message);
            }
        }

        return results;
    }

    private static GroupDescription Describe(DescribeGroupsResponse.DescribedGroup group) => new(
        group.GroupId, group.GroupState, group.ProtocolType, group.ProtocolData,
        [.. group.Members.Select(m => new GroupMemberDescription(m.MemberId, m.GroupInstanceId, m.ClientId, m.ClientHost, m.MemberMetadata, m.MemberAssignment))]);
}
