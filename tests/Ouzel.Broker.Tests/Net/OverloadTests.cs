using System.Buffers.Binary;
using Ouzel.Broker.Apis;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Net;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Net;

/// <summary>Clients that want more memory than ouzel.memory.limit leaves them.</summary>
public sealed class OverloadTests
{
    private const int HugeFrameBytes = 3 << 20;

    private readonly FakeTimeProvider _clock = FakeTime.New();
    private readonly MemoryListener _listener = new();
    private readonly SaidLines _said = new();
    private readonly NetworkLimits _limits = new() { MemoryBytesMax = MemoryBudget.LimitBytesMin };

    [Fact]
    public async Task Small_requests_pass_while_the_memory_for_large_ones_is_used_up()
    {
        var table = Serve();
        List<WireClient> stalled = [];
        while (table.Budget.Large.Waiting < 3)
        {
            stalled.Add(Connect());
            await stalled[^1].SendRawAsync(Padded(MemoryBudget.LargeBytesMax)[..5000]);
        }

        using var good = Connect();
        var answer = await good.CallAsync(new MetadataRequest(), 9);
        Assert.NotNull(answer);
        Assert.Equal(1, Said("Requests above 4 KiB wait for memory"));
    }

    [Fact]
    public async Task A_huge_frame_that_stalls_while_others_wait_is_ended_so_that_others_are_served()
    {
        var table = Serve();
        var holders = (int)(table.Budget.Huge.BytesMax / HugeFrameBytes);
        List<WireClient> stalled = [.. Enumerable.Range(0, holders).Select(_ => Connect())];
        foreach (var client in stalled)
        {
            await client.SendRawAsync(Padded(HugeFrameBytes)[..5000]);
        }

        // Nobody waits: they may stall as long as they like.
        table.EndStalled();
        table.EndStalled();
        Assert.Equal(holders, table.Count);

        using var good = Connect();
        var sending = good.SendRawAsync(Padded(HugeFrameBytes));
        Assert.Equal(1, table.Budget.Huge.Waiting);
        table.EndStalled();
        Assert.Equal(holders + 1, table.Count);
        table.EndStalled();

        // One makes room enough. The others are nobody's hindrance then.
        Assert.Equal(holders, table.Count);
        Assert.Equal(1, Said("their requests hold memory"));
        await Soon(sending);
        Assert.NotNull(await Soon(good.ReceiveFrameAsync()));
        Assert.Null(await Soon(stalled[0].ReceiveFrameAsync()));
        Assert.True(table.Budget.Huge.Peak <= table.Budget.Huge.BytesMax);
    }

    [Fact]
    public async Task A_huge_frame_that_brings_enough_is_not_ended_while_others_wait()
    {
        var table = Serve();
        var holders = (int)(table.Budget.Huge.BytesMax / HugeFrameBytes);
        var frame = Padded(HugeFrameBytes);
        List<WireClient> slow = [.. Enumerable.Range(0, holders).Select(_ => Connect())];
        foreach (var client in slow)
        {
            await client.SendRawAsync(frame[..5000]);
        }

        using var waiting = Connect();
        var sending = waiting.SendRawAsync(frame);
        for (var sent = 5000; sent < frame.Length;)
        {
            table.EndStalled();
            var piece = Math.Min(64 * 1024, frame.Length - sent);
            foreach (var client in slow)
            {
                await client.SendRawAsync(frame[sent..(sent + piece)]);
            }

            sent += piece;
        }

        foreach (var client in slow)
        {
            Assert.NotNull(await Soon(client.ReceiveFrameAsync()));
        }

        await Soon(sending);
        Assert.NotNull(await Soon(waiting.ReceiveFrameAsync()));
        Assert.Equal(0, Said("their requests hold memory"));
    }

