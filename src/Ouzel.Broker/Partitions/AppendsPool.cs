using Ouzel.Broker.Memory;

namespace Ouzel.Broker.Partitions;

/// <summary>The <see cref="Appends"/> that are used again, and those whose producers were told that time is over while the disk still has them.</summary>
internal sealed class AppendsPool(PartitionFaults faults)
{
    /// <summary>Requests at work at one time whose state is used again; those beyond make theirs anew.</summary>
    private const int KeptMax = 1024;

    /// <summary>Requests that were answered with a timeout and still wait for their disk. At the bound a producer waits longer than it asked: else a disk that stands still and a short timeout become memory.</summary>
    private const int LingeringMax = 16 * 1024;

    private readonly Pool<Appends> _free = new(KeptMax);
    private int _lingering;

    public PartitionFaults Faults => faults;

    public bool MayLinger => Volatile.Read(ref _lingering) < LingeringMax;

    public Appends Rent()
    {
        var appends = _free.Rent();
        appends.Begin(this);
        return appends;
    }

    public void Return(Appends appends)
    {
        if (appends.IsSmall)
        {
            _free.Return(appends);
        }
    }

    public void Linger() => Interlocked.Increment(ref _lingering);

    public void EndLinger() => Interlocked.Decrement(ref _lingering);
}
