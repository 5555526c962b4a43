using Microsoft.Extensions.Time.Testing;
using Ouzel.Protocol;
using Ouzel.Testing.Tests.Support;

namespace Ouzel.Testing.Tests;

public sealed class LifeTests
{
    [Fact]
    public async Task What_was_written_survives_a_kill_and_the_address_stays()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders"));
        var address = broker.BootstrapServers;
        using (var before = await Wire.ConnectAsync(broker))
        {
            await before.ProduceAsync("orders", "a");
            await broker.KillAsync();
            await Assert.ThrowsAnyAsync<IOException>(() => before.ProduceAsync("orders", "b"));
        }

        Assert.False(broker.IsRunning);
        await broker.RestartAsync();
        using var after = await Wire.ConnectAsync(broker);
        await after.ProduceAsync("orders", "c");

        Assert.Equal(address, broker.BootstrapServers);
        Assert.Equal(["a", "c"], broker.Read("orders").Select(record => record.ValueText));
    }

    [Fact]
    public async Task A_data_directory_is_used_stays_and_survives_a_kill()
    {
        var directory = Directory.CreateTempSubdirectory("ouzel-testing-");
        try
        {
            await using (var broker = await OuzelTestBroker.StartAsync(o =>
            {
                o.DataDirectory = directory.FullName;
                o.Topic("orders");
            }))
            {
                using var wire = await Wire.ConnectAsync(broker);
                await wire.ProduceAsync("orders", "a");
                await broker.KillAsync();
                await broker.RestartAsync();
                Assert.Equal("a", Assert.Single(broker.Read("orders")).ValueText);
                Assert.Throws<InvalidOperationException>(() => broker.Disk);
            }

            Assert.True(Directory.Exists(Path.Combine(directory.FullName, "orders-0")));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Acknowledged_by_all_survives_every_loss_of_power()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            await using var broker = await OuzelTestBroker.StartAsync(o =>
            {
                o.Seed = seed;
                o.Topic("orders");
            });
            using var wire = await Wire.ConnectAsync(broker);
            Assert.Equal(ErrorCode.None, await wire.ProduceAsync("orders", "a"));

            await broker.LosePowerAsync();
            await broker.RestartAsync();

            Assert.Equal("a", Assert.Single(broker.Read("orders")).ValueText);
        }
    }

    [Fact]
    public async Task A_failed_sync_acknowledges_nothing()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders"));
        using var wire = await Wire.ConnectAsync(broker);
        broker.Disk.SyncFailures = 1;

        Assert.Equal(ErrorCode.KafkaStorageError, await wire.ProduceAsync("orders", "a"));
    }

    [Fact]
    public async Task A_frozen_broker_answers_when_it_is_thawed()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders"));
        using var wire = await Wire.ConnectAsync(broker);
        await wire.ProduceAsync("orders", "before");
        broker.Freeze();

        var produced = wire.ProduceAsync("orders", "meanwhile");
        await Task.Yield();
        var isAnswered = produced.IsCompleted;
        broker.Thaw();

        Assert.False(isAnswered);
        Assert.Equal(ErrorCode.None, await produced);
    }

    [Fact]
    public async Task Cut_connections_are_gone_and_new_ones_are_served()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders"));
        using var wire = await Wire.ConnectAsync(broker);
        await wire.ProduceAsync("orders", "a");

        Assert.Equal(1, broker.CutConnections());

        await Assert.ThrowsAnyAsync<IOException>(() => wire.ProduceAsync("orders", "b"));
        using var again = await Wire.ConnectAsync(broker);
        Assert.Equal(ErrorCode.None, await again.ProduceAsync("orders", "c"));
    }

    [Fact]
    public async Task Retention_runs_in_virtual_time()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var broker = await OuzelTestBroker.StartAsync(o =>
        {
            o.Time = clock;
            o.Topic("orders", 1, ("retention.ms", "604800000"));
        });
        using var wire = await Wire.ConnectAsync(broker);
        await wire.ProduceAsync("orders", "a", timestampMs: clock.GetUtcNow().ToUnixTimeMilliseconds());

        clock.Advance(TimeSpan.FromDays(6));
        broker.RunRetention();
        var kept = broker.Read("orders").Count;
        clock.Advance(TimeSpan.FromDays(2));
        broker.RunRetention();

        Assert.Equal((1, 0), (kept, broker.Read("orders").Count));
    }
}
