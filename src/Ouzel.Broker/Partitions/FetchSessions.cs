using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Partitions;

/// <summary>The fetch sessions of this node, bounded in number (max.incremental.fetch.session.cache.slots).</summary>
/// <remarks>A full cache gives the place of a session that nobody used for two minutes to a new one; otherwise the newcomer is served without a session.</remarks>
internal sealed class FetchSessions(int sessionsMax, TimeProvider clock, Random random)
{
    /// <summary>Same as Kafka's min.incremental.fetch.session.eviction.ms.</summary>
    private static readonly TimeSpan EvictableAfter = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, LinkedListNode<FetchSession>> _sessions = [];
    private readonly LinkedList<FetchSession> _byUse = new();

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
        bool usesTopicIds = version >= 13;
        if (request.SessionEpoch is 0 or -1)
        {
            // A full request ends whatever session it names.
            Remove(request.SessionId);
            plan.BeginFull(request, usesTopicIds, opensSession: request.SessionEpoch == 0);
            return;
        }

        FetchSession? session = Touch(request.SessionId);
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
            long now = clock.GetTimestamp();
            if (_sessions.Count >= sessionsMax)
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
            _sessions.Add(id, _byUse.AddLast(session));
            return session;
        }
    }

    private FetchSession? Touch(int id)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(id, out LinkedListNode<FetchSession>? node))
            {
                return null;
            }

            node.Value.UsedAt = clock.GetTimestamp();
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return node.Value;
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
        if (_sessions.Remove(id, out LinkedListNode<FetchSession>? node))
        {
            _byUse.Remove(node);
        }
    }
}
