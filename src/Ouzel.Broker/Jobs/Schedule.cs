using Ouzel.Storage.Work;

namespace Ouzel.Broker.Jobs;

/// <summary>The node's jobs from time to time. They run one after the other, off the threads that serve requests; a failing job is told and tried again next time.</summary>
internal sealed class Schedule(TimeProvider clock, BlockingWork work, FaultGuard faults) : IDisposable
{
    /// <summary>Until the next run of a job whose interval cannot be told.</summary>
    private static readonly TimeSpan IntervalInDoubt = TimeSpan.FromMinutes(1);

    private readonly List<Job> _jobs = [];
    private volatile bool _isStopped;

    /// <summary>True when nothing begins any more; a long job asks it to end early.</summary>
    public bool IsStopped => _isStopped;

    /// <summary>Runs <paramref name="run"/> every <paramref name="intervalMs"/> milliseconds, first after that time; a run that takes longer is not overtaken by the next.</summary>
    public void Every(string name, long intervalMs, Action run) => Every(name, () => intervalMs, run, work);

    /// <summary>The same with an interval that may change, and apart from the other jobs: they do not wait for it.</summary>
    public void Every(string name, Func<long> intervalMs, Action run, BlockingWork apart)
    {
        var job = new Job(name, intervalMs, run);
        _jobs.Add(job);
        job.Timer = clock.CreateTimer(_ => Begin(job, apart), null, job.Interval, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _isStopped = true;
        foreach (var job in _jobs)
        {
            job.IsStopped = true;
            job.Timer?.Dispose();
        }
    }

    /// <summary>On the clock's thread, where an exception would end the process.</summary>
    private void Begin(Job job, BlockingWork apart)
    {
        if (!job.IsStopped && !faults.Run(job.Name, () => apart.Start(() => RunOnce(job))))
        {
            Again(job);
        }
    }

    private void RunOnce(Job job)
    {
        if (job.IsStopped)
        {
            return;
        }

        faults.Run(job.Name, job.Run);
        Again(job);
    }

    private void Again(Job job)
    {
        var interval = IntervalInDoubt;
        faults.Run(job.Name, () => interval = job.Interval);
        job.Timer?.Change(interval, Timeout.InfiniteTimeSpan);
    }

    private sealed class Job(string name, Func<long> intervalMs, Action run)
    {
        public string Name => name;

        public TimeSpan Interval => TimeSpan.FromMilliseconds(Math.Clamp(intervalMs(), 1, uint.MaxValue - 1L));

        public Action Run => run;

        public ITimer? Timer { get; set; }

        public volatile bool IsStopped;
    }
}