    [Fact]
    public void Who_wants_least_goes_first_but_nobody_waits_for_ever()
    {
        var lane = new MemoryLane(_clock, 100);
        Assert.True(lane.TryTake(100));
        var large = lane.TakeAsync(90);
        var small = lane.TakeAsync(20);
        lane.Give(100);
        Assert.True(small.IsCompleted && !large.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(31));
        var late = lane.TakeAsync(20);
        Assert.False(late.IsCompleted);
        lane.Give(20);
        Assert.True(large.IsCompleted && !late.IsCompleted);
        lane.Give(90);
        Assert.True(late.IsCompleted);
    }

    [Fact]
    public async Task What_a_request_decodes_to_is_held_until_it_is_answered()
    {
        var api = new HeldApi();
        var table = Serve(api);
        using WireClient small = Connect(), large = Connect();
        await small.SendAsync(Named(3), 9);
        Assert.Equal((1, 0), (api.Started, table.Budget.Requests.Taken));
        await large.SendAsync(Named(500), 9);
        await Soon(() => api.Started == 2); // it is begun elsewhere
        Assert.InRange(table.Budget.Requests.Taken, 500 * 100, 500 * 1000);
        api.Answer();
        Assert.NotNull(await Soon(large.ReceiveFrameAsync()));
        Assert.Equal(0, table.Budget.Requests.Taken);
    }

    [Fact]
    public async Task A_request_of_very_many_parts_is_handled_elsewhere_and_its_successors_stay_behind_it()
    {
        var api = new HeldApi { AnswersAtOnce = true };
        var table = Serve(api);
        using var client = Connect();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal((2 * i) + 1, await client.SendAsync(Named(5000), 9));
            Assert.Equal((2 * i) + 2, await client.SendAsync(Named(1), 9));
        }

        for (var i = 1; i <= 10; i++)
        {
            var frame = await Soon(client.ReceiveFrameAsync());
            Assert.Equal(i, BinaryPrimitives.ReadInt32BigEndian(frame));
        }

