using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Ouzel.Client.Hosting.Health;
using Ouzel.Client.Hosting.Tests.Support;
using Ouzel.Protocol;

namespace Ouzel.Client.Hosting.Tests;

/// <summary>Options, producers and health of a host.</summary>
public sealed class HostTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_producer_sends_to_its_topic()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync(o => o.Topic("orders").Topic("payments"));
        var host = await HostUnderTest.StartAsync(broker, o => o.AddProducer<string, string>("orders").AddProducer<string, string>("payments"), ("Producer:LingerMs", "0"));

        var written = await host.Services.GetRequiredKeyedService<IProducer<string, string>>("orders").SendAsync("a", "1", default(CancellationToken));
        var last = await host.Services.GetRequiredService<IProducer<string, string>>().SendAsync("a", "2", default(CancellationToken));
        await host.StopAsync();

        Assert.Equal(("orders", "payments"), (written.Topic, last.Topic));
        Assert.Equal("1", Assert.Single(broker.Read("orders")).ValueText);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_host_starts_before_its_broker_and_sends_when_that_is_there()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync(o => o.Topic("orders"));
        await broker.KillAsync();
        var host = await HostUnderTest.StartAsync(broker, o => o.AddProducer<string, string>("orders"));
        var sent = host.Services.GetRequiredService<IProducer<string, string>>().SendAsync("a", "1", default(CancellationToken));

        await broker.RestartAsync();

        Assert.Equal(0, (await sent).Offset);
        await host.StopAsync();
    }

    [Theory(Timeout = 120_000)]
    [InlineData("BootstrapServers", "", "BootstrapServers is missing")]
    [InlineData("BootstrapServers", "SSL://here:1", "PLAINTEXT only")]
    [InlineData("Producer:DeliveryTimeoutMs", "1", "DeliveryTimeoutMs (1)")]
    [InlineData("Consumer:SessionTimeoutMs", "1", "HeartbeatIntervalMs (3000)")]
    [InlineData("Consumer:CommitIntervalMs", "0", "CommitIntervalMs must be above 0")]
    [InlineData("RequestTimeoutMs", "0", "RequestTimeoutMs")]
    public async Task An_option_that_makes_no_sense_stops_the_start(string name, string value, string reason)
    {
        await using var broker = await HostUnderTest.StartBrokerAsync();
        using var host = HostUnderTest.Build(broker, _ => { }, (name, value));

        Assert.Contains(reason, (await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync())).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_name_that_is_no_option_stops_the_start()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync();
        using var host = HostUnderTest.Build(broker, _ => { }, ("Producer:LingreMs", "5"));

        Assert.Contains("LingreMs", (await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync())).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_producer_of_a_type_without_an_encoding_stops_the_start()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync();
        using var host = HostUnderTest.Build(broker, o => o.AddProducer<string, Uri>("orders"));

        await Assert.ThrowsAsync<NotSupportedException>(() => host.StartAsync());
    }

    [Fact]
    public void Dead_letters_are_acknowledged_by_all_whatever_the_producers_of_the_host_do()
    {
        var options = ClientSettings.DeadLetters(new OuzelProducerOptions { Acks = Acks.None, Idempotent = false, LingerMs = 7 });

        Assert.Equal((Acks.All, true, 7), (options.Acks, options.Idempotent, options.LingerMs));
    }

    [Fact]
    public void A_connection_string_goes_before_the_section()
    {
        var host = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        host.Configuration.AddInMemoryCollection([new("ConnectionStrings:kafka", "there:1"), new("Ouzel:BootstrapServers", "here:1"), new("Ouzel:ClientId", "shop")]);
        host.AddOuzel("kafka");

        using var built = host.Build();
        var options = built.Services.GetRequiredService<IOptions<OuzelOptions>>().Value;

        Assert.Equal(("there:1", "shop"), (options.BootstrapServers, options.ClientId));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_cluster_that_does_not_answer_is_unhealthy()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync();
        await broker.KillAsync();
        var host = await HostUnderTest.StartAsync(broker, o => o.Services.AddHealthChecks().AddOuzel(), ("ApiTimeoutMs", "200"));

        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        await host.StopAsync();

        var entry = Assert.Single(health.Entries);
        Assert.Equal(("ouzel", HealthStatus.Unhealthy), (entry.Key, entry.Value.Status));
        Assert.StartsWith("No broker answers: ", entry.Value.Description, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_handler_that_cannot_read_is_unhealthy_and_a_record_that_fails_degrades()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync();
        await using var client = await HostUnderTest.ConnectAsync(broker);
        var (reading, failing) = (new HandlerHealth("billing"), new HandlerHealth("report"));
        var check = new OuzelHealthCheck(client, [reading, failing], new FakeTimeProvider());
        var context = new HealthCheckContext { Registration = new HealthCheckRegistration("ouzel", check, HealthStatus.Unhealthy, null) };
        var position = new TopicPartitionOffset(new TopicPartition("orders", 0), 7);

        failing.OnFailed(position, 4, new InvalidOperationException("the till is closed"));
        var degraded = await check.CheckHealthAsync(context);
        reading.OnRead();
        reading.OnReadFault(new InvalidOperationException("no such group"));
        var unhealthy = await check.CheckHealthAsync(context);
        failing.OnEnded(position);
        reading.OnAssigned();
        var healthy = await check.CheckHealthAsync(context);
        Assert.False(reading.HasReadSinceFault); // a place in the group is no record yet

        Assert.Equal((HealthStatus.Degraded, HealthStatus.Unhealthy, HealthStatus.Healthy), (degraded.Status, unhealthy.Status, healthy.Status));
        Assert.Equal("group report: the record at orders-0@7 failed 4 times, the last time with: the till is closed", degraded.Description);
        Assert.Contains("group billing cannot read: no such group", unhealthy.Description, StringComparison.Ordinal);
    }
}
