using Ouzel.Protocol;

namespace Ouzel.Broker.Partitions;

/// <summary>What one Fetch request asks for, after its session was looked up.</summary>
internal sealed class FetchPlan
{
    private FetchPlan(ErrorCode error, FetchSession? session, IReadOnlyList<FetchTarget> targets, bool usesTopicIds, bool opensSession)
    {
        Error = error;
        Session = session;
        Targets = targets;
        UsesTopicIds = usesTopicIds;
        OpensSession = opensSession;
        SessionEpoch = session?.Epoch ?? 0;
    }

    /// <summary>The whole request is refused.</summary>
    public ErrorCode Error { get; }

    /// <summary>Null: everything is answered.</summary>
    public FetchSession? Session { get; }

    /// <summary>The session's epoch after this request; when it has moved on before the answer is made, the answer is refused.</summary>
    public int SessionEpoch { get; }

    /// <summary>In the order in which they are served.</summary>
    public IReadOnlyList<FetchTarget> Targets { get; }

    /// <summary>From v13 on.</summary>
    public bool UsesTopicIds { get; }

    public bool OpensSession { get; }

    public static FetchPlan Refused(ErrorCode error) => new(error, null, [], false, false);

    public static FetchPlan Full(IReadOnlyList<FetchTarget> targets, bool usesTopicIds, bool opensSession) => new(ErrorCode.None, null, targets, usesTopicIds, opensSession);

    public static FetchPlan Incremental(FetchSession session, IReadOnlyList<FetchTarget> targets) => new(ErrorCode.None, session, targets, session.UsesTopicIds, false);
}
