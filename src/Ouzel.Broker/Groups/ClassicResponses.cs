using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Groups;

/// <summary>Puts a classic group's state into responses and records.</summary>
internal static class ClassicResponses
{
    private const short ProtocolNameNullableVersion = 7;

    /// <summary>The new generation, with everyone's metadata for the leader.</summary>
    public static JoinGroupResponse Join(ClassicGroup group, ClassicMember member, bool tellMembers = true) => new()
    {
        GenerationId = group.Generation,
        ProtocolType = group.ProtocolType,
        ProtocolName = group.Protocol ?? "",
        Leader = group.LeaderId ?? "",
        MemberId = member.Id,
        Members = tellMembers && group.IsLeader(member.Id) ? Members(group) : [],
    };

    public static JoinGroupResponse JoinError(ErrorCode error, string memberId, short version) => new()
    {
        ErrorCode = error,
        ProtocolName = version >= ProtocolNameNullableVersion ? null : "",
        MemberId = memberId,
    };

    public static SyncGroupResponse Sync(ClassicGroup group, ClassicMember member) => new()
    {
        ProtocolType = group.ProtocolType,
        ProtocolName = group.Protocol,
        Assignment = member.Assignment,
    };

    public static SyncGroupResponse SyncError(ErrorCode error) => new() { ErrorCode = error };

    /// <summary>The group as DescribeGroups shows it: what members say of themselves only while the protocol holds for all of them.</summary>
    public static DescribeGroupsResponse.DescribedGroup Described(ClassicGroup group)
    {
        var stable = group.State == ClassicGroupState.Stable;
        return new DescribeGroupsResponse.DescribedGroup
        {
            GroupId = group.Id,
            GroupState = group.State.ToString(),
            ProtocolType = group.ProtocolType ?? "",
            ProtocolData = stable ? group.Protocol ?? "" : "",
            Members = [.. group.Members.Select(m => new DescribeGroupsResponse.DescribedGroupMember
            {
                MemberId = m.Id,
                GroupInstanceId = m.InstanceId,
                ClientId = m.ClientId,
                ClientHost = m.ClientHost,
                MemberMetadata = stable ? m.MetadataFor(group.Protocol) : [],
                MemberAssignment = m.Assignment,
            })],
        };
    }

    /// <summary>The group as its record keeps it, in its present state.</summary>
    public static GroupMetadataValue Stored(ClassicGroup group) => Stored(group, m => m, m => m.Assignment);

    /// <summary>The group as its record is to keep it.</summary>
    /// <param name="group">The group.</param>
    /// <param name="who">Who stands in a member's place.</param>
    /// <param name="part">A member's part.</param>
    public static GroupMetadataValue Stored(ClassicGroup group, Func<ClassicMember, ClassicMember> who, Func<ClassicMember, byte[]> part) => new()
    {
        protocolType = group.ProtocolType ?? "",
        generation = group.Generation,
        protocol = group.Protocol,
        leader = group.LeaderId is { } leaderId && group.Member(leaderId) is { } leader ? who(leader).Id : null,
        currentStateTimestamp = group.SinceMs,
        members = [.. group.Members.Select(m => Stored(who(m), group.Protocol, part(m)))],
    };

    /// <summary>The record of a group that has just been made.</summary>
    public static GroupMetadataValue StoredNew(long nowMs) => new() { protocol = null, leader = null, currentStateTimestamp = nowMs };

    private static List<JoinGroupResponse.JoinGroupResponseMember> Members(ClassicGroup group) =>
        [.. group.Members.Select(m => new JoinGroupResponse.JoinGroupResponseMember
        {
            MemberId = m.Id,
            GroupInstanceId = m.InstanceId,
            Metadata = m.MetadataFor(group.Protocol),
        })];

    private static GroupMetadataValue.MemberMetadata Stored(ClassicMember member, string? protocol, byte[] part) => new()
    {
        memberId = member.Id,
        groupInstanceId = member.InstanceId,
        clientId = member.ClientId,
        clientHost = member.ClientHost,
        rebalanceTimeout = member.RebalanceTimeoutMs,
        sessionTimeout = member.SessionTimeoutMs,
        subscription = member.MetadataFor(protocol),
        assignment = part,
    };
}
