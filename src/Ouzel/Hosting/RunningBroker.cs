using Microsoft.Extensions.Logging;
using Ouzel.Broker.Configs;
using Ouzel.Storage.Disks;

namespace Ouzel.Hosting;

/// <summary>A broker of this process, on real sockets and the machine's disk or none.</summary>
internal sealed class RunningBroker : IBrokerHandle
{
    private readonly Ouzel.Broker.Broker _broker;
    private readonly HeapReturn _heap = new();
    private readonly ITimer _looks;

    private RunningBroker(Ouzel.Broker.Broker broker, TimeProvider clock)
    {
        _broker = broker;
        _looks = clock.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        LookAgain();
    }

    public IReadOnlyList<ListenerOptions> Listeners => _broker.Listeners;

    public Task Ended => _broker.Ended;

    public static async Task<IBrokerHandle> StartAsync(BrokerOptions options, ILoggerFactory loggers)
    {
        LimitHeap(options.Ouzel.HeapBytesMax);
        var clock = TimeProvider.System;
        Disk disk = options.InMemory ? new MemoryDisk(clock) : new RealDisk();
#pragma warning disable RS0030 // Here the node's one source of chance begins; what must be secret does not come from it.
        var random = new Random();
#pragma warning restore RS0030
        return new RunningBroker(await Ouzel.Broker.Broker.StartAsync(options, clock, disk, random, loggers), clock);
    }

    public Task<int> EnsureTopicAsync(string name, int partitions) => _broker.EnsureTopicAsync(name, partitions);

    public async Task StopAsync()
    {
        await _looks.DisposeAsync();
        await _broker.StopAsync();
    }

    /// <summary>One look at a time: the next is asked for when this one is over.</summary>
    private void Look()
    {
        if (_heap.IsWorthWhile(Figures()))
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            _heap.OnCollected(Figures());
        }

        LookAgain();
    }

    private void LookAgain() => _looks.Change(HeapReturn.Interval, Timeout.InfiniteTimeSpan);

    private static HeapFigures Figures() => new(Math.Max(GC.GetGCMemoryInfo().TotalCommittedBytes, GC.GetTotalMemory(forceFullCollection: false)), GC.GetTotalAllocatedBytes());

    /// <summary>Tells the runtime what ouzel.memory.limit leaves to it: it then collects before the heap outgrows that.</summary>
    private static void LimitHeap(long bytesMax)
    {
        AppContext.SetData("GCHeapHardLimit", (ulong)bytesMax);
        GC.RefreshMemoryLimit();
    }
}
