using Microsoft.Extensions.Hosting;
using Ouzel.Client.Hosting.Tests.Support;
using Ouzel.Testing;

namespace Ouzel.Client.Hosting.Tests.Handling;

/// <summary>The end of a handler in the middle of its work: what is committed, and who handles the rest.</summary>
public sealed class HandlerEndTests
{
    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_record_that_is_cancelled_is_handled_by_the_next_whatever_it_throws(bool hasDeadLetters)
    {
        await using var broker = await HostUnderTest.StartBrokerAsync(o => o.Topic("orders").Topic("dead"));
        await broker.ProduceAsync("orders", ("a", "1"));
        void Rules(HandlerBuilder h) => (hasDeadLetters ? h.DeadLetterTo("dead") : h.SkipFailed()).StartFrom(StartPosition.Earliest).Retry(1).DrainWithin(TimeSpan.Zero);
        void Add(OuzelBuilder o) => o.AddHandler<string, string, SeeingHandler>("billing", ["orders"], Rules);
        var host = HostUnderTest.Build(broker, Add);
        host.Seen().Act = async (_, cancellation) =>
        {
            var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = cancellation.Register(() => closed.SetException(new InvalidOperationException("the till is closed")));
            await closed.Task;
        };

        await host.StartAsync();
        await host.Seen().UntilAsync(1);
        await host.StopAsync();
        Assert.Equal(0, await broker.CommittedAsync("billing", "orders"));
        Assert.Empty(broker.Read("dead"));

        var next = await HostUnderTest.StartAsync(broker, Add);
        await next.Seen().UntilAsync(1);
        await next.StopAsync();
        Assert.Equal(1, await broker.CommittedAsync("billing", "orders"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_group_that_began_at_the_end_does_not_lose_its_first_record_when_that_fails()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync(o => o.Topic("orders"));
        await broker.ProduceAsync("orders", ("a", "before"));
        void Add(OuzelBuilder o) => o.AddHandler<string, string, SeeingHandler>("billing", ["orders"], h => h.StartFrom(StartPosition.Latest).Retry(firstDelay: TimeSpan.FromHours(1)).DrainWithin(TimeSpan.Zero));
        var fetch = broker.Faults.OnFetch("orders").Hold();
        var host = HostUnderTest.Build(broker, Add);
        host.Seen().Act = (_, _) => throw new InvalidOperationException("nobody pays");

        await host.StartAsync();
        await fetch.WaitUntilHitAsync(); // from here on the end is behind the record before
        await broker.ProduceAsync("orders", ("a", "first"));
        fetch.Release();
        await host.Seen().UntilAsync(1);
        await host.StopAsync();
        Assert.Equal(1, await broker.CommittedAsync("billing", "orders"));

        var next = await HostUnderTest.StartAsync(broker, Add);
        await next.Seen().UntilAsync(1);
        await next.StopAsync();
        Assert.Equal(["first"], next.Seen().Values);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_member_that_comes_while_another_stops_begins_behind_what_that_one_still_handles()
    {
        await using var broker = await HostUnderTest.StartBrokerAsync(o => o.Topic("orders"));
        await broker.ProduceAsync("orders", ("a", "1"));
        static void Add(OuzelBuilder o) => o.AddHandler<string, string, SeeingHandler>(
            "billing", ["orders"], h => h.StartFrom(StartPosition.Earliest).DrainWithin(TimeSpan.FromMinutes(5)));
        var first = HostUnderTest.Build(broker, Add, ("ClientId", "first"), ("Consumer:HeartbeatIntervalMs", "50"));
        var release = new TaskCompletionSource();
        first.Seen().Act = async (_, _) => await release.Task;
        await first.StartAsync();
        await first.Seen().UntilAsync(1);

        var stopping = first.StopAsync();
        var second = await HostUnderTest.StartAsync(broker, Add);
        do
        {
            await NextHeartbeatAsync(broker);
        }
        while ((await broker.Groups.StateAsync("billing")).State == "Stable");

        for (var i = 0; i < 3; i++)
        {
            await NextHeartbeatAsync(broker); // the first member knows of the rebalance by now, and holds it up
        }

        Assert.Equal("PreparingRebalance", (await broker.Groups.StateAsync("billing")).State);
        release.SetResult();
        await stopping;
        await broker.ProduceAsync("orders", ("a", "2"));
        await second.Seen().UntilAsync(1);
        await second.StopAsync();

        Assert.Equal(["2"], second.Seen().Values);
        Assert.Equal(2, await broker.CommittedAsync("billing", "orders"));
    }

    private static async Task NextHeartbeatAsync(OuzelTestBroker broker)
    {
        var heartbeat = broker.Faults.OnHeartbeat("billing").FromClient("first").Hold();
        await heartbeat.WaitUntilHitAsync();
        heartbeat.Release();
    }
}
