using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Groups;

/// <summary>Makes a group from its record.</summary>
internal static class StoredGroup
{
    /// <summary>With members it is stable, as they were when it was stored; without it is empty.</summary>
    public static ClassicGroup Restore(string groupId, GroupMetadataValue value)
    {
        // The first versions do not say since when.
        var group = new ClassicGroup(groupId, value.currentStateTimestamp)
        {
            Generation = value.generation,
            ProtocolType = value.protocolType.Length == 0 ? null : value.protocolType,
            Protocol = value.members.Count == 0 ? null : value.protocol,
            Stored = value,
        };
        foreach (var stored in value.members)
        {
            group.Add(new ClassicMember(stored.memberId, stored.groupInstanceId, stored.clientId, stored.clientHost)
            {
                SessionTimeoutMs = stored.sessionTimeout,
                RebalanceTimeoutMs = stored.rebalanceTimeout == -1 ? stored.sessionTimeout : stored.rebalanceTimeout,
                Protocols = [new MemberProtocol(value.protocol ?? "", stored.subscription.ToArray())],
                Assignment = stored.assignment.ToArray(),
            });
        }

        if (value.members.Count > 0)
        {
            group.Become(ClassicGroupState.Stable, value.currentStateTimestamp);
            group.LeaderId = value.leader is { } leader && group.Member(leader) is not null ? leader : group.LeaderId;
            group.SubscribedTopics = Subscription.TopicsOf(group);
        }

        return group;
    }
}
