using System.Globalization;
using System.Net.Sockets;

namespace Ouzel.Tests.Overload;

/// <summary>
/// Eight clients that behave well beside six that do not, all six at once: memory stays below ouzel.memory.limit and comes back within seconds after they left, the
/// eight are served, and what they were acknowledged survives a kill. bench/overload prints the figures of a quiet machine.
/// </summary>
public sealed class HostileSendersTests(ITestOutputHelper output)
{
    private const int LimitMib = 512;
    private const int HonestClients = 8;
    private const int RoundsMin = 10;
    private const string Packed = "packed";

    /// <summary>The machine of a test run is busy with others: on a quiet one the eight see their slowest hundredth below 100 ms.</summary>
    private static readonly TimeSpan HundredthMax = TimeSpan.FromSeconds(5);

    /// <summary>The time within which what the attackers held is let go.</summary>
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(20);

    /// <summary>The most that an idle broker may keep of them: heap that was used and buffers that are pooled.</summary>
    private const int KeptMibMax = 256;

    private static readonly int Seconds = int.Parse(Environment.GetEnvironmentVariable("OUZEL_OVERLOAD_SECONDS") ?? "4", CultureInfo.InvariantCulture);

    private static readonly Dictionary<string, Func<OverloadedBroker, string, CancellationToken, Task>> Kinds = new()
    {
        ["tiny elements"] = HostileSender.SendTinyElementsAsync,
        ["bombs"] = HostileSender.SendBombsAsync,
        ["never read"] = HostileSender.NeverReadAsync,
        ["reconnect"] = HostileSender.ReconnectAsync,
        ["join groups"] = HostileSender.JoinGroupsAsync,
        ["convert"] = HostileSender.ConvertAsync,
    };

    public static TheoryData<string> EachKind => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(EachKind))]
    public Task Eight_clients_are_served_beside_a_hostile_one(string kind) => RunAsync([kind]);

    [Fact]
    public Task Eight_clients_are_served_beside_six_hostile_ones_and_memory_comes_back() => RunAsync([.. Kinds.Keys]);

    private async Task RunAsync(string[] kinds)
    {
        using var broker = new OverloadedBroker(LimitMib);
        string[] kept = [.. Enumerable.Range(0, HonestClients).Select(n => $"kept-{n}")];
        await broker.ReadyAsync([.. kept, Packed]);
        await FillAsync(broker);
        WellBehaved[] honest = [.. kept.Select(topic => new WellBehaved(broker.Address, topic))];
        using var stop = new CancellationTokenSource();
        Task[] serving = [.. honest.Select(h => h.RunAsync(stop.Token))];
        Task[] attacks = [.. kinds.Select(kind => AttackAsync(broker, Kinds[kind], stop.Token))];
        await Task.Delay(TimeSpan.FromSeconds(Seconds), TestContext.Current.CancellationToken);
        while (honest.Any(h => h.Rounds < RoundsMin) && !serving.Any(s => s.IsCompleted))
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        await stop.CancelAsync();
        await Task.WhenAll(serving);
        await Task.WhenAll(attacks);
        var peak = broker.PeakMib;
        List<TimeSpan> rounds = [.. honest.SelectMany(h => h.All).Order()];
        var hundredth = rounds[rounds.Count * 99 / 100];
        var back = await BackAsync(broker);
        output.WriteLine($"{string.Join(", ", kinds)}: eight clients, {rounds.Count} rounds, median {rounds[rounds.Count / 2].TotalMilliseconds:F1} ms, p99 {hundredth.TotalMilliseconds:F1} ms, slowest {rounds[^1].TotalMilliseconds:F1} ms; {peak} MiB at most, limit {LimitMib} MiB, {broker.NowMib} MiB {back.TotalSeconds:F0} s after they left");
        Assert.InRange(peak, 1, LimitMib);
        Assert.InRange(hundredth, TimeSpan.Zero, HundredthMax);
        Assert.InRange(broker.NowMib, 1, KeptMibMax);
        await broker.KillAndStartAsync();
        foreach (var client in honest)
        {
            await client.CheckAsync(broker.Address);
        }
    }

    /// <summary>Twenty MB in packed batches, for who reads in the oldest form.</summary>
    private static async Task FillAsync(OverloadedBroker broker)
    {
        using var filler = await RawClient.OpenAsync(broker.Address);
        for (var i = 0; i < 20; i++)
        {
            await filler.CallAsync(WellBehaved.Produce(Packed, WellBehaved.Batch([.. Enumerable.Range(0, 100).Select(_ => new byte[10_000])]), acks: 1), WellBehaved.ProduceVersion);
        }
    }

    private static async Task AttackAsync(OverloadedBroker broker, Func<OverloadedBroker, string, CancellationToken, Task> attack, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await attack(broker, Packed, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception refused) when (refused is SocketException or IOException)
            {
                // The broker ended this connection, as it should; the next one begins.
                await Task.Yield();
            }
        }
    }

    private static async Task<TimeSpan> BackAsync(OverloadedBroker broker)
    {
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        while (broker.NowMib > KeptMibMax && System.Diagnostics.Stopwatch.GetElapsedTime(began) < BackWithin)
        {
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        return System.Diagnostics.Stopwatch.GetElapsedTime(began);
    }
}
