using Ouzel.Client.Consuming.Assignors;
using Ouzel.Protocol;

namespace Ouzel.Client.Consuming.Groups;

/// <summary>
/// A member of a classic group as a state machine: told what happened and when, it says by <see cref="Next"/> what to do. It knows no clock, no network and no
/// callbacks; <see cref="ClassicMembership"/> is the loop around it.
/// </summary>
internal sealed class ClassicMember(MemberRules rules)
{
    private enum Phase
    {
        /// <summary>Nobody reads yet.</summary>
        Idle,

        /// <summary>Has to join, once partitions that must go are gone.</summary>
        Rejoining,
        Joining,
        Syncing,

        /// <summary>Lets go and takes on what the assignment says.</summary>
        Applying,
        Stable,

        /// <summary>Left because the application was too slow; joins again when it is back.</summary>
        Expelled,

        /// <summary>Cannot be a member, or shall not.</summary>
        Ended,
    }

    private static readonly IReadOnlyList<TopicPartition> NoPartitions = [];

    private readonly HashSet<TopicPartition> _owned = [];
    private readonly Queue<MemberStep> _urgent = new();
    private HashSet<TopicPartition> _assigned = [];
    private Phase _phase = Phase.Idle;
    private string _reason = "";
    private string? _rejoinReason;
    private bool _hasRevoked;
    private bool _hasAssigned;
    private long _retryAtMs = long.MinValue;
    private long _heartbeatAtMs = long.MaxValue;
    private long _progressMs;
    private int _workId;
    private int _workIds;

    public MemberIdentity Identity { get; private set; } = MemberIdentity.None;

    /// <summary>The member to tell the coordinator of, in a <see cref="MemberStepKind.Leave"/>.</summary>
    public MemberIdentity LeavingAs { get; private set; } = MemberIdentity.None;

    /// <summary>The partitions it has now; a join tells the group of them.</summary>
    public IReadOnlyCollection<TopicPartition> Owned => _owned;

    /// <summary>The assignment it had last, for the sticky assignors.</summary>
    public MemberMemory Memory { get; private set; } = MemberMemory.None;

    public bool IsStable => _phase == Phase.Stable;

    /// <summary>True when it is out of the group until the application asks for records.</summary>
    public bool IsExpelled => _phase == Phase.Expelled;

    /// <summary>Failed attempts in a row.</summary>
    public int Failures { get; private set; }

    /// <summary>The reason why it cannot be a member.</summary>
    public KafkaException? Fault { get; private set; }

    /// <summary>The next step. Revoke, Assign, Join and Sync are given once; the loop calls the event that ends them.</summary>
    public MemberStep Next(long nowMs)
    {
        if (_urgent.TryDequeue(out var urgent))
        {
            return urgent;
        }

        if (_phase is Phase.Idle or Phase.Ended or Phase.Expelled)
        {
            return Wait(long.MaxValue);
        }

        if (nowMs >= _progressMs + rules.MaxPollIntervalMs)
        {
            return Expel();
        }

        if (Identity.Generation >= 0 && nowMs >= _heartbeatAtMs && _phase is not (Phase.Joining or Phase.Syncing))
        {
            _heartbeatAtMs = nowMs + rules.HeartbeatIntervalMs;
            return Step(MemberStepKind.Heartbeat, NoPartitions, _reason);
        }

        if (_workId != 0)
        {
            return Wait(Due());
        }

        return _phase switch
        {
            Phase.Rejoining when nowMs < _retryAtMs => Wait(Math.Min(_retryAtMs, Due())),
            Phase.Rejoining when !rules.IsCooperative && _owned.Count > 0 => Work(MemberStepKind.Revoke, [.. _owned]),
            Phase.Rejoining => Enter(Phase.Joining, MemberStepKind.Join),
            Phase.Applying => Apply(),
            _ => Wait(Due()),
        };
    }

    /// <summary>The application reads for the first time.</summary>
    public void OnStarted(long nowMs)
    {
        if (_phase == Phase.Idle)
        {
            _progressMs = nowMs;
            Rejoin("the consumer starts");
        }
    }

