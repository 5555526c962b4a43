using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Partitions;

/// <summary>What one Fetch request asks for, after its session was looked up. Used again for the next.</summary>
internal sealed class FetchPlan
{
    private readonly List<FetchTarget> _own = [];

    /// <summary>The whole request is refused.</summary>
    public ErrorCode Error { get; private set; }

    /// <summary>Null: everything is answered.</summary>
    public FetchSession? Session { get; private set; }

    /// <summary>The session's epoch after this request; when it has moved on before the answer is made, the answer is refused.</summary>
    public int SessionEpoch { get; private set; }

    /// <summary>In the order in which they are served. Those of a session are its own; those of a full fetch belong to this plan.</summary>
    public List<FetchTarget> Targets { get; } = [];

    /// <summary>From v13 on.</summary>
    public bool UsesTopicIds { get; private set; }

    public bool OpensSession { get; private set; }

    public void Refuse(ErrorCode error) => Begin(error, null, usesTopicIds: false, opensSession: false);

    public void BeginEmpty(bool usesTopicIds) => Begin(ErrorCode.None, null, usesTopicIds, opensSession: false);

    /// <summary>Everything that the request names, and nothing else.</summary>
    public void BeginFull(FetchRequest request, bool usesTopicIds, bool opensSession)
    {
        Begin(ErrorCode.None, null, usesTopicIds, opensSession);
        foreach (FetchRequest.FetchTopic topic in request.Topics)
        {
            foreach (FetchRequest.FetchPartition asked in topic.Partitions)
            {
                FetchTarget target = NextOwn();
                target.Begin(usesTopicIds ? null : topic.Topic, topic.TopicId, asked.Partition);
                target.Update(asked);
                Targets.Add(target);
            }
        }
    }

    /// <summary>What the session holds. The caller has its lock.</summary>
    public void BeginIncremental(FetchSession session)
    {
        Begin(ErrorCode.None, session, session.UsesTopicIds, opensSession: false);
        session.CopyTargetsTo(Targets);
    }

    /// <summary>Keeps nothing of the request alive.</summary>
    public void Clear()
    {
        Session = null;
        Targets.Clear();
    }

    private void Begin(ErrorCode error, FetchSession? session, bool usesTopicIds, bool opensSession)
    {
        Targets.Clear();
        (Error, Session, SessionEpoch, UsesTopicIds, OpensSession) = (error, session, session?.Epoch ?? 0, usesTopicIds, opensSession);
    }

    private FetchTarget NextOwn()
    {
        if (_own.Count == Targets.Count)
        {
            _own.Add(new FetchTarget());
        }

        return _own[Targets.Count];
    }
}
