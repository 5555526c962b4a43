using Ouzel.Protocol;

namespace Ouzel.Client.Consuming.Groups;

/// <summary>The next step of a member.</summary>
internal enum MemberStepKind
{
    /// <summary>Nothing before <see cref="MemberStep.DueMs"/> or the next event.</summary>
    Wait,

    /// <summary>Let partitions go while they are still the member's; goes on beside other steps until <see cref="ClassicMember.OnWorkDone"/>.</summary>
    Revoke,

    /// <summary>Take partitions on; goes on beside other steps until <see cref="ClassicMember.OnWorkDone"/>.</summary>
    Assign,

    /// <summary>Drop partitions that may be somebody else's already.</summary>
    Lose,

    Join,
    Sync,
    Heartbeat,

    /// <summary>Tell the coordinator that the member is gone; it is already.</summary>
    Leave,

    /// <summary>Tell the application of <see cref="ClassicMember.Fault"/>.</summary>
    Fail,
}

/// <summary>One step.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="DueMs">Of <see cref="MemberStepKind.Wait"/>: when to ask again, at the latest.</param>
/// <param name="Partitions">Concerned.</param>
/// <param name="WorkId">Names the work of Revoke and Assign.</param>
/// <param name="Reason">Why, for logs, the coordinator and the application.</param>
internal readonly record struct MemberStep(MemberStepKind Kind, long DueMs, IReadOnlyList<TopicPartition> Partitions, int WorkId, string Reason);

/// <summary>As whom a member speaks to its coordinator.</summary>
/// <param name="MemberId">Empty before the coordinator gave one.</param>
/// <param name="Generation">-1 outside of any.</param>
internal readonly record struct MemberIdentity(string MemberId, int Generation)
{
    /// <summary>Of a consumer without membership.</summary>
    public static MemberIdentity None { get; } = new("", -1);
}

/// <summary>The times of a member.</summary>
/// <param name="HeartbeatIntervalMs">Between heartbeats.</param>
/// <param name="MaxPollIntervalMs">For the application between two steps.</param>
/// <param name="IsCooperative">Whether partitions that stay are kept through a rebalance.</param>
internal readonly record struct MemberRules(int HeartbeatIntervalMs, int MaxPollIntervalMs, bool IsCooperative);
