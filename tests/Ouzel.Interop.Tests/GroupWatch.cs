namespace Ouzel.Interop.Tests;

/// <summary>A member of a group under test: what it owns now, and what it has read.</summary>
internal sealed class GroupMember(ForeignClient client, string address, string topic, string group) : IAsyncDisposable
{
    public ForeignProgram Program { get; } = client.Start(client.Cooperative ? "cooperative" : "group", address, topic, group);

    /// <summary>The partitions it owns by its own account; null before its first assignment.</summary>
    public HashSet<int>? Owned
    {
        get
        {
            HashSet<int>? owned = null;
            foreach (var line in Program.Lines)
            {
                if (line.Assigned is { } assigned)
                {
                    owned = client.Cooperative && owned is not null ? [.. owned, .. assigned] : [.. assigned];
                }
                else if (line.Revoked is { } revoked)
                {
                    owned?.ExceptWith(revoked);
                }
            }

            return owned;
        }
    }

    public IEnumerable<int> Numbers => Program.Records.Select(r => r.Number);

    public ValueTask DisposeAsync() => Program.DisposeAsync();
}

/// <summary>Waits on several members at once.</summary>
internal static class GroupWatch
{
    /// <summary>Waits until the living members own every partition exactly once.</summary>
    public static Task UntilSharedAsync(int partitions, int secondsMax, params GroupMember[] members) =>
        members[0].Program.UntilAsync(
            () => members.All(m => m.Owned is not null) && members.Sum(m => m.Owned!.Count) == partitions && members.SelectMany(m => m.Owned!).Distinct().Count() == partitions,
            $"{members.Length} members own the {partitions} partitions between them", secondsMax);

    /// <summary>Waits until the members together have read all these numbers.</summary>
    public static Task UntilReadAsync(IEnumerable<int> numbers, params GroupMember[] members)
    {
        HashSet<int> wanted = [.. numbers];
        return members[^1].Program.UntilAsync(
            () => wanted.IsSubsetOf(members.SelectMany(m => m.Numbers)), $"{members.Length} members have read {wanted.Min()} to {wanted.Max()}");
    }

    /// <summary>Nobody has read anything twice.</summary>
    public static void ReadOnce(params GroupMember[] members)
    {
        List<int> twice = [.. members.SelectMany(m => m.Numbers).GroupBy(n => n).Where(n => n.Count() > 1).Select(n => n.Key)];
        Assert.True(twice.Count == 0, $"read more than once: {string.Join(' ', twice)}");
    }
}
