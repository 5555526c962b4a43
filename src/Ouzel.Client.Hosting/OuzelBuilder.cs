using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ouzel.Client.Hosting;
using Ouzel.Client.Hosting.Handling;
using Ouzel.Client.Hosting.Health;

namespace Ouzel.Client;

/// <summary>Adds encodings, producers and handlers to a host that has the client.</summary>
public sealed class OuzelBuilder
{
    internal OuzelBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services that everything is registered with.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Keys and values of this type are JSON, through source-generated metadata: <c>AddJson(ShopJson.Default.Order)</c>.</summary>
    public OuzelBuilder AddJson<T>(JsonTypeInfo<T> typeInfo) => AddSerde(Serdes.Json(typeInfo));

    /// <summary>Keys and values of this type are encoded so. Types that <see cref="Serdes.Of{T}"/> knows need none.</summary>
    public OuzelBuilder AddSerde<T>(ISerde<T> serde)
    {
        ArgumentNullException.ThrowIfNull(serde);
        Services.AddSingleton(serde);
        return this;
    }

    /// <summary>
    /// A producer for a topic: <see cref="IProducer{TKey, TValue}"/>, whose records without a topic go there. Of several with the same types, the last is found by type; each is found by
    /// its topic, as <c>[FromKeyedServices("orders")]</c>.
    /// </summary>
    /// <param name="topic">Its topic.</param>
    public OuzelBuilder AddProducer<TKey, TValue>(string topic)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        Services.AddKeyedSingleton<IProducer<TKey, TValue>>(topic, (services, _) => services.GetRequiredService<OuzelClient>().CreateProducer(
            SerdeOf<TKey>(services), SerdeOf<TValue>(services), ClientSettings.Producer(services.GetRequiredService<IOptions<OuzelOptions>>().Value.Producer, topic)));
        Services.AddSingleton(services => services.GetRequiredKeyedService<IProducer<TKey, TValue>>(topic));
        Services.AddSingleton(new ProducerAtStart(services => services.GetRequiredKeyedService<IProducer<TKey, TValue>>(topic)));
        return this;
    }

    /// <summary>
    /// A handler that reads topics as a member of a group, from the host's start to its stop. What it has handled is committed, and nothing else: each record is handled at least once.
    /// Registered twice, the group has two members in this host.
    /// </summary>
    /// <param name="group">Group id.</param>
    /// <param name="topics">What it reads.</param>
    /// <param name="configure">Where it begins, what it handles at once, what becomes of failures; null for the defaults of <see cref="HandlerBuilder"/>.</param>
    /// <exception cref="ArgumentException">What it is told contradicts itself.</exception>
    public OuzelBuilder AddHandler<TKey, TValue, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        string group, IReadOnlyCollection<string> topics, Action<HandlerBuilder>? configure = null)
        where THandler : class, IRecordHandler<TKey, TValue>
    {
        ArgumentNullException.ThrowIfNull(topics);
        var builder = new HandlerBuilder();
        configure?.Invoke(builder);
        var rules = builder.Build(group, topics);
        var health = new HandlerHealth(group);
        Services.TryAddScoped<THandler>();
        Services.AddSingleton(health);
        Services.AddSingleton<IHostedService>(services => new HandlerLoop(
            services.GetRequiredService<OuzelClient>(),
            rules,
            services.GetRequiredService<IOptions<OuzelOptions>>().Value,
            new HandlerWork<TKey, TValue, THandler>(SerdeOf<TKey>(services), SerdeOf<TValue>(services), services.GetRequiredService<IServiceScopeFactory>()),
            health,
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            services.GetRequiredService<ILoggerFactory>()));
        return this;
    }

    /// <summary>Opens the streams to brokers in another way than by TCP: without a socket in a test, <c>ConnectBy(broker.ConnectAsync)</c>.</summary>
    public OuzelBuilder ConnectBy(ConnectStream connect)
    {
        ArgumentNullException.ThrowIfNull(connect);
        Services.AddSingleton(connect);
        return this;
    }

    private static ISerde<T> SerdeOf<T>(IServiceProvider services) => services.GetService<ISerde<T>>() ?? Serdes.Of<T>();
}
