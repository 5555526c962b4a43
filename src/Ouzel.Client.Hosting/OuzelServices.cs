using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Ouzel.Client.Connections;
using Ouzel.Client.Hosting;
using Ouzel.Client.Hosting.Health;

namespace Ouzel.Client;

/// <summary>The client in a host.</summary>
public static class OuzelServices
{
    /// <summary>The client of one cluster, told by a section of the configuration: <see cref="OuzelOptions"/>. What is wrong there stops the host's start. It connects when it is needed.</summary>
    public static OuzelBuilder AddOuzel(this IServiceCollection services, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var builder = AddOuzel(services, static _ => { });
        services.AddOptions<OuzelOptions>().Bind(section, static o => o.ErrorOnUnknownConfiguration = true);
        return builder;
    }

    /// <summary>The client of one cluster, told by code.</summary>
    public static OuzelBuilder AddOuzel(this IServiceCollection services, Action<OuzelOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<OuzelOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OuzelOptions>, OptionsCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ProducersAtStart>());
        services.TryAddSingleton(static provider => OuzelClient.Create(ClientSettings.Client(
            provider.GetRequiredService<IOptions<OuzelOptions>>().Value,
            provider.GetService<ConnectStream>(),
            provider.GetService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>())));
        return new OuzelBuilder(services);
    }

    /// <summary>
    /// The client of one cluster, told by a connection string (as Aspire gives it to a program that refers to its broker) and, if it is there, by the section "Ouzel".
    /// </summary>
    /// <param name="host">The program's builder.</param>
    /// <param name="connectionName">Name of the connection string, whose text is host:port, several separated by commas.</param>
    public static OuzelBuilder AddOuzel(this IHostApplicationBuilder host, string connectionName)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);
        var builder = host.Services.AddOuzel(host.Configuration.GetSection("Ouzel"));
        var servers = host.Configuration.GetConnectionString(connectionName);
        host.Services.AddOptions<OuzelOptions>().Configure(options => options.BootstrapServers = servers ?? options.BootstrapServers);
        return builder;
    }

    /// <summary>A check of whether the cluster answers, and of the handlers.</summary>
    /// <param name="checks">The host's checks.</param>
    /// <param name="name">What the check is called.</param>
    /// <param name="failureStatus">What it reports when no broker answers or a handler cannot read; unhealthy unless told.</param>
    /// <param name="tags">For choosing among checks.</param>
    public static IHealthChecksBuilder AddOuzel(this IHealthChecksBuilder checks, string name = "ouzel", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(checks);
        return checks.Add(new HealthCheckRegistration(
            name,
            static services => new OuzelHealthCheck(services.GetRequiredService<OuzelClient>(), services.GetServices<HandlerHealth>(), services.GetService<TimeProvider>()),
            failureStatus,
            tags));
    }
}
