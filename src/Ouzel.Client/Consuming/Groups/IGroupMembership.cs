using Ouzel.Protocol;

namespace Ouzel.Client.Consuming.Groups;

/// <summary>A consumer's membership of its group: by the classic protocol, or by a later one.</summary>
internal interface IGroupMembership : IAsyncDisposable
{
    /// <summary>As whom offsets are committed.</summary>
    MemberIdentity Identity { get; }

    /// <summary>Ends when the identity may have changed. Take it before looking.</summary>
    Task NextChange { get; }

    /// <summary>Joins, unless it has been called before. Later calls say that the application is there.</summary>
    void OnApplicationReads();

    /// <summary>The coordinator refused a commit of <paramref name="identity"/> because it knows no such member of the present generation.</summary>
    void OnFenced(ErrorCode error, MemberIdentity identity);

    /// <summary>Stops and, unless the member is a static one, leaves the group.</summary>
    Task LeaveAsync(string reason, CancellationToken cancellation);
}

/// <summary>
/// The owner of the partitions that a membership gives and takes. Calls come in order; those of Revoke and Assign may still be under way when Lose comes.
/// </summary>
internal interface IGroupOwner
{
    /// <summary>True when the application waits for records.</summary>
    bool IsWaiting { get; }

    /// <summary>Grows whenever the application asks for records.</summary>
    long Progress { get; }

    /// <summary>Ends when the application has finished with the partitions and their offsets are committed.</summary>
    Task RevokeAsync(IReadOnlyList<TopicPartition> partitions, int generation, string reason);

    Task AssignAsync(IReadOnlyList<TopicPartition> partitions, int generation, string reason);

    /// <summary>Takes effect before the call returns; the task is the application's being told.</summary>
    Task LoseAsync(IReadOnlyList<TopicPartition> partitions, int generation, string reason);

    void Fail(Exception fault);
}
