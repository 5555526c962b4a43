using Microsoft.Extensions.Logging;
using Ouzel.Broker.Configs;
using Ouzel.Storage.Disks;

namespace Ouzel.Hosting;

/// <summary>A broker of this process, on real sockets and the machine's disk or none.</summary>
internal sealed class RunningBroker(Ouzel.Broker.Broker broker) : IBrokerHandle
{
    public IReadOnlyList<ListenerOptions> Listeners => broker.Listeners;

    public Task Ended => broker.Ended;

    public static async Task<IBrokerHandle> StartAsync(BrokerOptions options, ILoggerFactory loggers)
    {
        LimitHeap(options.Ouzel.HeapBytesMax);
        var clock = TimeProvider.System;
        Disk disk = options.InMemory ? new MemoryDisk(clock) : new RealDisk();
#pragma warning disable RS0030 // Here the node's one source of chance begins; what must be secret does not come from it.
        var random = new Random();
#pragma warning restore RS0030
        return new RunningBroker(await Ouzel.Broker.Broker.StartAsync(options, clock, disk, random, loggers));
    }

    public Task<int> EnsureTopicAsync(string name, int partitions) => broker.EnsureTopicAsync(name, partitions);

    public Task StopAsync() => broker.StopAsync();

    /// <summary>Tells the runtime what ouzel.memory.limit leaves to it: it then collects before the heap outgrows that.</summary>
    private static void LimitHeap(long bytesMax)
    {
        AppContext.SetData("GCHeapHardLimit", (ulong)bytesMax);
        GC.RefreshMemoryLimit();
    }
}
