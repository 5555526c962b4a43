using System.Collections.Concurrent;

namespace Ouzel.Stress.Tests.Checks;

/// <summary>The leaders told to each generation of the one group that members join. Safe from any thread.</summary>
internal sealed class GroupLedger(Run run)
{
    private readonly ConcurrentDictionary<(int Generation, string FirstMember), string> _leaders = [];

    /// <summary>A generation that is emptied by a lost coordinator may be numbered again; its members are then others.</summary>
    public void Leads(int generation, IEnumerable<string> members, string memberId)
    {
        var leader = _leaders.GetOrAdd((generation, members.Min(StringComparer.Ordinal)!), memberId);
        run.Require(leader == memberId, $"generation {generation} has two leaders: {leader} and {memberId}");
    }
}
