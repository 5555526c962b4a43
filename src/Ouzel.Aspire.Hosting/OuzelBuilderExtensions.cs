using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Ouzel.Aspire.Hosting;
using Ouzel.Testing;

namespace Aspire.Hosting;

/// <summary>A Kafka broker in an Aspire app host.</summary>
public static class OuzelBuilderExtensions
{
    /// <summary>
    /// Adds a broker that runs inside the app host's process, on the loopback address, with its data in memory: programs and projects of this machine reach it, containers do not. It is
    /// a thing of development and left out of what is published.
    /// </summary>
    /// <param name="builder">The app host.</param>
    /// <param name="name">Name of the resource and of its connection string.</param>
    /// <param name="port">A port that stays the same; null for one that the system chooses.</param>
    public static IResourceBuilder<OuzelResource> AddOuzel(this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        builder.Services.TryAddSingleton<RunningBrokers>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RunningBrokers>(static services => services.GetRequiredService<RunningBrokers>()));
        return builder.AddResource(new OuzelResource(name) { Port = port ?? 0 })
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "Ouzel", Properties = [], State = KnownResourceStates.NotStarted })
            .OnInitializeResource(StartAsync)
            .ExcludeFromManifest();
    }

    /// <summary>Has a topic made before the broker is ready.</summary>
    /// <param name="builder">The broker.</param>
    /// <param name="topic">Its name.</param>
    /// <param name="partitions">Number of its partitions.</param>
    /// <param name="settings">Its settings, such as ("cleanup.policy", "compact").</param>
    public static IResourceBuilder<OuzelResource> WithTopic(this IResourceBuilder<OuzelResource> builder, string topic, int partitions = 1, params (string Name, string Value)[] settings)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(topic);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(partitions);
        builder.Resource.Add(topic, partitions, settings);
        return builder;
    }

    /// <summary>Keeps the data in this directory, over runs of the app host. A directory serves one broker at a time.</summary>
    public static IResourceBuilder<OuzelResource> WithDataDirectory(this IResourceBuilder<OuzelResource> builder, string path)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        builder.Resource.DataDirectory = Path.GetFullPath(path, builder.ApplicationBuilder.AppHostDirectory);
        return builder;
    }

    /// <summary>Sets a key of server.properties.</summary>
    public static IResourceBuilder<OuzelResource> WithProperty(this IResourceBuilder<OuzelResource> builder, string key, string value)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(key);
        builder.Resource.Properties[key] = value;
        return builder;
    }

    private static async Task StartAsync(OuzelResource resource, InitializeResourceEvent start, CancellationToken cancellation)
    {
        await start.Notifications.PublishUpdateAsync(resource, static s => s with { State = KnownResourceStates.Starting });
        try
        {
            await start.Eventing.PublishAsync(new BeforeResourceStartedEvent(resource, start.Services), cancellation);
            var broker = await OuzelTestBroker.StartAsync(options =>
            {
                resource.Configure(options);
                options.Logger = start.Logger;
            });
            start.Services.GetRequiredService<RunningBrokers>().Add(broker);
            await resource.CreateTopicsAsync(broker);
            resource.OnRunning(broker.BootstrapServers);
        }
        catch (Exception fault)
        {
            resource.OnFailed(fault);
            AspireEvents.NotStarted(start.Logger, fault, resource.Name);
            await start.Notifications.PublishUpdateAsync(resource, static s => s with { State = KnownResourceStates.FailedToStart });
            return;
        }

        await start.Eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, start.Services), cancellation);
        var address = await ((IResourceWithConnectionString)resource).GetConnectionStringAsync(cancellation);
        var clock = start.Services.GetService<TimeProvider>() ?? TimeProvider.System;
        await start.Notifications.PublishUpdateAsync(resource, s => s with
        {
            State = KnownResourceStates.Running,
            StartTimeStamp = clock.GetUtcNow().UtcDateTime,
            Properties = [.. s.Properties, new ResourcePropertySnapshot("bootstrap.servers", address)],
        });
    }
}
