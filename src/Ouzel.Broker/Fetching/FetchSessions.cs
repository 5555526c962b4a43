using Ouzel.Broker.Memory;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Fetching;

/// <summary>The fetch sessions of this node, bounded in number (max.incremental.fetch.session.cache.slots) and in the partitions that they remember together.</summary>
/// <remarks>
/// A full cache gives the place of a session that nobody used for two minutes to a new one; otherwise the newcomer is served without a session. One that grows
/// beyond the bound ends: its client is told that it is not there (70) and goes on without.
/// </remarks>
/// <param name="partitionsMax">Of all sessions; see <see cref="PartitionBytes"/>.</param>
internal sealed class FetchSessions(int sessionsMax, int partitionsMax, TimeProvider clock, Random random)
{
    /// <summary>A partition of a session: its target, its place in the order and in the index. Measured 230.</summary>
    public const int PartitionBytes = 256;

    /// <summary>Same as Kafka's min.incremental.fetch.session.eviction.ms.</summary>
    private static readonly TimeSpan EvictableAfter = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, LinkedListNode<FetchSession>> _sessions = [];
    private readonly LinkedList<FetchSession> _byUse = new();
    private long _partitions;

    /// <summary>The number of partitions that the sessions remember together.</summary>
    public long Partitions => Interlocked.Read(ref _partitions);

    /// <summary>The number of partitions that a share of the memory limit holds.</summary>
    public static int PartitionsIn(long memoryBytesMax) => (int)Math.Min(int.MaxValue, Math.Max(memoryBytesMax, MemoryBudget.LimitBytesMin) / 32 / PartitionBytes);

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>Decides what the request fetches: only this, this and more next time, or what its session holds.</summary>
    public void Plan(FetchRequest request, short version, FetchPlan plan)
    {
        var usesTopicIds = version >= 13;
        if (request.SessionEpoch is 0 or -1)
        {
            // A full request ends whatever session it names.
            Remove(request.SessionId);
            plan.BeginFull(request, usesTopicIds, opensSession: request.SessionEpoch == 0);
            return;
        }

        var session = Touch(request.SessionId);
        if (session is null)
        {
            plan.Refuse(ErrorCode.FetchSessionIdNotFound);
            return;
        }

        lock (session.Gate)
        {
            if (session.Epoch != request.SessionEpoch)
            {
                plan.Refuse(ErrorCode.InvalidFetchSessionEpoch);
                return;
            }

            if (session.UsesTopicIds != usesTopicIds)
            {
                plan.Refuse(ErrorCode.FetchSessionTopicIdError);
                return;
            }

            session.Update(request);
            if (!Weigh(session))
            {
                plan.Refuse(ErrorCode.FetchSessionIdNotFound);
                return;
            }

            if (session.Count == 0)
            {
                Remove(session.Id);
                plan.BeginEmpty(usesTopicIds);
                return;
            }

            session.Advance();
            plan.BeginIncremental(session);
        }
    }

    /// <summary>Opens a session for the partitions of a full fetch; null when there is no place.</summary>
    public FetchSession? Open(FetchPlan plan)
    {
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            if (plan.Targets.Count > partitionsMax)
            {
                return null;
            }

            while (_sessions.Count >= sessionsMax || _partitions + plan.Targets.Count > partitionsMax)
            {
                if (_byUse.First is not { } oldest || clock.GetElapsedTime(oldest.Value.UsedAt, now) < EvictableAfter)
                {
                    return null;
                }

                RemoveUnderLock(oldest.Value.Id);
            }

            int id;
            do
            {
                id = random.Next(1, int.MaxValue);
            }
            while (_sessions.ContainsKey(id));

            var session = new FetchSession(id, plan.UsesTopicIds, now);
            session.Adopt(plan.Targets);
            session.Weight = session.Count;
            _partitions += session.Weight;
            _sessions.Add(id, _byUse.AddLast(session));
            return session;
        }
    }

    private FetchSession? Touch(int id)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(id, out var node))
            {
                return null;
            }

            node.Value.UsedAt = clock.GetTimestamp();
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return node.Value;
        }
    }

    /// <summary>Notes how much a session remembers now; false when that is too much, and it has ended. The caller has the session's lock.</summary>
    private bool Weigh(FetchSession session)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(session.Id, out var node) || !ReferenceEquals(node.Value, session))
            {
                // It ended since it was found; this response is its last.
                return true;
            }

            _partitions += session.Count - session.Weight;
            session.Weight = session.Count;
            if (_partitions <= partitionsMax)
            {
                return true;
            }

            RemoveUnderLock(session.Id);
            return false;
        }
    }

    private void Remove(int id)
    {
        lock (_gate)
        {
            RemoveUnderLock(id);
        }
    }

    private void RemoveUnderLock(int id)
    {
        if (_sessions.Remove(id, out var node))
        {
            _byUse.Remove(node);
            _partitions -= node.Value.Weight;
        }
    }
}
