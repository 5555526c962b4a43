using Microsoft.Extensions.Hosting;

namespace Ouzel.Client.Hosting;

/// <summary>Makes the producers when the host starts, so that one that cannot be made (a type without an encoding, options that contradict each other) stops the start and not a request.</summary>
internal sealed class ProducersAtStart(IEnumerable<ProducerAtStart> producers, IServiceProvider services) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var producer in producers)
        {
            producer.Make(services);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>A producer to be made at the start.</summary>
internal sealed record ProducerAtStart(Action<IServiceProvider> Make);
