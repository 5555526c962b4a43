using System.Reflection;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Ouzel.Client;

namespace Ouzel.Aspire.Hosting.Tests;

/// <summary>A broker in an app host that runs.</summary>
public sealed class AppHostTests
{
    [Fact(Timeout = 600_000)]
    public async Task The_samples_app_host_has_its_topics_and_a_program_that_reads_them()
    {
        await using var app = await StartAsync(null);
        var address = await app.GetConnectionStringAsync("kafka", TestContext.Current.CancellationToken);

        await using var client = await OuzelClient.ConnectAsync(address!, TestContext.Current.CancellationToken);
        var orders = await client.Admin.Topics.DescribeAsync("orders", TestContext.Current.CancellationToken);
        await using var producer = client.CreateProducer<string, string>();
        await producer.SendAsync("orders", "order-1", "a book", TestContext.Current.CancellationToken);

        Assert.Equal(6, orders.Partitions.Count);
        Assert.Equal("1. order-1: a book", await LineAsync(app, "report", "1. "));
    }

    [Fact(Timeout = 600_000)]
    public async Task A_broker_that_cannot_start_says_so_and_has_no_address()
    {
        await using var app = await StartAsync(builder => builder.AddOuzel("broken").WithProperty("num.partitions", "none"));

        await app.ResourceNotifications.WaitForResourceAsync("broken", KnownResourceStates.FailedToStart, TestContext.Current.CancellationToken);

        await Assert.ThrowsAnyAsync<Exception>(async () => await app.GetConnectionStringAsync("broken", TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = 600_000)]
    public async Task A_broker_with_a_directory_has_its_records_at_the_next_run()
    {
        var directory = Directory.CreateTempSubdirectory("ouzel-aspire-").FullName;
        try
        {
            for (var run = 0; run < 2; run++)
            {
                await using var app = await StartAsync(builder => builder.AddOuzel("kept").WithTopic("orders", 2).WithDataDirectory(directory));
                var address = await app.GetConnectionStringAsync("kept", TestContext.Current.CancellationToken);
                await using var client = await OuzelClient.ConnectAsync(address!, TestContext.Current.CancellationToken);
                await using var producer = client.CreateProducer<string, string>();
                var written = await producer.SendAsync(new ProducerRecord<string, string>("orders", "a", "1") { Partition = 1 }, TestContext.Current.CancellationToken);
                Assert.Equal(run, written.Offset);
                await app.StopAsync(TestContext.Current.CancellationToken);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Runs the sample's app host, or in its place, with nothing of it, what <paramref name="add"/> adds.</summary>
    private static async Task<DistributedApplication> StartAsync(Action<IDistributedApplicationBuilder>? add)
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync(Assembly.Load("AppHost").EntryPoint!.DeclaringType!, TestContext.Current.CancellationToken);
        if (add is not null)
        {
            builder.Resources.Clear();
            add(builder);
        }

        var app = await builder.BuildAsync(TestContext.Current.CancellationToken);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    /// <summary>The first line of a resource's log that has a text in it, without the time that stands before it.</summary>
    private static async Task<string> LineAsync(DistributedApplication app, string resource, string text)
    {
        var name = (await app.ResourceNotifications.WaitForResourceAsync(resource, e => e.Snapshot.State?.Text == KnownResourceStates.Running, TestContext.Current.CancellationToken)).ResourceId;
        await foreach (var lines in app.Services.GetRequiredService<ResourceLoggerService>().WatchAsync(name).WithCancellation(TestContext.Current.CancellationToken))
        {
            foreach (var line in lines)
            {
                var at = line.Content.IndexOf(text, StringComparison.Ordinal);
                if (at >= 0)
                {
                    return line.Content[at..];
                }
            }
        }

        throw new InvalidOperationException($"the log of {resource} ended");
    }
}
