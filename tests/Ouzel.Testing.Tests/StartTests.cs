using System.Collections.Concurrent;
using Ouzel.Broker.Configs;
using Ouzel.Client;
using Ouzel.Protocol;
using Ouzel.Testing.Tests.Support;

namespace Ouzel.Testing.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task Topics_are_there_with_their_settings_before_the_first_client_is()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders", partitions: 6).Topic("prices", 2, ("cleanup.policy", "compact")));
        await using var client = await OuzelClient.ConnectAsync(new OuzelClientOptions { BootstrapServers = broker.BootstrapServers });

        var orders = await client.Metadata.TopicAsync("orders", mayCreate: false, 10_000, default);

        Assert.Equal(6, orders.Partitions.Length);
        Assert.Equal("compact", broker.Setting("prices", "cleanup.policy"));
    }

    [Fact]
    public async Task Brokers_of_one_process_know_nothing_of_each_other()
    {
        var brokers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => OuzelTestBroker.StartAsync(o => o.Topic("orders"))));
        await Task.WhenAll(brokers.Select(async (broker, i) =>
        {
            using var wire = await Wire.ConnectAsync(broker);
            Assert.Equal(ErrorCode.None, await wire.ProduceAsync("orders", $"of {i}"));
        }));

        Assert.Equal(8, brokers.Select(broker => broker.BootstrapServers).Distinct().Count());
        for (var i = 0; i < brokers.Length; i++)
        {
            Assert.Equal($"of {i}", Assert.Single(brokers[i].Read("orders")).ValueText);
            await brokers[i].DisposeAsync();
        }
    }

    [Fact]
    public async Task A_property_reaches_the_broker_under_its_name_in_server_properties()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o =>
        {
            o.Properties["auto.create.topics.enable"] = "false";
            o.Properties["num.partitions"] = "7";
        });

        await broker.CreateTopicAsync("asked-for", partitions: -1);
        using var wire = await Wire.ConnectAsync(broker);

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await wire.ProduceAsync("unknown", "x"));
        Assert.Equal(7, broker.PartitionCount("asked-for"));
    }

    [Fact]
    public async Task A_setting_that_cannot_be_used_fails_the_start_and_says_which()
    {
        var property = await Assert.ThrowsAsync<SettingException>(() => OuzelTestBroker.StartAsync(o => o.Properties["num.partitions"] = "many"));
        var topic = await Assert.ThrowsAsync<SettingException>(() => OuzelTestBroker.StartAsync(o => o.Topic("orders", 1, ("cleanup.policy", "burn"))));

        Assert.Contains("num.partitions", property.Message, StringComparison.Ordinal);
        Assert.Contains("orders", topic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_lines_go_to_the_test()
    {
        var lines = new ConcurrentQueue<string>();

        await using (await OuzelTestBroker.StartAsync(o => o.Log = lines.Enqueue))
        {
        }

        Assert.NotEmpty(lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_sockets_our_client_reaches_it_all_the_same()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o =>
        {
            o.Sockets = false;
            o.Topic("orders", 3);
        });
        await using var client = await OuzelClient.ConnectAsync(new OuzelClientOptions { BootstrapServers = broker.BootstrapServers, Connect = broker.ConnectAsync });

        var orders = await client.Metadata.TopicAsync("orders", mayCreate: false, 10_000, default);

        Assert.Equal(3, orders.Partitions.Length);
        Assert.Contains(broker.Requests, request => request.Api == ApiKey.Metadata && request.Partitions.Any(p => p.Topic == "orders"));
    }

    [Fact]
    public async Task What_is_larger_than_the_pipe_passes_a_connection_without_a_socket()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders"));
        using var wire = await Wire.ConnectAsync(broker);
        var value = new string('x', 500_000);

        Assert.Equal(ErrorCode.None, await wire.ProduceAsync("orders", value));

        Assert.InRange((await wire.FetchAsync("orders")).Records!.Length, 500_000, 501_000);
    }

    [Fact]
    public async Task A_reader_follows_what_is_written_while_it_reads()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders"));
        using var wire = await Wire.ConnectAsync(broker);
        await wire.ProduceAsync("orders", "before");

        List<string?> seen = [];
        await foreach (var record in broker.ReadAsync("orders", TestContext.Current.CancellationToken))
        {
            seen.Add(record.ValueText);
            if (seen.Count == 2)
            {
                break;
            }

            await wire.ProduceAsync("orders", "meanwhile");
        }

        Assert.Equal(["before", "meanwhile"], seen);
    }
}