    /// <summary>The application waits for records, or has asked for some since the last call.</summary>
    public void OnProgress(long nowMs)
    {
        _progressMs = nowMs;
        if (_phase == Phase.Expelled)
        {
            Rejoin("the application is back after max.poll.interval.ms");
        }
    }

    /// <summary>Something makes the present assignment wrong.</summary>
    public void RequestRejoin(string reason)
    {
        if (_phase == Phase.Stable)
        {
            Rejoin(reason);
        }
        else
        {
            _rejoinReason = reason;
        }
    }

    /// <summary>The coordinator took the member into a generation.</summary>
    /// <param name="identity">As whom.</param>
    public void OnJoined(MemberIdentity identity)
    {
        Identity = identity;
        Failures = 0;
        _phase = Phase.Syncing;
        _urgent.Enqueue(Step(MemberStepKind.Sync, NoPartitions, _reason));
    }

    public void OnJoinFailed(ErrorCode error, string memberId, long retryAtMs)
    {
        if (error == ErrorCode.MemberIdRequired)
        {
            Identity = new MemberIdentity(memberId, -1);
            Retry("the coordinator gave an id", long.MinValue);
            return;
        }

        OnRefused(error, "join", retryAtMs);
    }

    /// <summary>The assignment came.</summary>
    public void OnSynced(IEnumerable<TopicPartition> assigned, long nowMs)
    {
        _assigned = [.. assigned];
        (_hasRevoked, _hasAssigned) = (false, false);
        _phase = Phase.Applying;
        _heartbeatAtMs = nowMs + rules.HeartbeatIntervalMs;
        _rejoinReason = null;
        Memory = new MemberMemory([.. _assigned], Identity.Generation);
    }

    public void OnSyncFailed(ErrorCode error, long retryAtMs) => OnRefused(error, "assignment", retryAtMs);

    public void OnHeartbeat(ErrorCode error, long retryAtMs)
    {
        switch (error)
        {
            case ErrorCode.None:
                Failures = 0;
                break;
            case ErrorCode.RebalanceInProgress:
                Failures = 0;
                RequestRejoin("the group rebalances");
                break;
            case ErrorCode.UnknownMemberId:
                Lose("the coordinator removed this member", forgetId: true);
                break;
            case ErrorCode.IllegalGeneration:
                Lose("the group has gone on to another generation", forgetId: false);
                break;
            case var _ when error.IsRetriable():
                OnUnreachable(retryAtMs);
                break;
            default:
                End(error, "The coordinator refuses this member");
                break;
        }
    }

    /// <summary>A commit was refused because the group does not know this member any more.</summary>
    public void OnFenced(ErrorCode error, MemberIdentity identity)
    {
        if (identity == Identity)
        {
            OnHeartbeat(error, long.MinValue);
        }
    }

    /// <summary>The coordinator could not be asked.</summary>
    public void OnUnreachable(long retryAtMs)
    {
        Failures++;
        if (_phase is Phase.Joining or Phase.Syncing)
        {
            Retry(_reason, retryAtMs);
        }
        else
        {
            _heartbeatAtMs = retryAtMs;
        }
    }

    /// <summary>A call failed in a way that trying again does not mend.</summary>
    public void OnBroken(KafkaException fault)
    {
        Fault = fault;
        _phase = Phase.Ended;
        DropOwned(fault.Message);
        _urgent.Enqueue(Step(MemberStepKind.Fail, NoPartitions, fault.Message));
    }

    /// <summary>Work is done. What was begun before partitions were lost does not count, and neither does the losing itself.</summary>
    public void OnWorkDone(int workId, MemberStepKind kind, IReadOnlyList<TopicPartition> partitions)
    {
        if (workId != _workId || kind is not (MemberStepKind.Revoke or MemberStepKind.Assign))
        {
            return;
        }

        _workId = 0;
        if (kind == MemberStepKind.Revoke)
        {
            _owned.ExceptWith(partitions);
        }
        else
        {
            _owned.UnionWith(partitions);
        }
    }

    /// <summary>The member leaves for good.</summary>
    public void OnClosed() => _phase = Phase.Ended;