        Assert.Equal(0, table.Budget.Requests.Taken);
        Assert.True(table.Budget.Requests.Peak > RequestCharge.HereBytesMax);
    }

    [Fact]
    public async Task A_request_that_takes_more_than_there_is_is_refused_by_the_name_of_the_setting_and_costs_nobody_else()
    {
        var api = new HeldApi { AnswersAtOnce = true };
        var table = Serve(api);
        using WireClient greedy = Connect(), good = Connect();
        await greedy.SendRawAsync(Frame(Named(100_000)));
        Assert.NotNull(await Soon(good.CallAsync(Named(1), 9)));
        Assert.Null(await Soon(greedy.ReceiveFrameAsync()));
        Assert.Equal(1, Said("a Metadata request takes"));
        Assert.True(table.Budget.Requests.Peak <= table.Budget.Requests.BytesMax);
        Assert.Equal(0, table.Budget.Requests.Taken);
    }

    [Fact]
    public async Task Requests_of_many_parts_wait_for_those_before_them_while_small_ones_pass()
    {
        var api = new HeldApi();
        var table = Serve(api);
        List<WireClient> many = [];
        while (table.Budget.Requests.Waiting < 3)
        {
            Assert.True(many.Count < 500);
            many.Add(Connect());
            await many[^1].SendAsync(Named(300), 9);
        }

        var started = api.Started;
        api.AnswersAtOnce = true;
        using var good = Connect();
        Assert.NotNull(await Soon(good.CallAsync(Named(1), 9)));
        Assert.Equal(started + 1, api.Started);
        Assert.Equal(1, Said("Requests of many parts wait for memory"));
        api.Answer();
        foreach (var client in many)
        {
            Assert.NotNull(await Soon(client.ReceiveFrameAsync()));
        }

        Assert.Equal(0, table.Budget.Requests.Taken);
    }

    [Fact]
    public async Task Waits_for_news_that_hold_memory_end_when_others_wait_for_it()
    {
        var api = new HeldApi();
        var table = Serve(api);
        List<WireClient> many = [];
        while (table.Budget.Requests.Waiting == 0)
        {
            Assert.True(many.Count < 500);
            many.Add(Connect());
            await many[^1].SendAsync(Named(300), 9);
        }

        Assert.Equal(many.Count - 1, api.Started);
        table.EndStalled();
        foreach (var client in many[..^1])
        {
            Assert.NotNull(await Soon(client.ReceiveFrameAsync()));
        }
    }

    [Fact]
    public async Task An_answer_that_is_larger_than_what_was_asked_is_held_before_it_is_made()
    {
        var api = new HeldApi { ResponseBytes = 1_000_000 };
        var table = Serve(api);
        List<WireClient> many = [];
        while (table.Budget.Requests.Waiting == 0)
        {
            Assert.True(many.Count < 500);
            many.Add(Connect());
            var before = api.Started;
            await many[^1].SendAsync(Named(1), 9);
            await Soon(() => api.Started > before || table.Budget.Requests.Waiting > 0);
        }

        Assert.InRange(api.Started, 1, (int)(table.Budget.Requests.BytesMax / 1_000_000));
        api.AnswersAtOnce = true;
        api.Answer();
        foreach (var client in many)
        {
            Assert.NotNull(await Soon(client.ReceiveFrameAsync()));
        }
    }

    [Fact]
    public async Task A_client_that_does_not_read_has_one_answer_made_and_when_too_much_is_unread_the_oldest_are_ended()
    {
        var table = Serve(new string('x', 30_000));
        List<WireClient> deaf = [];
        for (var i = 0; Said("do not read their answers") == 0; i++)
        {
            Assert.True(i < 2000, $"{table.Budget.Responses.Taken} bytes unread");
            deaf.Add(Connect());
            for (var request = 0; request < 20; request++)
            {
                await deaf[^1].SendAsync(new MetadataRequest(), 9);
            }

            Assert.True(table.Budget.Responses.Taken <= table.Budget.Responses.BytesMax);
        }

        Assert.True(table.Count < deaf.Count);
        using var good = Connect();
        Assert.NotNull(await good.CallAsync(new MetadataRequest(), 9));
    }

    [Fact]
    public async Task A_client_that_reads_nothing_for_the_idle_time_is_ended_and_one_that_reads_is_not()
    {
        var table = Serve(new string('x', 30_000));
        using var deaf = Connect();
        using var slow = Connect();
        foreach (var client in new[] { deaf, slow })
        {
            for (var request = 0; request < 40; request++)
            {
                await client.SendAsync(new MetadataRequest(), 9);
            }
        }

        table.CloseIdle();
        for (var i = 0; i < 3; i++)
        {
            _clock.AdvanceMs(_limits.IdleMsMax / 2);
            Assert.NotNull(await slow.ReceiveFrameAsync());
            table.CloseIdle();
        }

        Assert.Equal(1, Said("connections.max.idle.ms=600000"));
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void Requests_in_flight_become_fewer_as_connections_become_more()
    {
        var budget = new MemoryBudget(_limits, _clock, _said);
        budget.OnConnections(1);
        Assert.Equal(256, budget.RequestsInFlightMax);
        for (var count = 10; count <= budget.ConnectionsMax; count += 10)
        {
            budget.OnConnections(count);
            Assert.InRange(budget.RequestsInFlightMax, 4, 256);
            Assert.True((long)count * budget.RequestsInFlightMax * MemoryBudget.RequestBytes <= MemoryBudget.LimitBytesMin / 16);
        }
    }

    [Fact]
    public void A_limit_is_told_once_and_again_after_ten_minutes_of_freedom()
    {
        var budget = new MemoryBudget(_limits, _clock, _said);
        for (var i = 0; i < 100; i++)
        {
            budget.Tell(Diagnostics.Limit.ReadAhead);
            _clock.Advance(TimeSpan.FromMinutes(9));
        }

        Assert.Equal(1, Said("Receive buffers are down"));
        _clock.Advance(TimeSpan.FromMinutes(1));
        budget.Tell(Diagnostics.Limit.ReadAhead);
        Assert.Equal(2, Said("Receive buffers are down"));
    }

    [Fact]
    public async Task A_request_longer_than_the_memory_allows_is_refused_by_the_name_of_the_setting()
    {
        var table = Serve();
        Assert.True(table.Budget.FrameBytesMax < _limits.RequestBytesMax);
        using var client = Connect();
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, table.Budget.FrameBytesMax + 1);
        await client.SendRawAsync(length);
        Assert.Null(await client.ReceiveFrameAsync());
        Assert.Equal(1, Said("ouzel.memory.limit allows"));
    }

    /// <summary>Waits for what goes on on another thread once a lane has room: the one thing here that is not done when the call returns.</summary>
    private static Task<T> Soon<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    private static Task Soon(Task task) => task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    private int Said(string part) => _said.Count(part);

    private WireClient Connect() => new(_listener.Connect());

    private static async Task Soon(Func<bool> condition)
    {
        for (var i = 0; i < 2000 && !condition(); i++)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.True(condition());
    }

    private static MetadataRequest Named(int topics) => new() { Topics = [.. Enumerable.Range(0, topics).Select(i => new MetadataRequest.MetadataRequestTopic { Name = $"t{i}" })] };

    private static byte[] Frame(MetadataRequest request)
    {
        var body = WireClient.Encode(request, ApiKey.Metadata, 9, 1);
        var whole = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(whole, body.Length);
        body.CopyTo(whole, 4);
        return whole;
    }

    private ConnectionTable Serve(string clusterId = "c") => Serve(new ReadyApi(clusterId));

    private ConnectionTable Serve(IApi<MetadataRequest, MetadataResponse> api)
    {
        var apis = new ServedApis([new ApiEntry<MetadataRequest, MetadataResponse>(api, ApiOrder.Serial, 0, 13, 0)]);
        var table = new ConnectionTable(apis, _limits, () => _limits, _clock, _said);
        _ = table.AcceptAsync(_listener);
        return table;
    }

    /// <summary>A metadata request with bytes behind its body, which are ignored.</summary>
    private static byte[] Padded(int bytes)
    {
        var whole = new byte[4 + bytes];
        BinaryPrimitives.WriteInt32BigEndian(whole, bytes);
        WireClient.Encode(new MetadataRequest(), ApiKey.Metadata, 9, 1).CopyTo(whole, 4);
        return whole;
    }

    /// <summary>Answers when the test says so, or when the wait is cut short.</summary>
    private sealed class HeldApi : IApi<MetadataRequest, MetadataResponse>, ILongResponse<MetadataRequest>, IAbandonable
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<RequestContext, TaskCompletionSource<MetadataResponse>> _held = [];
        private int _started;

        public volatile bool AnswersAtOnce;

        public int Started => Volatile.Read(ref _started);

        public long ResponseBytes { get; init; }

        long ILongResponse<MetadataRequest>.ResponseBytes(MetadataRequest request, RequestContext context) => ResponseBytes;

        public ValueTask<MetadataResponse> HandleAsync(MetadataRequest request, RequestContext context)
        {
            lock (_gate)
            {
                _started++;
                if (AnswersAtOnce)
                {
                    return new(new MetadataResponse());
                }

                context.Waiting = this;
                _held[context] = new TaskCompletionSource<MetadataResponse>();
                return new(_held[context].Task);
            }
        }

        public void Abandon(RequestContext context)
        {
            TaskCompletionSource<MetadataResponse>? held;
            lock (_gate)
            {
                _held.Remove(context, out held);
            }

            held?.SetResult(new MetadataResponse());
        }

        public void Answer()
        {
            RequestContext[] all;
            lock (_gate)
            {
                AnswersAtOnce = true;
                all = [.. _held.Keys];
            }

            Array.ForEach(all, Abandon);
        }
    }

    private sealed class ReadyApi(string clusterId) : IApi<MetadataRequest, MetadataResponse>
    {
        public ValueTask<MetadataResponse> HandleAsync(MetadataRequest request, RequestContext context) => new(new MetadataResponse { ClusterId = clusterId });
    }
}
