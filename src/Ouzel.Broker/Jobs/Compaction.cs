using Ouzel.Broker.Configs;
using Ouzel.Storage;
using Ouzel.Storage.Compaction;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Jobs;

/// <summary>Compacts the logs of topics with cleanup.policy=compact whenever one is due, with the settings in force at that time.</summary>
internal sealed class Compaction(LogDirectories directories, Func<CleanerOptions> inForce, Schedule schedule, FaultGuard faults, TimeProvider clock)
{
    private const int BackoffMinMs = 10;

    /// <summary>Enters it into the schedule.</summary>
    /// <param name="work">Where it runs: it reads and writes whole logs, so nothing else should wait behind it.</param>
    public void Start(BlockingWork work) => schedule.Every("compaction", () => Math.Max(BackoffMinMs, inForce().BackoffMs), Run, work);

    private void Run()
    {
        var settings = inForce();
        var options = new CompactionOptions
        {
            DedupeBufferBytes = settings.DedupeBufferSize,
            LoadFactor = settings.IoBufferLoadFactor,
            IoBufferBytes = settings.IoBufferSize,
        };
        foreach (var directory in directories.All.Where(d => !d.IsOffline))
        {
            faults.Run("compaction", () => directory.Compact(options, clock.GetUtcNow().ToUnixTimeMilliseconds(), () => schedule.IsStopped));
        }
    }
}
