using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Apis;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Net;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Net;

/// <summary>Rules of a connection, shown with APIs whose answers the test releases itself.</summary>
public sealed class ConnectionTests
{
    private readonly FakeTimeProvider _clock = FakeTime.New();
    private readonly MemoryListener _listener = new();
    private readonly HeldApi<MetadataRequest, MetadataResponse> _serial = new();
    private readonly HeldApi<FetchRequest, FetchResponse> _pipelined = new();
    private NetworkLimits _limits = new();

    [Fact]
    public async Task Answers_leave_in_the_order_of_the_requests()
    {
        using var client = Connect();
        var first = await client.SendAsync(new FetchRequest(), 11);
        var second = await client.SendAsync(new FetchRequest(), 11);
        var third = await client.SendAsync(new FetchRequest(), 11);
        _pipelined.Release(2);
        _pipelined.Release(1);
        Assert.Equal(0, Unread(client));
        _pipelined.Release(0);
        Assert.Equal([first, second, third], [await NextAsync(client), await NextAsync(client), await NextAsync(client)]);
    }

    [Fact]
    public async Task Of_a_request_that_nobody_knows_it_is_told_who_sent_it()
    {
        var said = new SaidLines();
        var listener = new MemoryListener();
        _ = new ConnectionTable(new ServedApis([new ApiEntry<MetadataRequest, MetadataResponse>(_serial, ApiOrder.Serial, 0, 13, 0)]), _limits, () => _limits, _clock, said).AcceptAsync(listener);
        using var client = new WireClient(listener.Connect());
        await client.SendFrameAsync([0x03, 0xe7, 0, 0, 0, 0, 0, 1, 0, 4, (byte)'m', (byte)'i', (byte)'n', (byte)'e', 0]);
        Assert.Null(await client.ReceiveFrameAsync());
        Assert.Equal(1, said.Count("client 'mine' sent a request 999 v0 request"));
    }

    [Fact]
    public async Task A_serial_request_holds_back_the_next_one_and_a_pipelined_one_does_not()
    {
        using var client = Connect();
        await client.SendAsync(new FetchRequest(), 11);
        await client.SendAsync(new MetadataRequest(), 9);
        await client.SendAsync(new FetchRequest(), 11);
        Assert.Equal((1, 1), (_pipelined.Started, _serial.Started));
        _serial.Release(0);
        Assert.Equal(2, _pipelined.Started);
    }

