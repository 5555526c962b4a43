using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Stress.Tests.Surroundings;

namespace Ouzel.Stress.Tests.Workers;

/// <summary>Joins one group with others, works a while, leaves or vanishes. A partition has one owner in a generation.</summary>
internal sealed class Member(Run run, string name, int seed) : Worker(run, name, seed)
{
    private const string Group = "team";
    private string _memberId = "";
    private int _generation = -1;

    protected override async Task StepAsync(Connection connection)
    {
        if (_generation < 0)
        {
            await JoinAsync(connection);
        }
        else if (Random.Next(12) == 0)
        {
            await connection.CallAsync(new LeaveGroupRequest { GroupId = Group, Members = [new() { MemberId = _memberId }] }, 3);
            (_memberId, _generation) = ("", -1);
        }
        else if (Random.Next(40) == 0)
        {
            // Vanishes; its session will run out.
            (_memberId, _generation) = ("", -1);
            Drop();
        }
        else
        {
            var error = (await connection.CallAsync(new HeartbeatRequest { GroupId = Group, GenerationId = _generation, MemberId = _memberId }, 3)).ErrorCode;
            if (error != ErrorCode.None)
            {
                Run.Require(IsMemberPassing(error), $"{Name}: Heartbeat answers {error}");
                Forget(error);
            }
        }

        await PauseAsync(60);
    }

    private async Task JoinAsync(Connection connection)
    {
        var joined = await connection.CallAsync(
            new JoinGroupRequest { GroupId = Group, SessionTimeoutMs = 6000, RebalanceTimeoutMs = 3000, MemberId = _memberId, ProtocolType = "consumer", Protocols = [new() { Name = "range", Metadata = new byte[] { 1 } }] },
            5);
        if (joined.ErrorCode == ErrorCode.MemberIdRequired)
        {
            _memberId = joined.MemberId;
            return;
        }

        if (joined.ErrorCode != ErrorCode.None)
        {
            Run.Require(IsMemberPassing(joined.ErrorCode), $"{Name}: JoinGroup answers {joined.ErrorCode}");
            Forget(joined.ErrorCode);
            return;
        }

        _memberId = joined.MemberId;
        var sync = new SyncGroupRequest { GroupId = Group, GenerationId = joined.GenerationId, MemberId = _memberId };
        if (joined.Leader == _memberId)
        {
            Run.Group.Leads(joined.GenerationId, joined.Members.Select(m => m.MemberId), _memberId);
            sync.Assignments.AddRange(joined.Members.Select(m => new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = m.MemberId, Assignment = System.Text.Encoding.UTF8.GetBytes(m.MemberId) }));
        }

        var synced = await connection.CallAsync(sync, 3);
        if (synced.ErrorCode == ErrorCode.None)
        {
            _generation = joined.GenerationId;
            var assigned = System.Text.Encoding.UTF8.GetString(synced.Assignment.Span);
            Run.Require(assigned == _memberId, $"{Name}: generation {_generation} gave {_memberId} what belongs to '{assigned}'");
        }
        else
        {
            Run.Require(IsMemberPassing(synced.ErrorCode), $"{Name}: SyncGroup answers {synced.ErrorCode}");
            Forget(synced.ErrorCode);
        }
    }

    private void Forget(ErrorCode error)
    {
        _generation = -1;
        if (error == ErrorCode.UnknownMemberId)
        {
            _memberId = "";
        }
    }

    private static bool IsMemberPassing(ErrorCode error) =>
        IsCoordinatorPassing(error) || error is ErrorCode.RebalanceInProgress or ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration;
}
