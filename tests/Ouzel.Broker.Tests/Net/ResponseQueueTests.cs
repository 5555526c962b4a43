using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Apis;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Net;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol.Messages;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Tests.Net;

/// <summary>Races between the reader of a connection and those who complete its responses, played one event after the other.</summary>
public sealed class ResponseQueueTests
{
    private readonly FakeTimeProvider _clock = FakeTime.New();
    private readonly MemoryListener _listener = new();

    [Fact]
    public async Task A_head_that_is_answered_while_the_reader_begins_to_wait_for_room_does_not_cost_the_connection()
    {
        var api = new LaterApi();
        var limits = new NetworkLimits { MemoryBytesMax = MemoryBudget.LimitBytesMin };

        // The line about requests in flight is written between the reader's lock and its wait: exactly there the head is answered.
        var log = new ActingLogger("requests in flight", () => api.Answer(0));
        var apis = new ServedApis([new ApiEntry<FetchRequest, FetchResponse>(api, ApiOrder.Pipelined, 4, 18, 4)]);
        var table = new ConnectionTable(apis, limits, () => limits, _clock, log);
        _ = table.AcceptAsync(_listener);
        List<WireClient> others = [.. Enumerable.Range(0, 20).Select(_ => Connect())];
        var inFlightMax = table.Budget.RequestsInFlightMax;
        Assert.InRange(inFlightMax, 4, 255);

        var client = others[0];
        for (var i = 0; i <= inFlightMax + 3; i++)
        {
            await client.SendAsync(new FetchRequest(), 11);
        }

        Assert.Equal(1, log.Acted);
        for (var i = 1; api.Started > i; i++)
        {
            api.Answer(i);
        }

        for (var i = 0; i <= inFlightMax + 3; i++)
        {
            Assert.NotNull(await client.ReceiveFrameAsync());
        }

        others.ForEach(other => other.Dispose());
    }

    [Fact]
    public async Task A_client_that_leaves_while_answers_are_sent_and_its_next_request_waits_for_room_is_forgotten()
    {
        var api = new LaterApi();
        var limits = new NetworkLimits { RequestsInFlightMax = 8 };
        var apis = new ServedApis([new ApiEntry<FetchRequest, FetchResponse>(api, ApiOrder.Pipelined, 4, 18, 4)]);
        var table = new ConnectionTable(apis, limits, () => limits, _clock, NullLogger.Instance);
        _ = table.AcceptAsync(_listener);
        using var client = Connect();
        for (var i = 0; i < 10; i++)
        {
            await client.SendAsync(new FetchRequest(), 11);
        }

        // The reader waits for room. The sender takes that wait along and is held up: the client reads nothing.
        api.Answer(0, MoreThanIsTaken());
        Assert.Equal((8, 1), (api.Started, table.Count));
        client.Dispose();
        table.LookForPeers();
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public async Task Answers_that_are_completed_in_one_burst_leave_together_behind_the_last()
    {
        var api = new LaterApi();
        var limits = new NetworkLimits();
        var apis = new ServedApis([new ApiEntry<FetchRequest, FetchResponse>(api, ApiOrder.Pipelined, 4, 18, 4)]);
        var table = new ConnectionTable(apis, limits, () => limits, _clock, NullLogger.Instance);
        _ = table.AcceptAsync(_listener);
        using WireClient client = Connect(), other = Connect();
        for (var i = 0; i < 4; i++)
        {
            await client.SendAsync(new FetchRequest(), 11);
        }

        await other.SendAsync(new FetchRequest(), 11);
        Task<byte[]?> first = client.ReceiveFrameAsync(), others = other.ReceiveFrameAsync();
        Assert.True(CompletionBurst.TryOpen());
        for (var i = 0; i < 3; i++)
        {
            api.Answer(i);
        }

        api.Answer(4);
        Assert.Equal((false, false), (first.IsCompleted, others.IsCompleted));
        CompletionBurst.Close((what, fault) => Assert.Fail($"{what}: {fault}"));
        Assert.Equal((true, true), (first.IsCompleted, others.IsCompleted));
        Assert.NotNull(await client.ReceiveFrameAsync());
        Assert.NotNull(await client.ReceiveFrameAsync());

        // And whoever completes one alone sends it at once.
        var last = client.ReceiveFrameAsync();
        Assert.False(last.IsCompleted);
        api.Answer(3);
        Assert.True(last.IsCompleted);
    }

    private static FetchResponse MoreThanIsTaken()
    {
        var response = new FetchResponse();
        for (var i = 0; i < 20; i++)
        {
            response.Responses.Add(new FetchResponse.FetchableTopicResponse { Topic = new string('t', 30_000) });
        }

        return response;
    }

    private WireClient Connect() => new(_listener.Connect());

    private sealed class LaterApi : IApi<FetchRequest, FetchResponse>
    {
        private readonly List<TaskCompletionSource<FetchResponse>> _asked = [];

        public int Started => _asked.Count;

        public ValueTask<FetchResponse> HandleAsync(FetchRequest request, RequestContext context)
        {
            _asked.Add(new TaskCompletionSource<FetchResponse>());
            return new(_asked[^1].Task);
        }

        public void Answer(int index, FetchResponse? response = null) => _asked[index].TrySetResult(response ?? new FetchResponse());
    }

    /// <summary>Does something when a line is written.</summary>
    private sealed class ActingLogger(string part, Action act) : ILogger
    {
        public int Acted { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel level) => true;

        public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> format)
        {
            Assert.Null(exception);
            if (format(state, exception).Contains(part, StringComparison.Ordinal))
            {
                Acted++;
                act();
            }
        }
    }
}
