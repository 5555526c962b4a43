using System.Globalization;
using System.Net.Sockets;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Wire;

namespace Ouzel.Tests.Overload;

/// <summary>
/// The real program under clients that ask for more than it can carry. In each case its memory stays below ouzel.memory.limit, a well-behaved client goes on being
/// served, what that client was acknowledged survives a kill, and the log names the setting. bench/overload prints the figures.
/// </summary>
public sealed class OverloadTests(ITestOutputHelper output)
{
    private const int LimitMib = 512;
    private const string Kept = "kept";
    private const string Load = "load";

    /// <summary>The machine of a test run is busy with others, and this is not what is shipped: on a quiet one the median is below 10 ms.</summary>
    private static readonly TimeSpan MedianMax = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan SlowestMax = TimeSpan.FromSeconds(10);

    /// <summary>Fewer say nothing of a median: the opening of an attack may take one round of seconds.</summary>
    private const int RoundsMin = 20;

    /// <summary>For a hundred requests of 100 MiB; 10 GB go through the machine's loopback one after the other.</summary>
    private static readonly TimeSpan DoneMax = TimeSpan.FromMinutes(3);

    private static readonly int Seconds = int.Parse(Environment.GetEnvironmentVariable("OUZEL_OVERLOAD_SECONDS") ?? "4", CultureInfo.InvariantCulture);

    [Fact]
    public Task Two_hundred_producers_at_full_speed_wait_in_their_sockets() => RunAsync(200, async (broker, number, stop) =>
    {
        var frame = RawClient.Frame(WellBehaved.Produce(Load, WellBehaved.Batch([.. Enumerable.Range(0, 64).Select(_ => new byte[1000])]), acks: (short)(number % 2 == 0 ? 1 : -1)), WellBehaved.ProduceVersion);
        using var client = await RawClient.OpenAsync(broker.Address);
        var reading = ReadAllAsync(client, stop);
        while (!stop.IsCancellationRequested)
        {
            await client.SendAsync(frame, stop);
        }

        await reading;
    });

    [Fact]
    public Task A_thousand_consumers_that_stop_reading_hold_little() => RunAsync(1000, async (broker, _, stop) =>
    {
        using var client = await RawClient.OpenAsync(broker.Address, receiveBufferBytes: 4096);
        var frame = RawClient.Frame(WellBehaved.Fetch(Load, 0, 1 << 20), WellBehaved.FetchVersion);
        for (var i = 0; i < 40; i++)
        {
            await client.SendAsync(frame, stop);
        }

        await Task.Delay(Timeout.Infinite, stop);
    }, "A connection may have");

    [Fact]
    public Task Clients_that_do_not_read_large_answers_from_memory_hold_little() => RunAsync(1000, async (broker, _, stop) =>
    {
        using var client = await RawClient.OpenAsync(broker.Address, receiveBufferBytes: 4096);

        // All settings of the broker with their documentation: some 100 KB of answer for 50 bytes of request.
        var frame = RawClient.Frame(new DescribeConfigsRequest { Resources = [new() { ResourceType = 4, ResourceName = "1", ConfigurationKeys = null }], IncludeDocumentation = true, IncludeSynonyms = true }, 4);
        for (var i = 0; i < 40; i++)
        {
            await client.SendAsync(frame, stop);
        }

        await Task.Delay(Timeout.Infinite, stop);
    }, "Requests of many parts wait for memory|connections that do not read their answers");

    [Fact]
    public Task Clients_that_send_a_byte_a_second_hold_what_they_sent() => RunAsync(1000, async (broker, number, stop) =>
    {
        using var client = await RawClient.OpenAsync(broker.Address);
        byte[] length = number % 2 == 0 ? [0, 0, 4, 0] : [6, 0, 0, 0];
        for (var i = 0; ; i++)
        {
            await client.SendAsync(length.AsMemory(i % 4, 1), stop);
            await Task.Delay(i < 8 ? 50 : 1000, stop);
        }
    }, "Requests above 2 MiB wait for memory", "their requests hold memory and arrive at less than");

    [Fact]
    public async Task A_hundred_requests_at_the_size_limit_take_turns_and_are_all_answered()
    {
        var answered = 0;
        await RunUntilDoneAsync(100, async (broker, _, stop) =>
        {
            await SendHugeAsync(broker, stop);
            Interlocked.Increment(ref answered);
        }, "Requests above 2 MiB wait for memory");
        Assert.Equal(100, answered);
    }

    private static async Task SendHugeAsync(OverloadedBroker broker, CancellationToken stop)
    {
        using var client = await RawClient.OpenAsync(broker.Address);
        await client.SendAsync(HugeHead(), stop);
        var piece = new byte[1 << 20];
        for (var left = HugeBytes - HugeHead().Length + 4; left > 0; left -= piece.Length)
        {
            await client.SendAsync(piece.AsMemory(0, Math.Min(left, piece.Length)), stop);
        }

        var answer = await client.ReceiveAsync(stop);
        Assert.NotNull(answer);
        var reader = new WireReader(answer);
        ResponseHeader.Read(ref reader, ProduceResponse.ApiKey, HugeVersion);
        var response = new ProduceResponse();
        response.Read(ref reader, HugeVersion);

        // It was read to its end and judged by its content: zeros are no records.
        Assert.Equal(ErrorCode.CorruptMessage, response.Responses[0].PartitionResponses[0].ErrorCode);
    }

