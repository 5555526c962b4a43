namespace Ouzel.Simulation.Tests.Bed;

/// <summary>The state of disk and network at present. Calm weather still has delays.</summary>
internal sealed class Weather(Scheduler scheduler)
{
    private readonly double _delayMsMax = scheduler.Random.Next(3) switch { 0 => 0.2, 1 => 3, _ => 40 };
    private readonly double _cutChance = scheduler.Random.Next(3) switch { 0 => 0, 1 => 0.01, _ => 0.05 };

    /// <summary>Faults may happen; off while the run heals.</summary>
    public bool IsBad { get; set; } = true;

    public long DiskSlowUntilTicks { get; set; }

    public double SyncMs() => scheduler.NowTicks < DiskSlowUntilTicks
        ? scheduler.Random.Next(20, 1000)
        : 0.2 + (scheduler.Random.NextDouble() * scheduler.Random.NextDouble() * 6);

    public double DelayMs() => 0.05 + (scheduler.Random.NextDouble() * _delayMsMax);

    public bool CutsNow() => IsBad && scheduler.Random.NextDouble() < _cutChance;
}
