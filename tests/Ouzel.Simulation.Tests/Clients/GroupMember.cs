using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Simulation.Tests.Clients;

/// <summary>A consumer of a group that commits ever higher offsets of its partitions. It pauses beyond its session now and then, and some of its commits are late.</summary>
internal sealed class GroupMember(World world, Client client, Client lateClient)
{
    private const int SessionTimeoutMs = 6000;
    private const int CommitsAfterHealing = 2;
    private string _memberId = "";
    private int _generation = -1;
    private int _commitsLeft = CommitsAfterHealing;
    private bool _mustJoin = true;
    private readonly Dictionary<int, long> _positions = [];

    public async Task RunAsync()
    {
        await client.PersistAsync(() => new FindCoordinatorRequest { Key = World.Group }, 1, r => r.ErrorCode == ErrorCode.None);
        while (_commitsLeft > 0)
        {
            try
            {
                if (_mustJoin)
                {
                    await JoinAsync();
                }
                else
                {
                    await WorkAsync();
                }
            }
            catch (IOException)
            {
                await client.DelayMsAsync(20, 300);
            }
        }

        await client.PersistAsync(
            () => new LeaveGroupRequest { GroupId = World.Group, Members = [new() { MemberId = _memberId }] },
            3,
            r => r.ErrorCode == ErrorCode.None && r.Members[0].ErrorCode is ErrorCode.None or ErrorCode.UnknownMemberId);
        client.Say("left");
    }

    private async Task JoinAsync()
    {
        var joined = await client.CallAsync(
            new JoinGroupRequest
            {
                GroupId = World.Group,
                SessionTimeoutMs = SessionTimeoutMs,
                RebalanceTimeoutMs = 5000,
                MemberId = _memberId,
                ProtocolType = "consumer",
                Protocols = [new() { Name = "range", Metadata = new byte[] { 1 } }],
            },
            5);
        if (joined.ErrorCode != ErrorCode.None)
        {
            client.Say($"join: {joined.ErrorCode}");
            _memberId = joined.ErrorCode == ErrorCode.MemberIdRequired ? joined.MemberId : joined.ErrorCode == ErrorCode.UnknownMemberId ? "" : _memberId;
            await client.DelayMsAsync(10, 100);
            return;
        }

        (_memberId, _generation) = (joined.MemberId, joined.GenerationId);
        var sync = new SyncGroupRequest { GroupId = World.Group, GenerationId = _generation, MemberId = _memberId };
        if (joined.Leader == _memberId)
        {
            string[] members = [.. joined.Members.Select(m => m.MemberId)];
            for (var i = 0; i < members.Length; i++)
            {
                byte[] part = [.. Enumerable.Range(0, World.PartitionCount).Where(p => p % members.Length == i).Select(p => (byte)p)];
                sync.Assignments.Add(new() { MemberId = members[i], Assignment = part });
            }
        }

        var synced = await client.CallAsync(sync, 3);
        client.Say($"generation {_generation}: {synced.ErrorCode} [{string.Join(' ', synced.Assignment.ToArray())}]");
        if (synced.ErrorCode != ErrorCode.None)
        {
            Lost(synced.ErrorCode);
            return;
        }

        await TakeOverAsync(synced.Assignment.ToArray());
    }

    private async Task TakeOverAsync(byte[] partitions)
    {
        _positions.Clear();
        foreach (var partition in partitions)
        {
            world.Commits.Owns(_generation, partition, _memberId);
        }

        foreach (var partition in partitions)
        {
            _positions[partition] = await FetchAsync(client, partition) ?? throw new IOException("not loaded yet");
        }

        _mustJoin = false;
    }

    /// <summary>The committed offset, 0 when there is none; null when it cannot be had now.</summary>
    public async Task<long?> FetchAsync(Client from, int partition)
    {
        var floor = world.Commits.Floor(partition);
        var request = new OffsetFetchRequest { GroupId = World.Group, Topics = [new() { Name = World.Topic, PartitionIndexes = [partition] }] };
        var response = await from.CallAsync(request, 5);
        if (response.ErrorCode != ErrorCode.None)
        {
            return null;
        }

        var found = response.Topics[0].Partitions[0];
        world.Commits.Found(partition, found.CommittedOffset, floor, from.Name);
        return Math.Max(found.CommittedOffset, 0);
    }

    private async Task WorkAsync()
    {
        await client.DelayMsAsync(10, client.Random.Next(12) == 0 && !world.IsHealed ? 9000 : 600);
        if (_positions.Count > 0 && client.Random.Next(3) > 0)
        {
            await CommitAsync();
            return;
        }

        if (_positions.Count == 0 && world.IsHealed)
        {
            // A member without partitions has nothing to commit; its heartbeats count.
            _commitsLeft--;
        }

        var beat = await client.CallAsync(new HeartbeatRequest { GroupId = World.Group, GenerationId = _generation, MemberId = _memberId }, 3);
        Lost(beat.ErrorCode);
    }

    private async Task CommitAsync()
    {
        var partition = _positions.Keys.ElementAt(client.Random.Next(_positions.Count));
        var offset = ++_positions[partition];
        if (!world.IsHealed && client.Random.Next(4) == 0)
        {
            // Sent by another connection, and not waited for: it may arrive when much has changed.
            var (generation, memberId) = (_generation, _memberId);
            lateClient.Process.Start("late commit", () => CommitLateAsync(partition, offset, generation, memberId));
            return;
        }

        var error = await CommitAsync(client, partition, offset, _generation, _memberId);
        client.Say($"commit of {partition} at {offset}: {error}");
        if (error == ErrorCode.None && world.IsHealed)
        {
            _commitsLeft--;
        }

        Lost(error);
    }

    private async Task CommitLateAsync(int partition, long offset, int generation, string memberId)
    {
        await lateClient.DelayMsAsync(0, 12000);
        if (world.Commits.Newest <= generation)
        {
            // In its own generation a late commit is the member's to make, and would only overtake itself.
            return;
        }

        try
        {
            var error = await CommitAsync(lateClient, partition, offset, generation, memberId, isLate: true);
            lateClient.Say($"late commit of {partition} at {offset} in generation {generation}: {error}");
            if (error == ErrorCode.None)
            {
                lateClient.Fail($"a commit of generation {generation} was taken in generation {world.Commits.Newest}");
            }
        }
        catch (IOException)
        {
            // Nobody waits for it.
        }
    }

    private async Task<ErrorCode> CommitAsync(Client by, int partition, long offset, int generation, string memberId, bool isLate = false)
    {
        var request = new OffsetCommitRequest
        {
            GroupId = World.Group,
            GenerationIdOrMemberEpoch = generation,
            MemberId = memberId,
            Topics = [new() { Name = World.Topic, Partitions = [new() { PartitionIndex = partition, CommittedOffset = offset }] }],
        };
        var response = await by.CallAsync(request, 7);
        var error = response.Topics[0].Partitions[0].ErrorCode;
        if (error == ErrorCode.None && !isLate)
        {
            world.Commits.Committed(partition, offset);
        }

        return error;
    }

    private void Lost(ErrorCode error)
    {
        if (error is ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId)
        {
            _memberId = error == ErrorCode.UnknownMemberId ? "" : _memberId;
            _mustJoin = true;
        }
    }
}
