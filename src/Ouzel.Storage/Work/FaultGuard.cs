using Microsoft.Extensions.Logging;

namespace Ouzel.Storage.Work;

/// <summary>
/// The guard that the loops of a node run their items through, so that none of them ends by one exception: a fault costs the item, is told, and the loop goes
/// on. Where going on would lie, whoever runs the item takes the partition or the directory offline as well.
/// </summary>
/// <remarks>
/// A fault is told with its stack the first time, and after that once in ten minutes while it comes again: something that fails for every request must not fill
/// the disk with lines, and what fails for ever must not fall silent. What was not told in between is counted. Safe from any thread.
/// </remarks>
/// <param name="log">Told about faults.</param>
/// <param name="clock">Tells how long ago a fault was told.</param>
public sealed class FaultGuard(ILogger log, TimeProvider clock)
{
    /// <summary>The number of kinds of faults told from each other; those beyond share one place.</summary>
    private const int KindsMax = 256;

    private static readonly TimeSpan QuietMin = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Loop, Type Fault), Seen> _seen = [];

    /// <summary>Faults so far, told or not.</summary>
    public long Count { get; private set; }

    /// <summary>Runs one item of a loop; false when it ended with a fault, which was told.</summary>
    /// <param name="loop">What the loop does, as a log line says it: "compaction of t-0". Few different ones.</param>
    /// <param name="item">One round.</param>
    public bool Run(string loop, Action item)
    {
        try
        {
            item();
            return true;
        }
        catch (Exception fault)
        {
            Tell(loop, fault);
            return false;
        }
    }

    /// <summary>The same for an item that waits; for loops whose end nobody awaits.</summary>
    public async Task<bool> RunAsync(string loop, Func<Task> item)
    {
        try
        {
            await item();
            return true;
        }
        catch (Exception fault)
        {
            Tell(loop, fault);
            return false;
        }
    }

    /// <summary>Tells of a fault that was caught where the item runs.</summary>
    public void Tell(string loop, Exception fault)
    {
        long untold;
        lock (_lock)
        {
            Count++;
            var kind = (loop, fault.GetType());
            if (_seen.Count >= KindsMax && !_seen.ContainsKey(kind))
            {
                kind = ("", typeof(Exception));
            }

            var now = clock.GetTimestamp();
            var isKnown = _seen.TryGetValue(kind, out var seen);
            var isTold = !isKnown || clock.GetElapsedTime(seen.ToldAt, now) >= QuietMin;
            untold = isTold ? seen.Untold : -1;
            _seen[kind] = isTold ? new Seen(now, 0) : seen with { Untold = seen.Untold + 1 };
        }

        if (untold >= 0)
        {
            StorageEvents.LoopFault(log, fault, loop, untold);
        }
    }

    private readonly record struct Seen(long ToldAt, long Untold);
}
