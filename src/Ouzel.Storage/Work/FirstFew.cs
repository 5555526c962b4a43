namespace Ouzel.Storage.Work;

/// <summary>Lets the first few of many alike log lines through and counts all, so that a start with thousands of logs says a page and not a book.</summary>
internal sealed class FirstFew(int max)
{
    private int _count;

    /// <summary>The number not let through.</summary>
    public int Withheld => Math.Max(0, Volatile.Read(ref _count) - max);

    /// <summary>Counts one; true when it may be told.</summary>
    public bool Next() => Interlocked.Increment(ref _count) <= max;
}
