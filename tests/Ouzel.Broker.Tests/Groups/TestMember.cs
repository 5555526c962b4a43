using Ouzel.Broker.Coordination;
using Ouzel.Broker.Groups;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Groups;

/// <summary>A client of the classic protocol in the hand of a test.</summary>
internal sealed class TestMember(
    GroupWorld world, string label, string group, string type, (string Name, byte[] Metadata)[] protocols, int sessionMs, int rebalanceMs, string? instance, short version)
{
    public string Id { get; set; } = "";

    public string? Instance { get; set; } = instance;

    public int Generation { get; set; } = -1;

    public string Leader { get; private set; } = "";

    public string? Protocol { get; private set; }

    public (string Name, byte[] Metadata)[] Protocols { get; set; } = protocols;

    public int SessionMs { get; set; } = sessionMs;

    public byte[]? Part { get; private set; }

    public bool Leads => Leader == Id;

    /// <summary>One JoinGroup as the client would send it now.</summary>
    public Reply<JoinGroupResponse> StartJoin(short? version1 = null, Action<JoinGroupRequest>? change = null)
    {
        var v = version1 ?? version;
        var request = new JoinGroupRequest
        {
            GroupId = group,
            SessionTimeoutMs = SessionMs,
            RebalanceTimeoutMs = rebalanceMs,
            MemberId = Id,
            GroupInstanceId = Instance,
            ProtocolType = type,
            Protocols = [.. Protocols.Select(p => new JoinGroupRequest.JoinGroupRequestProtocol { Name = p.Name, Metadata = p.Metadata })],
        };
        change?.Invoke(request);
        var context = new GroupRequestContext(v, "client-" + label, "/127.0.0.1");
        var reply = world.Reply(e => ClassicResponses.JoinError(e, request.MemberId, v));
        world.Run(world.Shard.Join(request, context, world.Now, reply));
        return reply;
    }

    /// <summary>Gets an id first where the version asks for it, then sends the join.</summary>
    public Reply<JoinGroupResponse> Come()
    {
        var reply = StartJoin();
        if (reply.IsSet && reply.Value.ErrorCode == ErrorCode.MemberIdRequired)
        {
            Id = reply.Value.MemberId;
            reply = StartJoin();
        }

        return reply;
    }

    /// <summary>Takes in the response of a join.</summary>
    public JoinGroupResponse Joined(Reply<JoinGroupResponse> reply)
    {
        Assert.True(reply.IsSet, $"{label}'s join is not answered");
        var r = reply.Value;
        if (r.ErrorCode == ErrorCode.None)
        {
            (Id, Generation, Leader, Protocol) = (r.MemberId, r.GenerationId, r.Leader, r.ProtocolName);
        }

        return r;
    }

    public JoinGroupResponse Join() => Joined(Come());

    public Reply<SyncGroupResponse> StartSync(Dictionary<string, byte[]>? plan = null, short version1 = 5, Action<SyncGroupRequest>? change = null)
    {
        var request = new SyncGroupRequest
        {
            GroupId = group,
            GenerationId = Generation,
            MemberId = Id,
            GroupInstanceId = Instance,
            ProtocolType = type,
            ProtocolName = Protocol,
            Assignments = [.. (plan ?? []).Select(p => new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = p.Key, Assignment = p.Value })],
        };
        change?.Invoke(request);
        var reply = world.Reply(ClassicResponses.SyncError);
        world.Run(world.Shard.Sync(request, new GroupRequestContext(version1, "client-" + label, "/127.0.0.1"), world.Now, reply));
        return reply;
    }

    public SyncGroupResponse Synced(Reply<SyncGroupResponse> reply)
    {
        Assert.True(reply.IsSet, $"{label}'s sync is not answered");
        if (reply.Value.ErrorCode == ErrorCode.None)
        {
            Part = reply.Value.Assignment.ToArray();
        }

        return reply.Value;
    }

    public SyncGroupResponse Sync(Dictionary<string, byte[]>? plan = null) => Synced(StartSync(plan));

    public ErrorCode TrySync(Action<SyncGroupRequest>? change = null, short version1 = 5) => StartSync(null, version1, change).Value.ErrorCode;

    public ErrorCode Heartbeat(int? generation = null, string? id = null)
    {
        var request = new HeartbeatRequest { GroupId = group, GenerationId = generation ?? Generation, MemberId = id ?? Id, GroupInstanceId = Instance };
        var reply = world.Reply(e => new HeartbeatResponse { ErrorCode = e });
        world.Run(world.Shard.Heartbeat(request, world.Now, reply));
        return reply.Value.ErrorCode;
    }

    public LeaveGroupResponse TryLeave(params (string Id, string? Instance)[] members)
    {
        var request = new LeaveGroupRequest
        {
            GroupId = group,
            Members = [.. members.Select(m => new LeaveGroupRequest.MemberIdentity { MemberId = m.Id, GroupInstanceId = m.Instance })],
        };
        var reply = world.Reply(e => new LeaveGroupResponse { ErrorCode = e });
        world.Run(world.Shard.Leave(request, world.Now, reply));
        return reply.Value;
    }

    public ErrorCode Leave()
    {
        var r = TryLeave((Id, Instance));
        return r.ErrorCode != ErrorCode.None ? r.ErrorCode : r.Members[0].ErrorCode;
    }

    public ErrorCode Commit(string topic, long offset, int? generation = null, string? id = null) =>
        world.Commit(topic, 0, offset, generation ?? Generation, id ?? Id, Instance, group: group);

    /// <summary>Brings members together into one stable generation; each gets "part-LABEL".</summary>
    public static void Settle(params TestMember[] members)
    {
        Gather(members);
        ShareOut(members);
    }

    /// <summary>Everyone joins; nobody has synced.</summary>
    public static void Gather(params TestMember[] members)
    {
        if (members[0].Generation < 0)
        {
            members[0].Join();
            if (members.Length == 1)
            {
                return;
            }
        }

        (TestMember Member, Reply<JoinGroupResponse> Reply)[] newcomers =
            [.. members.Where(m => m.Generation < 0).Select(m => (m, m.Come()))];
        (TestMember Member, Reply<JoinGroupResponse> Reply)[] others =
            [.. members.Where(m => m.Generation >= 0).OrderBy(m => m.Leads ? 0 : 1).Select(m => (m, m.StartJoin()))];
        foreach (var (member, reply) in newcomers.Concat(others))
        {
            Assert.Equal(ErrorCode.None, member.Joined(reply).ErrorCode);
        }
    }

    public static void ShareOut(params TestMember[] members)
    {
        var leader = members.Single(m => m.Leads);
        var plan = members.ToDictionary(m => m.Id, m => GroupWorld.Bytes("part-" + m.Label));
        Assert.Equal(ErrorCode.None, leader.Sync(plan).ErrorCode);
        foreach (var member in members.Where(m => m != leader))
        {
            Assert.Equal(ErrorCode.None, member.Sync().ErrorCode);
        }
    }

    public string Label => label;
}
