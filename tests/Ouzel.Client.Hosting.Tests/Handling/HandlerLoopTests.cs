using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Ouzel.Client.Hosting.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Testing;

namespace Ouzel.Client.Hosting.Tests.Handling;

/// <summary>Handlers in hosts, against a broker in this process and its faults.</summary>
public sealed class HandlerLoopTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    [Fact(Timeout = 120_000)]
    public async Task Records_are_handled_in_order_and_committed_when_the_host_stops()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync(o => o.Topic("orders"));
        await broker.ProduceAsync("orders", [.. Enumerable.Range(0, 250).Select(i => ((string?)$"k{i % 7}", $"v{i}"))]);

        var host = await HostUnderTest.StartAsync(broker, o => o.AddHandler<string, string, SeeingHandler>("billing", ["orders"], h => h.StartFrom(StartPosition.Earliest)));
        var seen = host.Seen();
        await seen.UntilAsync(250);
        await host.StopAsync();

        Assert.Equal(Enumerable.Range(0, 250).Select(i => $"v{i}"), seen.Values);
        Assert.Equal(250, await broker.CommittedAsync("billing", "orders"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Records_of_other_keys_are_handled_at_the_same_time_and_those_of_one_key_in_order()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync(o => o.Topic("orders"));
        await broker.ProduceAsync("orders", [.. Enumerable.Range(0, 200).Select(i => ((string?)$"k{i % 5}", $"v{i}"))]);
        var host = HostUnderTest.Build(broker, o => o.AddHandler<string, string, SeeingHandler>("billing", ["orders"], h => h.StartFrom(StartPosition.Earliest).InOrderPerKey(4)));
        var seen = host.Seen();
        var together = new TaskCompletionSource();
        var (running, handled) = (0, new ConcurrentQueue<Record<string, string>>());
        seen.Act = async (record, _) =>
        {
            if (Interlocked.Increment(ref running) == 4)
            {
                together.TrySetResult();
            }

            await together.Task;
            handled.Enqueue(record);
            Assert.True(Interlocked.Decrement(ref running) < 4);
        };

        await host.StartAsync();
        await seen.UntilAsync(200);
        await host.StopAsync();

        Assert.All(handled.GroupBy(r => r.Key), line => Assert.Equal(line.Select(r => r.Position.Offset).Order(), line.Select(r => r.Position.Offset)));
        Assert.Equal(200, handled.Count);
        Assert.Equal(200, await broker.CommittedAsync("billing", "orders"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_record_that_fails_at_all_attempts_goes_to_the_dead_letters_and_says_why()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync(o => o.Topic("orders").Topic("dead"));
        await broker.ProduceAsync("orders", ("a", "good"), ("a", "bad"), ("a", "better"));
        var host = HostUnderTest.Build(broker, o => o.AddHandler<string, string, SeeingHandler>(
            "billing", ["orders"], h => h.StartFrom(StartPosition.Earliest).Retry(3, Soon).DeadLetterTo("dead")));
        var seen = host.Seen();
        seen.Act = (record, _) => record.Value == "bad" ? throw new InvalidOperationException("nobody pays") : ValueTask.CompletedTask;

        await host.StartAsync();
        await seen.UntilAsync(5);
        await host.StopAsync();

        Assert.Equal(["good", "bad", "bad", "bad", "better"], seen.Values);
        var letter = Assert.Single(broker.Read("dead"));
        Assert.Equal(("a", "bad"), (letter.KeyText, letter.ValueText));
        Assert.Equal(
            ["topic=orders", "partition=0", "offset=1", "group=billing", "attempts=3", "error.type=System.InvalidOperationException", "error.message=nobody pays"],
            letter.Headers.Select(h => $"{h.Key["ouzel.dead-letter.".Length..]}={Encoding.UTF8.GetString(h.Value!)}"));
        Assert.Equal(3, await broker.CommittedAsync("billing", "orders"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_record_that_cannot_be_decoded_goes_to_the_dead_letters_as_it_is()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync(o => o.Topic("orders").Topic("dead"));
        await broker.ProduceAsync("orders", ("a", "no JSON"), ("a", """{"Id":"7"}"""));
        var host = await HostUnderTest.StartAsync(broker, o => o.AddJson(TestJson.Default.Order).AddHandler<string, Order, OrderHandler>(
            "billing", ["orders"], h => h.StartFrom(StartPosition.Earliest).Retry(9, TimeSpan.FromHours(1)).DeadLetterTo("dead")));

        await host.Seen().UntilAsync(1);
        await host.StopAsync();

        Assert.Equal(["7"], host.Seen().Values);
        var letter = Assert.Single(broker.Read("dead"));
        Assert.Equal("no JSON", letter.ValueText);
        Assert.Equal("System.FormatException", Text(letter, "ouzel.dead-letter.error.type"));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("All")]
    [InlineData("None")] // the producers' own affair: a dead letter is acknowledged before anything behind it is committed
    public async Task A_dead_letter_that_is_refused_is_written_later_and_the_record_is_not_lost(string acks)
    {
        await using var broker = await HostUnderTest.StartBrokerAsync(o => o.Topic("orders").Topic("dead"));
        await broker.ProduceAsync("orders", ("a", "bad"), ("a", "good"));
        var refused = broker.Faults.OnProduce("dead").Reply(ErrorCode.TopicAuthorizationFailed).Times(2);
        var host = HostUnderTest.Build(broker, o => o.AddHandler<string, string, SeeingHandler>(
            "billing", ["orders"], h => h.StartFrom(StartPosition.Earliest).Retry(1, Soon).DeadLetterTo("dead")), ("Producer:Acks", acks));
        host.Seen().Act = (record, _) => record.Value == "bad" ? throw new InvalidOperationException() : ValueTask.CompletedTask;

        await host.StartAsync();
        await host.Seen().UntilAsync(2);
        await host.StopAsync();

        Assert.Equal(2, refused.Hits);
        Assert.Single(broker.Read("dead"));
        Assert.Equal(2, await broker.CommittedAsync("billing", "orders"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_stop_waits_for_what_has_been_begun_and_begins_nothing_more()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync(o => o.Topic("orders"));
        await broker.ProduceAsync("orders", ("a", "1"), ("a", "2"));
        var host = HostUnderTest.Build(broker, o => o.AddHandler<string, string, SeeingHandler>(
            "billing", ["orders"], h => h.StartFrom(StartPosition.Earliest).DrainWithin(TimeSpan.FromMinutes(5))));
        var release = new TaskCompletionSource();
        host.Seen().Act = async (_, _) => await release.Task;

        await host.StartAsync();
        await host.Seen().UntilAsync(1);
        var stopping = host.StopAsync();
        Assert.False(stopping.IsCompleted);
        release.SetResult();
        await stopping;

        Assert.Equal(["1"], host.Seen().Values);
        Assert.Equal(1, await broker.CommittedAsync("billing", "orders"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_record_that_takes_longer_than_a_stop_may_is_cancelled_and_handled_by_the_next()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync(o => o.Topic("orders"));
        await broker.ProduceAsync("orders", ("a", "1"));
        void Add(OuzelBuilder o) => o.AddHandler<string, string, SeeingHandler>("billing", ["orders"], h => h.StartFrom(StartPosition.Earliest).DrainWithin(TimeSpan.Zero));
        var host = HostUnderTest.Build(broker, Add);
        host.Seen().Act = async (_, cancellation) => await Task.Delay(Timeout.Infinite, cancellation);

        await host.StartAsync();
        await host.Seen().UntilAsync(1);
        await host.StopAsync();
        Assert.Equal(0, await broker.CommittedAsync("billing", "orders"));

        var next = await HostUnderTest.StartAsync(broker, Add);
        await next.Seen().UntilAsync(1);
        await next.StopAsync();
        Assert.Equal(1, await broker.CommittedAsync("billing", "orders"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_broker_that_comes_back_is_read_on()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync(o => o.Topic("orders"));
        await broker.ProduceAsync("orders", ("a", "1"));
        var host = await HostUnderTest.StartAsync(broker, o => o.AddHandler<string, string, SeeingHandler>("billing", ["orders"], h => h.StartFrom(StartPosition.Earliest)));
        await host.Seen().UntilAsync(1);

        await broker.KillAsync();
        await broker.RestartAsync();
        await broker.ProduceAsync("orders", ("a", "2"));

        await host.Seen().UntilAsync(r => r.Exists(x => x.Value == "2"));
        await host.StopAsync();
        Assert.Equal(2, await broker.CommittedAsync("billing", "orders"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_full_window_stops_reading_and_its_room_goes_on()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync(o => o.Topic("orders"));
        await broker.ProduceAsync("orders", [.. Enumerable.Range(0, 500).Select(i => ((string?)"a", $"v{i}"))]);
        var host = await HostUnderTest.StartAsync(broker, o => o.AddHandler<string, string, SeeingHandler>("billing", ["orders"], h => h.StartFrom(StartPosition.Earliest).Window(3)));

        await host.Seen().UntilAsync(500);
        await host.StopAsync();

        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"v{i}"), host.Seen().Values);
    }

    [Fact(Timeout = 120_000)]
    public async Task Members_that_come_and_go_lose_no_record()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync(o => o.Topic("orders", 4));
        static void Add(OuzelBuilder o) => o.AddHandler<string, string, SeeingHandler>("billing", ["orders"], h => h.StartFrom(StartPosition.Earliest).InOrderPerKey(8));
        var first = await HostUnderTest.StartAsync(broker, Add, ("Consumer:HeartbeatIntervalMs", "50"));
        await broker.ProduceAsync("orders", [.. Enumerable.Range(0, 300).Select(i => ((string?)$"k{i}", $"v{i}"))]);
        await first.Seen().UntilAsync(1);

        var second = await HostUnderTest.StartAsync(broker, Add, ("Consumer:HeartbeatIntervalMs", "50"));
        await broker.Groups.WaitForStableAsync("billing", members: 2);
        await broker.ProduceAsync("orders", [.. Enumerable.Range(300, 300).Select(i => ((string?)$"k{i}", $"v{i}"))]);
        await second.Seen().UntilAsync(1);
        await first.StopAsync();
        await broker.ProduceAsync("orders", [.. Enumerable.Range(600, 100).Select(i => ((string?)$"k{i}", $"v{i}"))]);

        var before = first.Seen().Values;
        await second.Seen().UntilAsync(r => r.Select(x => x.Value!).Concat(before).Distinct().Count() == 700);
        await second.StopAsync();
        long committed = 0;
        for (var partition = 0; partition < 4; partition++)
        {
            committed += await broker.CommittedAsync("billing", "orders", partition) ?? 0;
        }

        Assert.Equal(700, committed);
    }

    [Fact(Timeout = 120_000)]
    public async Task Each_record_has_a_handler_and_a_scope_of_its_own()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync(o => o.Topic("orders"));
        await broker.ProduceAsync("orders", ("a", "1"), ("a", "2"));
        var host = await HostUnderTest.StartAsync(broker, o =>
        {
            o.Services.AddScoped<Unit>();
            o.AddHandler<string, string, ScopedHandler>("billing", ["orders"], h => h.StartFrom(StartPosition.Earliest));
        });

        await host.Seen().UntilAsync(2);
        await host.StopAsync();

        Assert.Equal(2, ScopedHandler.Units.Distinct().Count());
        Assert.All(ScopedHandler.Units, u => Assert.True(u.IsDisposed));
    }

    private static string Text(TestRecord record, string header) => Encoding.UTF8.GetString(record.Headers.Single(h => h.Key == header).Value!);

    private sealed class OrderHandler(Seen seen) : IRecordHandler<string, Order>
    {
        public ValueTask HandleAsync(Record<string, Order> record, CancellationToken cancellation) =>
            seen.OnRecordAsync(new Record<string, string>(record.Position, record.Timestamp, record.TimestampType, record.Key, record.Value!.Id, record.Headers), cancellation);
    }

    private sealed class Unit : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class ScopedHandler(Unit unit, Seen seen) : IRecordHandler<string, string>
    {
        public static ConcurrentQueue<Unit> Units { get; } = new();

        public ValueTask HandleAsync(Record<string, string> record, CancellationToken cancellation)
        {
            Units.Enqueue(unit);
            return seen.OnRecordAsync(record, cancellation);
        }
    }
}

internal sealed record Order(string Id);

[JsonSerializable(typeof(Order))]
internal sealed partial class TestJson : JsonSerializerContext;
