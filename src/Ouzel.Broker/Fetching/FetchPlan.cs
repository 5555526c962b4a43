using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Fetching;

/// <summary>The demands of one Fetch request, after its session was looked up. Used again for the next.</summary>
internal sealed class FetchPlan
{
    /// <summary>Up to so many a search from the start is cheaper than an index.</summary>
    private const int SearchedMax = 8;

    private readonly List<FetchTarget> _own = [];
    private readonly Dictionary<(string? Topic, Uuid Id, int Partition), FetchTarget> _index = [];

    /// <summary>The whole request is refused.</summary>
    public ErrorCode Error { get; private set; }

    /// <summary>Null: everything is answered.</summary>
    public FetchSession? Session { get; private set; }

    /// <summary>The session's epoch after this request; when it has moved on before the response is made, the response is refused.</summary>
    public int SessionEpoch { get; private set; }

    /// <summary>In the order in which they are served. Those of a session are its own; those of a full fetch belong to this plan.</summary>
    public List<FetchTarget> Targets { get; } = [];

    /// <summary>From v13 on.</summary>
    public bool UsesTopicIds { get; private set; }

    public bool OpensSession { get; private set; }

    public void Refuse(ErrorCode error) => Begin(error, null, usesTopicIds: false, opensSession: false);

    public void BeginEmpty(bool usesTopicIds) => Begin(ErrorCode.None, null, usesTopicIds, opensSession: false);

    /// <summary>Everything that the request names, and nothing else. As in Kafka, of a partition that it names twice the last says where to read, at the place of the first.</summary>
    public void BeginFull(FetchRequest request, bool usesTopicIds, bool opensSession)
    {
        Begin(ErrorCode.None, null, usesTopicIds, opensSession);
        foreach (var topic in request.Topics)
        {
            foreach (var asked in topic.Partitions)
            {
                var name = usesTopicIds ? null : topic.Topic;
                var target = Find(name, topic.TopicId, asked.Partition);
                if (target is null)
                {
                    target = NextOwn();
                    target.Begin(name, topic.TopicId, asked.Partition);
                    Targets.Add(target);
                }

                target.Update(asked);
            }
        }
    }

    /// <summary>Begins with what the session holds. The caller has its lock.</summary>
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
        _index.Clear();
    }

    private FetchTarget? Find(string? topic, Uuid id, int partition)
    {
        if (Targets.Count < SearchedMax)
        {
            foreach (var target in Targets)
            {
                if (target.Partition == partition && target.TopicId == id && target.Topic == topic)
                {
                    return target;
                }
            }

            return null;
        }

        for (var i = _index.Count; i < Targets.Count; i++)
        {
            _index.Add((Targets[i].Topic, Targets[i].TopicId, Targets[i].Partition), Targets[i]);
        }

        return _index.GetValueOrDefault((topic, id, partition));
    }

    private void Begin(ErrorCode error, FetchSession? session, bool usesTopicIds, bool opensSession)
    {
        Targets.Clear();
        _index.Clear();
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
