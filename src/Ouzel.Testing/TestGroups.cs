using Ouzel.Broker.Groups;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Testing;

/// <summary>The broker's consumer groups.</summary>
public sealed class TestGroups
{
    private const string Stable = "Stable";

    /// <summary>A group that is not there by then will not be: real time, whatever clock the broker has.</summary>
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(30);

    private readonly Func<GroupCoordinator> _coordinator;
    private readonly Pulse _pulse;

    internal TestGroups(Func<GroupCoordinator> coordinator, Pulse pulse) => (_coordinator, _pulse) = (coordinator, pulse);

    /// <summary>Completes when all members of a classic group have their partitions and are this many.</summary>
    /// <param name="group">The group.</param>
    /// <param name="members">How many.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="TimeoutException">It took longer than 30 seconds of real time.</exception>
    public async Task WaitForStableAsync(string group, int members, CancellationToken cancellation = default)
    {
        while (true)
        {
            var next = _pulse.Next;
            var (state, count) = await StateAsync(group);
            if (state == Stable && count == members)
            {
                return;
            }

            try
            {
                await next.WaitAsync(PatienceMax, TimeProvider.System, cancellation);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"group {group} is {state} with {count} members after {PatienceMax.TotalSeconds} s without a request, not {Stable} with {members}");
            }
        }
    }

    /// <summary>The group's state in Kafka's words, such as Stable or PreparingRebalance, and the number of its members.</summary>
    public async Task<(string State, int Members)> StateAsync(string group)
    {
        var context = new GroupRequestContext(Version: 5, ClientId: "", ClientHost: "");
        var response = await _coordinator().DescribeGroupsAsync(new DescribeGroupsRequest { Groups = [group] }, context);
        var found = response.Groups[0];
        return found.ErrorCode == ErrorCode.None ? (found.GroupState, found.Members.Count) : (found.ErrorCode.ToString(), 0);
    }
}
