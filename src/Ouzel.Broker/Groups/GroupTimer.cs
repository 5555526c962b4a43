namespace Ouzel.Broker.Groups;

/// <summary>The kinds of times that a shard waits for.</summary>
internal enum GroupTimerKind
{
    /// <summary>The end of a member's session, or of an id that was handed out.</summary>
    Session,

    /// <summary>The end of a group's wait for joins.</summary>
    Join,

    /// <summary>The end of a group's wait for syncs.</summary>
    Sync,

    /// <summary>The next look for expired offsets and groups, of the whole shard.</summary>
    Retention,
}

/// <summary>Names one deadline.</summary>
internal readonly record struct GroupTimer(GroupTimerKind Kind, string Group = "", string Member = "");
