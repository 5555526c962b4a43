using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Ouzel.Testing;

namespace Ouzel.Client.Hosting.Tests.Support;

/// <summary>A host of .NET whose client reaches a broker of this process without a socket.</summary>
internal static class HostUnderTest
{
    public static Task<OuzelTestBroker> StartBrokerAsync(Action<OuzelTestBrokerOptions>? configure = null) => OuzelTestBroker.StartAsync(o =>
    {
        o.Sockets = false;
        configure?.Invoke(o);
    });

    public static IHost Build(OuzelTestBroker broker, Action<OuzelBuilder> add, params (string Name, string Value)[] settings)
    {
        var host = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        host.Configuration.AddInMemoryCollection([new("Ouzel:BootstrapServers", broker.BootstrapServers), new("Ouzel:RetryBackoffMs", "10")]);
        host.Configuration.AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>($"Ouzel:{s.Name}", s.Value)));
        host.Services.AddSingleton<Seen>();
        add(host.Services.AddOuzel(host.Configuration.GetSection("Ouzel")).ConnectBy(broker.ConnectAsync));
        return host.Build();
    }

    public static async Task<IHost> StartAsync(OuzelTestBroker broker, Action<OuzelBuilder> add, params (string Name, string Value)[] settings)
    {
        var host = Build(broker, add, settings);
        await host.StartAsync();
        return host;
    }

    public static async Task StopAsync(this IHost host)
    {
        await host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    public static Seen Seen(this IHost host) => host.Services.GetRequiredService<Seen>();

    public static async Task ProduceAsync(this OuzelTestBroker broker, string topic, params (string? Key, string Value)[] records)
    {
        await using var client = await ConnectAsync(broker);
        await using var producer = client.CreateProducer<string, string>();
        foreach (var (key, value) in records)
        {
            await producer.EnqueueAsync(new ProducerRecord<string, string>(topic, key, value));
        }

        await producer.FlushAsync();
    }

    /// <summary>The offset that a group committed for a partition; null for none.</summary>
    public static async Task<long?> CommittedAsync(this OuzelTestBroker broker, string group, string topic, int partition = 0)
    {
        await using var client = await ConnectAsync(broker);
        await using var consumer = client.CreateConsumer<string, string>([new(topic, partition)], group);
        return (await consumer.CommittedAsync([new(topic, partition)])) is [var found] ? found.Offset : null;
    }

    public static Task<OuzelClient> ConnectAsync(OuzelTestBroker broker) =>
        OuzelClient.ConnectAsync(new OuzelClientOptions { BootstrapServers = broker.BootstrapServers, Connect = broker.ConnectAsync });
}