    private MemberStep Apply()
    {
        if (!_hasRevoked)
        {
            _hasRevoked = true;
            TopicPartition[] gone = [.. _owned.Where(p => !_assigned.Contains(p))];
            if (gone.Length > 0)
            {
                // Somebody waits for these: another round gives them away.
                _rejoinReason = "partitions that move have been let go of";
                return Work(MemberStepKind.Revoke, gone);
            }
        }

        if (!_hasAssigned)
        {
            _hasAssigned = true;
            return Work(MemberStepKind.Assign, [.. _assigned.Where(p => !_owned.Contains(p))]);
        }

        _phase = Phase.Stable;
        if (_rejoinReason is { } reason)
        {
            Rejoin(reason);
        }

        return Wait(0);
    }

    private void OnRefused(ErrorCode error, string what, long retryAtMs)
    {
        switch (error)
        {
            case ErrorCode.UnknownMemberId:
                Lose("the coordinator does not know this member", forgetId: true);
                break;
            case ErrorCode.IllegalGeneration:
                Lose("the group has gone on to another generation", forgetId: false);
                break;
            case ErrorCode.RebalanceInProgress:
                Retry("the group rebalances again", long.MinValue);
                break;
            case var _ when error.IsRetriable():
                Failures++;
                Retry(_reason, retryAtMs);
                break;
            default:
                End(error, $"The coordinator refuses the {what} of this member");
                break;
        }
    }

    private void End(ErrorCode error, string what)
    {
        var advice = error switch
        {
            ErrorCode.FencedInstanceId => ": another consumer has the same GroupInstanceId now, which must be unique within the group",
            ErrorCode.InconsistentGroupProtocol => ": the group's members offer no assignor that this one offers, see ConsumerOptions.Assignors",
            ErrorCode.InvalidSessionTimeout => ": SessionTimeoutMs lies outside group.min.session.timeout.ms and group.max.session.timeout.ms",
            ErrorCode.GroupMaxSizeReached => ": the group has group.max.size members",
            _ => "",
        };
        OnBroken(new KafkaException(error, what + advice) { IsFatal = true });
    }

    private MemberStep Expel()
    {
        const string reason = "the application took longer than max.poll.interval.ms";
        var leaving = Step(MemberStepKind.Leave, NoPartitions, reason);
        DropOwned(reason);
        LeavingAs = Identity;
        Identity = MemberIdentity.None;
        _phase = Phase.Expelled;
        return leaving;
    }

    private void Lose(string reason, bool forgetId)
    {
        DropOwned(reason);
        Identity = new MemberIdentity(forgetId ? "" : Identity.MemberId, -1);
        Rejoin(reason);
    }

    /// <summary>Drops what it had: it may be somebody else's now.</summary>
    private void DropOwned(string reason)
    {
        // What is being taken on or let go of counts as had: the work that is under way does not end it any more.
        TopicPartition[] lost = _phase == Phase.Applying ? [.. _owned.Union(_assigned)] : [.. _owned];
        _owned.Clear();
        _assigned.Clear();
        _workId = 0;
        Memory = MemberMemory.None;
        if (lost.Length > 0)
        {
            _urgent.Enqueue(Step(MemberStepKind.Lose, lost, reason));
        }
    }

    private void Rejoin(string reason) => Retry(reason, long.MinValue);

    private void Retry(string reason, long retryAtMs)
    {
        _phase = Phase.Rejoining;
        _reason = reason;
        _rejoinReason = null;
        _retryAtMs = retryAtMs;
    }

    private MemberStep Enter(Phase phase, MemberStepKind kind)
    {
        _phase = phase;
        return Step(kind, NoPartitions, _reason);
    }

    private MemberStep Work(MemberStepKind kind, IReadOnlyList<TopicPartition> partitions)
    {
        _workId = ++_workIds;
        return new MemberStep(kind, 0, partitions, _workId, _reason);
    }

    private long Due() => Math.Min(Identity.Generation >= 0 ? _heartbeatAtMs : long.MaxValue, _progressMs + rules.MaxPollIntervalMs);

    private static MemberStep Step(MemberStepKind kind, IReadOnlyList<TopicPartition> partitions, string reason) => new(kind, 0, partitions, 0, reason);

    private static MemberStep Wait(long dueMs) => new(MemberStepKind.Wait, dueMs, NoPartitions, 0, "");
}
