using Ouzel.Broker.Coordination;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Groups;

/// <summary>One protocol a member can speak, with what it says about itself in it. The bytes mean nothing to the coordinator.</summary>
internal readonly record struct MemberProtocol(string Name, byte[] Metadata)
{
    /// <summary>The memory it takes, by estimate.</summary>
    public long Bytes => GroupMemory.ProtocolBytes + GroupMemory.BytesOf(Name) + Metadata.Length;
}

/// <summary>A join that waits for its rebalance.</summary>
internal readonly record struct WaitingJoin(Reply<JoinGroupResponse> Reply, short Version);

/// <summary>One member of a classic group.</summary>
internal sealed class ClassicMember(string id, string? instanceId, string clientId, string clientHost)
{
    public string Id { get; } = id;

    /// <summary>group.instance.id (KIP-345), null for a dynamic member.</summary>
    public string? InstanceId { get; } = instanceId;

    public string ClientId { get; } = clientId;

    /// <summary>As Java prints an address: "/127.0.0.1".</summary>
    public string ClientHost { get; } = clientHost;

    public int SessionTimeoutMs { get; set; }

    public int RebalanceTimeoutMs { get; set; }

    /// <summary>In the member's order of preference.</summary>
    public IReadOnlyList<MemberProtocol> Protocols { get; set; } = [];

    public byte[] Assignment { get; set; } = [];

    /// <summary>Has not been through a rebalance yet: its time-out is that of a waiting join.</summary>
    public bool IsNew { get; set; }

    public WaitingJoin? Join { get; set; }

    public Reply<SyncGroupResponse>? Sync { get; set; }

    /// <summary>The memory it takes, by estimate.</summary>
    public long Bytes
    {
        get
        {
            long bytes = GroupMemory.MemberBytes + GroupMemory.BytesOf(Id) + GroupMemory.BytesOf(InstanceId) + GroupMemory.BytesOf(ClientId)
                + GroupMemory.BytesOf(ClientHost) + Assignment.Length;
            foreach (var protocol in Protocols)
            {
                bytes += protocol.Bytes;
            }

            return bytes;
        }
    }

    public byte[] MetadataFor(string? protocol)
    {
        foreach (var own in Protocols)
        {
            if (own.Name == protocol)
            {
                return own.Metadata;
            }
        }

        return [];
    }

    /// <summary>True when a join says the same as before: same protocols in the same order with the same bytes.</summary>
    public bool Matches(IReadOnlyList<MemberProtocol> protocols)
    {
        if (protocols.Count != Protocols.Count)
        {
            return false;
        }

        for (var i = 0; i < protocols.Count; i++)
        {
            if (protocols[i].Name != Protocols[i].Name || !protocols[i].Metadata.AsSpan().SequenceEqual(Protocols[i].Metadata))
            {
                return false;
            }
        }

        return true;
    }
}
