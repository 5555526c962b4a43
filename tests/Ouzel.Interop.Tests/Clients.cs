using Ouzel.Interop.Tests;

[assembly: AssemblyFixture(typeof(SharedBroker))]

// Most of the time is spent waiting for session timeouts, so more classes run than there are cores.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]

namespace Ouzel.Interop.Tests;

/// <summary>One broker for all the tests that leave it as they found it; each works on topics and groups of its own.</summary>
public sealed class SharedBroker : IAsyncLifetime
{
    /// <summary>Partitions of topics that are created by the first who asks.</summary>
    internal const int Partitions = 4;

    private BrokerProcess? _broker;

    internal string Address => _broker!.Address;

    internal string LogTail => _broker!.LogTail;

    public async ValueTask InitializeAsync() =>
        _broker = await BrokerProcess.StartAsync(["--set", $"num.partitions={Partitions}", "--set", "offsets.topic.num.partitions=5",
            .. ForeignClient.All.SelectMany(c => (string[])["--topic", $"spare-{c.Name}:2"])]);

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }
    }
}
