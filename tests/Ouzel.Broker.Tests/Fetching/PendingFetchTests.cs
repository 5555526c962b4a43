using Ouzel.Broker.Tests.Apis;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Fetching;

/// <summary>A fetch that waits, in each order of what can end its wait: records come, its time is over, its client leaves.</summary>
public sealed class PendingFetchTests : IDisposable
{
    private const int WaitMs = 50;
    private const short Version = 12;

    private readonly DataNode _node = new();

    public void Dispose() => _node.Dispose();

    public static TheoryData<string> Orders() =>
    [
        "append", "due", "gone", "append append", "append due", "append gone", "due append", "due due", "due gone", "gone append", "gone due",
        "append due gone", "append gone due", "due append gone", "due gone append", "gone append due", "gone due append",
    ];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task The_first_event_ends_the_wait_and_the_others_end_no_other_fetch(string order)
    {
        await _node.CreateTopicAsync("t");
        using var producer = _node.Connect();
        using var client = _node.Connect();
        await client.SendAsync(Fetch(0, WaitMs), Version);
        var response = client.ReceiveAsync<FetchResponse>(Version);
        Assert.False(response.IsCompleted);
        var events = order.Split(' ');
        foreach (var one in events)
        {
            await HappenAsync(one, client, producer);
        }

        if (events[0] != "gone")
        {
            var part = (await response).Response.Responses[0].Partitions[0];
            Assert.Equal((ErrorCode.None, events[0] == "append"), (part.ErrorCode, Batches.Ranges(part.Records).Count > 0));
        }

        // The same object serves the next fetch: nothing that was late ends that one's wait.
        using var next = _node.Connect();
        var end = events.Count(e => e == "append");
        await next.SendAsync(Fetch(end, WaitMs), Version);
        var other = next.ReceiveAsync<FetchResponse>(Version);
        _node.Clock.Advance(TimeSpan.FromMilliseconds(WaitMs / 2));
        Assert.False(other.IsCompleted);
        await HappenAsync("append", next, producer);
        Assert.Equal([(end, end)], Batches.Ranges((await other).Response.Responses[0].Partitions[0].Records));
    }

    [Fact]
    public async Task Fetches_of_many_threads_are_each_answered_once_and_miss_nothing_while_time_runs_out_and_clients_leave()
    {
        const int Readers = 4;
        const int Rounds = 150;
        await _node.CreateTopicAsync("t");
        using var ended = new CancellationTokenSource();
        var writing = Repeated(async () =>
        {
            using var producer = _node.Connect();
            for (var i = 0; i < 20; i++)
            {
                await producer.CallAsync(ProduceTests.Request(1, ("t", 0, Batches.Of("a"))), 9);
            }
        });
        var passing = Repeated(() =>
        {
            _node.Clock.Advance(TimeSpan.FromMilliseconds(1));
            return Task.CompletedTask;
        });
        var leaving = Repeated(async () =>
        {
            using var guest = _node.Connect();
            await guest.SendAsync(Fetch(0, WaitMs, bytesMin: int.MaxValue), Version);
        });
        var reading = Task.WhenAll(Enumerable.Range(0, Readers).Select(number => Task.Run(() => ReadAsync(number, Rounds))));
        var read = await reading.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        await ended.CancelAsync();
        await Task.WhenAll(writing, passing, leaving).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.All(read, rounds => Assert.Equal(Rounds, rounds));

        Task Repeated(Func<Task> work) => Task.Run(async () =>
        {
            while (!ended.IsCancellationRequested)
            {
                await work();
                await Task.Yield();
            }
        });
    }

    /// <summary>Reads on and on from the beginning; returns how many fetches were answered, each from where the one before ended.</summary>
    private async Task<int> ReadAsync(int number, int rounds)
    {
        var random = new Random(number);
        using var client = _node.Connect();
        var (answered, offset) = (0, 0L);
        for (; answered < rounds; answered++)
        {
            var part = (await client.CallAsync(Fetch(offset, random.Next(1, 4), random.Next(1, 500)), Version)).Responses[0].Partitions[0];
            Assert.Equal(ErrorCode.None, part.ErrorCode);
            foreach (var (first, last) in Batches.Ranges(part.Records))
            {
                Assert.Equal(offset, first);
                offset = last + 1;
            }
        }

        return answered;
    }

    private async Task HappenAsync(string one, WireClient client, WireClient producer)
    {
        switch (one)
        {
            case "append":
                Assert.Equal(ErrorCode.None, (await producer.CallAsync(ProduceTests.Request(1, ("t", 0, Batches.Of("a"))), 9)).Responses[0].PartitionResponses[0].ErrorCode);
                break;
            case "due":
                _node.Clock.Advance(TimeSpan.FromMilliseconds(2 * WaitMs));
                break;
            default:
                client.Dispose();
                break;
        }
    }

    private static FetchRequest Fetch(long offset, int waitMs, int bytesMin = 1) => new()
    {
        MaxBytes = int.MaxValue,
        MaxWaitMs = waitMs,
        MinBytes = bytesMin,
        Topics = [new() { Topic = "t", Partitions = [new() { Partition = 0, FetchOffset = offset, PartitionMaxBytes = 1 << 20 }] }],
    };
}
