using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Ouzel.Testing;

namespace Ouzel.Aspire.Hosting;

/// <summary>The brokers of an app host, which end with it.</summary>
internal sealed class RunningBrokers : IHostedService, IAsyncDisposable
{
    private readonly ConcurrentBag<OuzelTestBroker> _brokers = [];

    public void Add(OuzelTestBroker broker) => _brokers.Add(broker);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken) => await DisposeAsync();

    /// <summary>An app host that is not stopped may still be disposed.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_brokers.TryTake(out var broker))
        {
            await broker.DisposeAsync();
        }
    }
}