    [Fact]
    public async Task Answers_that_are_ready_together_leave_in_one_send()
    {
        _serial.AnswersAtOnce = true;
        using var client = Connect();
        byte[] one = [0, 0, 0, 0, .. WireClient.Encode(new MetadataRequest(), ApiKey.Metadata, 9, 7)];
        one[3] = (byte)(one.Length - 4);
        await client.SendRawAsync([.. Enumerable.Repeat(one, 50).SelectMany(x => x)]);
        Assert.Equal(50, _serial.Started);
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(7, await NextAsync(client));
        }
    }

    [Fact]
    public async Task A_half_closed_client_gets_all_its_answers()
    {
        using var client = Connect();
        await client.SendAsync(new FetchRequest(), 11);
        await client.SendAsync(new FetchRequest(), 11);
        ((MemoryTransport)client.Transport).CloseSending();
        _pipelined.Release(0);
        _pipelined.Release(1);
        Assert.Equal(1, await NextAsync(client));
        Assert.Equal(2, await NextAsync(client));
        Assert.Null(await client.ReceiveFrameAsync());
    }

    [Fact]
    public async Task A_silent_answer_takes_its_turn_and_no_bytes()
    {
        using var client = Connect();
        await client.SendAsync(new FetchRequest(), 11);
        await client.SendAsync(new FetchRequest(), 11);
        _pipelined.Contexts[0].StaySilent();
        _pipelined.Release(0);
        Assert.Equal(0, Unread(client));
        _pipelined.Release(1);
        Assert.Equal(2, await NextAsync(client));
    }

    [Fact]
    public async Task A_closing_answer_ends_the_connection_after_those_before_it()
    {
        using var client = Connect();
        await client.SendAsync(new FetchRequest(), 11);
        await client.SendAsync(new FetchRequest(), 11);
        _pipelined.Contexts[1].CloseConnection("no reason");
        _pipelined.Release(1);
        _pipelined.Release(0);
        Assert.Equal(1, await NextAsync(client));
        Assert.Null(await client.ReceiveFrameAsync());
    }

    [Fact]
    public async Task A_failing_handler_ends_its_own_connection_only()
    {
        using var client = Connect();
        using WireClient other = new(_listener.Connect());
        await client.SendAsync(new FetchRequest(), 11);
        await other.SendAsync(new FetchRequest(), 11);
        _pipelined.Fail(0);
        Assert.Null(await client.ReceiveFrameAsync());
        _pipelined.Release(1);
        Assert.Equal(1, await NextAsync(other));
    }

    [Fact]
    public async Task A_malformed_request_ends_the_connection_after_the_answers_before_it()
    {
        using var client = Connect();
        await client.SendAsync(new FetchRequest(), 11);
        await client.SendFrameAsync([0, 3, 0, 1, 0, 0, 0, 5, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
        _pipelined.Release(0);
        Assert.Equal(1, await NextAsync(client));
        Assert.Null(await client.ReceiveFrameAsync());
        Assert.Equal(0, _serial.Started);
    }

    [Fact]
    public async Task Requests_in_flight_are_bounded()
    {
        _limits = _limits with { RequestsInFlightMax = 3 };
        using var client = Connect();
        for (var i = 0; i < 5; i++)
        {
            await client.SendAsync(new FetchRequest(), 11);
        }

        Assert.Equal(3, _pipelined.Started);
        _pipelined.Release(0);
        Assert.Equal(1, await NextAsync(client));
        await WaitAsync(() => _pipelined.Started == 4);
    }

    [Fact]
    public async Task A_client_that_does_not_read_stops_being_served()
    {
        _serial.AnswersAtOnce = true;
        _serial.Response = new MetadataResponse { ClusterId = new string('x', 20000) };
        _limits = _limits with { RequestsInFlightMax = 8 };
        using var client = Connect();
        for (var i = 0; i < 200; i++)
        {
            await client.SendAsync(new MetadataRequest(), 9);
        }

        Assert.True(_serial.Started < 60, $"{_serial.Started} requests were handled for a client that reads nothing");
        for (var i = 1; i <= 200; i++)
        {
            Assert.Equal(i, await NextAsync(client));
        }
    }

    [Fact]
    public async Task An_idle_connection_is_closed_and_a_busy_one_is_not()
    {
        var table = Serve();
        using WireClient idle = new(_listener.Connect());
        using WireClient busy = new(_listener.Connect());
        await busy.SendAsync(new FetchRequest(), 11);
        _clock.AdvanceMs(_limits.IdleMsMax + 1);
        table.CloseIdle();
        Assert.Null(await idle.ReceiveFrameAsync());
        _pipelined.Release(0);
        Assert.Equal(1, await NextAsync(busy));
    }

    [Fact]
    public async Task An_address_gets_no_more_connections_than_its_limit()
    {
        var favoured = IPAddress.Parse("10.0.0.9");
        _limits = _limits with { ConnectionsPerIpMax = 1, ConnectionsPerIpOverrides = new Dictionary<string, int> { ["10.0.0.9"] = 2 } };
        _serial.AnswersAtOnce = true;
        Serve();
        using WireClient first = new(_listener.Connect());
        using WireClient second = new(_listener.Connect());
        using WireClient third = new(_listener.Connect(favoured));
        using WireClient fourth = new(_listener.Connect(favoured));
        foreach (var client in new[] { first, second, third, fourth })
        {
            await client.SendAsync(new MetadataRequest(), 9);
        }

        Assert.Equal(1, await NextAsync(first));
        Assert.Null(await second.ReceiveFrameAsync());
        Assert.Equal(1, await NextAsync(third));
        Assert.Equal(1, await NextAsync(fourth));
        first.Dispose();
        using WireClient again = new(_listener.Connect());
        await again.SendAsync(new MetadataRequest(), 9);
        Assert.Equal(1, await NextAsync(again));
    }

    [Fact]
    public async Task A_full_node_lets_newcomers_wait()
    {
        _limits = _limits with { ConnectionsMax = 1 };
        _serial.AnswersAtOnce = true;
        Serve();
        using WireClient first = new(_listener.Connect());
        using WireClient second = new(_listener.Connect());
        await second.SendAsync(new MetadataRequest(), 9);
        Assert.Equal(0, _serial.Started);
        first.Dispose();
        Assert.Equal(1, await NextAsync(second));
    }

    [Fact]
    public async Task Stopping_lets_answers_in_flight_leave()
    {
        var table = Serve();
        using WireClient client = new(_listener.Connect());
        await client.SendAsync(new FetchRequest(), 11);
        var stopping = table.StopAsync(TimeSpan.FromSeconds(5));
        Assert.False(stopping.IsCompleted);
        _pipelined.Release(0);
        await stopping;
        Assert.Equal(1, await NextAsync(client));
        Assert.Null(await client.ReceiveFrameAsync());
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public async Task A_request_that_comes_when_no_more_are_taken_ends_the_connection_after_the_answers_before_it()
    {
        var table = Serve();
        using WireClient client = new(_listener.Connect());
        await client.SendAsync(new FetchRequest(), 11);
        await table.TakeNoMoreAsync();
        await client.SendAsync(new FetchRequest(), 11);
        _pipelined.Release(0);
        Assert.Equal(1, await NextAsync(client));
        Assert.Null(await client.ReceiveFrameAsync());
        Assert.Equal(1, _pipelined.Started);
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_ever()
    {
        var table = Serve();
        using WireClient client = new(_listener.Connect());
        await client.SendAsync(new FetchRequest(), 11);
        var stopping = table.StopAsync(TimeSpan.FromSeconds(5));
        _clock.AdvanceMs(5001);
        await stopping.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Null(await client.ReceiveFrameAsync());
    }

    private WireClient Connect()
    {
        Serve();
        return new WireClient(_listener.Connect());
    }

    private ConnectionTable Serve()
    {
        var apis = new ServedApis([
            new ApiEntry<MetadataRequest, MetadataResponse>(_serial, ApiOrder.Serial, 0, 13, 0),
            new ApiEntry<FetchRequest, FetchResponse>(_pipelined, ApiOrder.Pipelined, 4, 18, 0),
        ]);
        var table = new ConnectionTable(apis, _limits, () => _limits, _clock, NullLogger.Instance);
        _ = table.AcceptAsync(_listener);
        return table;
    }

    private static int Unread(WireClient client) => ((MemoryTransport)client.Transport).Unanswered;

    private static async Task<int> NextAsync(WireClient client)
    {
        var frame = await client.ReceiveFrameAsync().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.NotNull(frame);
        return System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(frame);
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        for (var i = 0; i < 1000 && !condition(); i++)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.True(condition());
    }

    /// <summary>A handler that answers when the test says so.</summary>
    private sealed class HeldApi<TRequest, TResponse> : IApi<TRequest, TResponse>
        where TRequest : class, IKafkaRequest<TResponse>, new()
        where TResponse : class, IKafkaResponse, new()
    {
        private readonly List<TaskCompletionSource<TResponse>> _held = [];

        public bool AnswersAtOnce { get; set; }

        public TResponse Response { get; set; } = new();

        public int Started { get; private set; }

        public List<RequestContext> Contexts { get; } = [];

        public ValueTask<TResponse> HandleAsync(TRequest request, RequestContext context)
        {
            Started++;
            Contexts.Add(context);
            if (AnswersAtOnce)
            {
                return new(Response);
            }

            _held.Add(new TaskCompletionSource<TResponse>());
            return new(_held[^1].Task);
        }

        public void Release(int index) => _held[index].SetResult(Response);

        public void Fail(int index) => _held[index].SetException(new InvalidOperationException("the handler failed"));
    }
}
