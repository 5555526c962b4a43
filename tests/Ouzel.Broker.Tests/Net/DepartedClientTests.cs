using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Apis;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Net;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Net;

/// <summary>Requests that wait for news, or for others, when their client has left: what they hold is free within a second.</summary>
public sealed class DepartedClientTests
{
    private readonly FakeTimeProvider _clock = FakeTime.New();
    private readonly MemoryListener _listener = new();
    private readonly WaitingApi _fetch = new();
    private readonly StubbornApi _join = new();
    private readonly NetworkLimits _limits = new() { RequestsInFlightMax = 8 };

    [Fact]
    public async Task A_wait_ends_when_its_client_sends_no_more_and_the_answer_still_leaves()
    {
        var table = Serve();
        using var client = Connect();
        await client.SendAsync(new FetchRequest(), 11);
        await client.SendAsync(new FetchRequest(), 11);
        ((MemoryTransport)client.Transport).CloseSending();
        Assert.NotNull(await client.ReceiveFrameAsync());
        Assert.NotNull(await client.ReceiveFrameAsync());
        Assert.Null(await client.ReceiveFrameAsync());
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public async Task A_wait_ends_when_its_client_has_gone()
    {
        var table = Serve();
        using var client = Connect();
        await client.SendAsync(new FetchRequest(), 11);
        client.Dispose();
        Assert.Equal(0, table.Count);
        Assert.Equal(0, _fetch.Waiting);
    }

    [Fact]
    public async Task A_client_that_leaves_behind_more_requests_than_may_be_in_flight_is_noticed_all_the_same()
    {
        var table = Serve();
        using var client = Connect();
        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync(new FetchRequest(), 11);
        }

        // Nothing is received any more, so nothing is known of its leaving until somebody looks.
        client.Dispose();
        Assert.Equal((1, 8), (table.Count, _fetch.Waiting));
        table.LookForPeers();
        Assert.Equal((0, 0), (table.Count, _fetch.Waiting));
    }

    [Fact]
    public async Task A_client_that_sends_no_more_gets_the_answers_to_all_it_sent()
    {
        var table = Serve();
        using var client = Connect();
        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync(new FetchRequest(), 11);
        }

        ((MemoryTransport)client.Transport).CloseSending();
        for (var i = 0; i < 3; i++)
        {
            table.LookForPeers();
        }

        for (var i = 0; i < 20; i++)
        {
            Assert.NotNull(await client.ReceiveFrameAsync());
        }

        Assert.Null(await client.ReceiveFrameAsync());
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public async Task A_client_that_sends_no_more_is_answered_once_before_all_its_waits_are_ended_for_it_may_have_gone()
    {
        var table = Serve();
        using var client = Connect();
        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync(new FetchRequest(), 11);
        }

        ((MemoryTransport)client.Transport).CloseSending();
        table.LookForPeers();
        Assert.Equal((9, 8), (_fetch.Started, _fetch.Waiting));
        client.Dispose();
        table.LookForPeers();
        Assert.Equal((9, 0, 0), (_fetch.Started, _fetch.Waiting, table.Count));
    }

    [Fact]
    public async Task A_wait_whose_connection_has_ended_knows_that_nobody_reads_its_answer()
    {
        var table = Serve();
        using var client = Connect();
        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync(new FetchRequest(), 11);
        }

        client.Dispose();
        table.LookForPeers();
        Assert.Equal(8, _fetch.GivenUp);
    }

    [Fact]
    public async Task A_serial_request_that_waits_for_others_does_not_keep_the_connection_of_a_client_that_has_gone()
    {
        var table = Serve();
        using var client = Connect();
        await client.SendAsync(new JoinGroupRequest(), 5);
        client.Dispose();
        table.LookForPeers();
        Assert.Equal(0, table.Count);
        _join.Answer();
    }

    [Fact]
    public async Task A_request_that_nothing_can_hasten_keeps_a_half_closed_client_for_ten_seconds_at_most()
    {
        var table = Serve();
        using var client = Connect();
        await client.SendAsync(new JoinGroupRequest(), 5);
        ((MemoryTransport)client.Transport).CloseSending();
        for (var i = 0; i < 20; i++)
        {
            table.LookForPeers();
            _clock.AdvanceMs(500);
        }

        Assert.Equal(1, table.Count);
        _clock.AdvanceMs(500);
        table.LookForPeers();
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public async Task A_client_that_is_there_may_wait_as_long_as_it_likes()
    {
        var table = Serve();
        using var client = Connect();
        await client.SendAsync(new FetchRequest(), 11);
        await client.SendAsync(new JoinGroupRequest(), 5);
        for (var i = 0; i < 100; i++)
        {
            table.LookForPeers();
            _clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal((1, 1), (table.Count, _fetch.Waiting));
    }

    [Fact]
    public async Task A_frame_that_is_held_keeps_the_next_ones_with_the_client_until_it_is_let_go()
    {
        Serve();
        using var client = Connect();
        _fetch.Holds = true;
        for (var i = 0; i < 5; i++)
        {
            await client.SendAsync(new FetchRequest(), 11);
        }

        Assert.Equal(1, _fetch.Started);
        _fetch.Holds = false;
        _fetch.Held!.LetGo();
        await Soon(() => _fetch.Started == 5);
    }

    private static async Task Soon(Func<bool> condition)
    {
        for (var i = 0; i < 2000 && !condition(); i++)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.True(condition());
    }

    private WireClient Connect() => new(_listener.Connect());

    private ConnectionTable Serve()
    {
        var apis = new ServedApis([
            new ApiEntry<FetchRequest, FetchResponse>(_fetch, ApiOrder.Pipelined, 4, 18, 4),
            new ApiEntry<JoinGroupRequest, JoinGroupResponse>(_join, ApiOrder.Serial, 0, 9, 0),
        ]);
        var table = new ConnectionTable(apis, _limits, () => _limits, _clock, NullLogger.Instance);
        _ = table.AcceptAsync(_listener);
        return table;
    }

    /// <summary>Waits until it is abandoned.</summary>
    private sealed class WaitingApi : IApi<FetchRequest, FetchResponse>, IAbandonable
    {
        private readonly Dictionary<RequestContext, TaskCompletionSource<FetchResponse>> _waiting = [];

        public int Started { get; private set; }

        public int Waiting => _waiting.Count;

        public int GivenUp { get; private set; }

        public bool Holds { get; set; }

        public FrameHold? Held { get; private set; }

        public ValueTask<FetchResponse> HandleAsync(FetchRequest request, RequestContext context)
        {
            Started++;
            if (Holds)
            {
                Held = context.Frame;
                Held.Add();
            }

            context.Waiting = this;
            _waiting[context] = new TaskCompletionSource<FetchResponse>();
            return new(_waiting[context].Task);
        }

        public void Abandon(RequestContext context)
        {
            if (_waiting.Remove(context, out var answer))
            {
                GivenUp += context.Origin.IsGone ? 1 : 0;
                answer.SetResult(new FetchResponse());
            }
        }
    }

    /// <summary>Waits for something that its client's leaving does not change.</summary>
    private sealed class StubbornApi : IApi<JoinGroupRequest, JoinGroupResponse>
    {
        private readonly TaskCompletionSource<JoinGroupResponse> _answer = new();

        public ValueTask<JoinGroupResponse> HandleAsync(JoinGroupRequest request, RequestContext context) => new(_answer.Task);

        public void Answer() => _answer.SetResult(new JoinGroupResponse());
    }
}