    [Fact]
    public Task A_hundred_huge_requests_that_stall_do_not_keep_others_out() => RunAsync(100, async (broker, number, stop) =>
    {
        using var client = await RawClient.OpenAsync(broker.Address);
        if (number == 0)
        {
            // One that does not stall, somewhat above what counts as huge. It comes late and is served all the same.
            await Task.Delay(1000, stop);
            await client.SendAsync(RawClient.Frame(WellBehaved.Produce(Load, WellBehaved.Batch([new byte[3 << 20]]), acks: 1), WellBehaved.ProduceVersion), CancellationToken.None);
            Assert.NotNull(await client.ReceiveAsync(CancellationToken.None));
            return;
        }

        await client.SendAsync(HugeHead(), stop);
        await client.SendAsync(new byte[1 << 20], stop);
        await Task.Delay(Timeout.Infinite, stop);
    }, "their requests hold memory and arrive at less than");

    private const int HugeBytes = 104857600;
    private const short HugeVersion = 8;

    /// <summary>The beginning of a produce request of exactly socket.request.max.bytes; the records are zeros.</summary>
    private static byte[] HugeHead()
    {
        var head = RawClient.Frame(WellBehaved.Produce(Load, new byte[1], acks: 1), HugeVersion)[..^5];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(head, HugeBytes);
        var records = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(records, HugeBytes - (head.Length - 4) - 4);
        return [.. head, .. records];
    }

    private Task RunAsync(int clients, Func<OverloadedBroker, int, CancellationToken, Task> misbehave, params string[] said) => RunAsync(clients, untilDone: false, misbehave, said);

    private Task RunUntilDoneAsync(int clients, Func<OverloadedBroker, int, CancellationToken, Task> misbehave, params string[] said) => RunAsync(clients, untilDone: true, misbehave, said);

    /// <param name="said">Each stands in exactly one line of the log, together with the setting's name; where the machine's speed decides which limit is met first, one of several.</param>
    private async Task RunAsync(int clients, bool untilDone, Func<OverloadedBroker, int, CancellationToken, Task> misbehave, string[] said)
    {
        // With a full backlog the system answers with cookies, and then loses the first bytes of some clients.
        using var broker = new OverloadedBroker(LimitMib, "socket.listen.backlog.size=4096");
        await broker.ReadyAsync(Kept, Load);
        using (var filler = await RawClient.OpenAsync(broker.Address))
        {
            for (var i = 0; i < 20; i++)
            {
                await filler.CallAsync(WellBehaved.Produce(Load, WellBehaved.Batch([.. Enumerable.Range(0, 100).Select(_ => new byte[10_000])]), acks: 1), WellBehaved.ProduceVersion);
            }
        }

        var good = new WellBehaved(broker.Address, Kept);
        var before = broker.NowMib;
        using var stop = new CancellationTokenSource();
        var serving = good.RunAsync(stop.Token);
        stop.CancelAfter(DoneMax);
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        var attacks = Enumerable.Range(0, clients).Select(n => AttackAsync(broker, n, misbehave, stop.Token)).ToArray();
        await (untilDone ? Task.WhenAll(attacks) : Task.Delay(TimeSpan.FromSeconds(Seconds), CancellationToken.None));
        while ((good.Rounds < RoundsMin || !said.All(IsSaid)) && !serving.IsCompleted && !stop.IsCancellationRequested)
        {
            await Task.Delay(50, CancellationToken.None);
        }

        await stop.CancelAsync();
        await serving;
        var ended = (await Task.WhenAll(attacks)).Count(e => e);
        var took = System.Diagnostics.Stopwatch.GetElapsedTime(began);
        var peak = broker.PeakMib;
        output.WriteLine($"memory: {before} MiB before, {peak} MiB at most, limit {LimitMib} MiB; well-behaved: {good.Rounds} rounds, median {good.Median.TotalMilliseconds:F1} ms, slowest {good.Slowest.TotalMilliseconds:F1} ms; {ended} of {clients} connections ended by the broker; {took.TotalSeconds:F1} s");
        output.WriteLine(string.Join('\n', broker.Process.Output.Split('\n').Where(l => l.Contains("WARN", StringComparison.OrdinalIgnoreCase))));
        Assert.InRange(peak, 1, LimitMib);
        Assert.InRange(good.Median, TimeSpan.Zero, MedianMax);
        Assert.InRange(good.Slowest, TimeSpan.Zero, SlowestMax);
        foreach (var part in said)
        {
            var lines = part.Split('|').Select(one => broker.Process.Output.Split('\n').Where(l => l.Contains(one, StringComparison.Ordinal)).ToList()).Where(found => found.Count > 0).ToList();
            Assert.NotEmpty(lines);
            Assert.All(lines, found => Assert.Contains("ouzel.memory.limit", Assert.Single(found), StringComparison.Ordinal));
        }

        await broker.KillAndStartAsync();
        await good.CheckAsync(broker.Address);

        bool IsSaid(string part) => part.Split('|').Any(broker.Process.Output.Contains);
    }

    /// <summary>True when the broker ended the connection.</summary>
    private static async Task<bool> AttackAsync(OverloadedBroker broker, int number, Func<OverloadedBroker, int, CancellationToken, Task> misbehave, CancellationToken stop)
    {
        try
        {
            await misbehave(broker, number, stop);
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static async Task ReadAllAsync(RawClient client, CancellationToken stop)
    {
        while (await client.ReceiveAsync(stop) is not null)
        {
        }
    }
}
