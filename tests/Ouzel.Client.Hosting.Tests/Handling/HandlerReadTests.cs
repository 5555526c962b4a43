using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Client.Hosting.Handling;
using Ouzel.Client.Hosting.Health;
using Ouzel.Client.Hosting.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Testing;

namespace Ouzel.Client.Hosting.Tests.Handling;

/// <summary>A handler's reading: partitions beside each other, records that are odd, faults one after the other.</summary>
public sealed class HandlerReadTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_partition_whose_window_is_full_does_not_hold_up_the_others()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync(o => o.Topic("orders", 2));
        await ProduceAsync(broker, [.. Enumerable.Range(0, 100).Select(i => new ProducerRecord<string, string>("orders", "a", $"v{i}") { Partition = i % 2 })]);
        var host = HostUnderTest.Build(broker, o => o.AddHandler<string, string, SeeingHandler>(
            "billing", ["orders"], h => h.StartFrom(StartPosition.Earliest).InOrderPerPartition(2).Window(3)));
        var release = new TaskCompletionSource();
        host.Seen().Act = async (record, _) => await (record.Position.Partition.Partition == 0 ? release.Task : Task.CompletedTask);

        await host.StartAsync();
        await host.Seen().UntilAsync(seen => seen.Count(r => r.Position.Partition.Partition == 1) == 50);
        Assert.Single(host.Seen().Records, r => r.Position.Partition.Partition == 0);
        release.SetResult();
        await host.Seen().UntilAsync(100);
        await host.StopAsync();

        Assert.Equal<(long?, long?)>((50, 50), (await broker.CommittedAsync("billing", "orders", 0), await broker.CommittedAsync("billing", "orders", 1)));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_record_whose_time_is_beyond_what_there_is_is_handled_like_others()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync(o => o.Topic("orders", 1, ("message.timestamp.after.max.ms", "9223372036854775807")));
        await ProduceAsync(broker, new ProducerRecord<string, string>("orders", "a", "1") { TimestampMs = long.MaxValue }, new ProducerRecord<string, string>("orders", "a", "2") { TimestampMs = 7 });
        var host = await HostUnderTest.StartAsync(broker, o => o.AddHandler<string, string, SeeingHandler>("billing", ["orders"], h => h.StartFrom(StartPosition.Earliest)));

        await host.Seen().UntilAsync(2);
        await host.StopAsync();

        var latest = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
        Assert.Equal([latest, DateTimeOffset.UnixEpoch.AddMilliseconds(7)], host.Seen().Records.Select(r => r.Timestamp));
        Assert.Equal(latest, broker.Read("orders")[0].Timestamp);
    }

    [Fact(Timeout = 120_000)]
    public async Task Waits_between_faults_double_until_records_are_taken_in()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync(o => o.Topic("orders"));
        await broker.ProduceAsync("orders", ("a", "1"));
        var refused = broker.Faults.OnFetch("orders").Reply(ErrorCode.TopicAuthorizationFailed);
        await using var client = await HostUnderTest.ConnectAsync(broker);
        var clock = new WaitableClock();
        var rules = new HandlerBuilder().StartFrom(StartPosition.Earliest).Build("billing", ["orders"]);
        var (work, health) = (new Work(), new HandlerHealth("billing"));
        await using var loop = new HandlerLoop(client, rules, new OuzelOptions(), work, health, clock, NullLoggerFactory.Instance);

        await loop.StartAsync(default);
        double[] waits = [await RestartAsync(clock), await RestartAsync(clock), await RestartAsync(clock)];
        Assert.Equal([1, 2, 4], waits);
        refused.Remove();
        while (!work.Handled.IsCompleted)
        {
            await clock.PassAsync(); // a fetch may have been refused once more
        }

        Assert.True(health.HasReadSinceFault);
        Assert.Null(health.ReadFault);
        await loop.StopAsync(default);
    }

    private static async Task ProduceAsync(OuzelTestBroker broker, params ProducerRecord<string, string>[] records)
    {
        await using var client = await HostUnderTest.ConnectAsync(broker);
        await using var producer = client.CreateProducer<string, string>();
        foreach (var record in records)
        {
            await producer.SendAsync(record);
        }
    }

    /// <summary>Lets the handler begin anew; the waits for commits, which take longer, pass as well.</summary>
    /// <returns>Seconds that it waited.</returns>
    private static async Task<double> RestartAsync(WaitableClock clock)
    {
        double seconds;
        do
        {
            seconds = (await clock.PassAsync()).TotalSeconds;
        }
        while (seconds > 4);

        return seconds;
    }

    private sealed class Work : IRecordWork
    {
        private readonly TaskCompletionSource _handled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Handled => _handled.Task;

        public ValueTask HandleAsync(Record<byte[], byte[]> raw, CancellationToken cancellation)
        {
            _handled.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }
}
