namespace Ouzel.Interop.Tests;

/// <summary>kill -9 while real producers write: what was acknowledged is there, where it was said to be.</summary>
public sealed class CrashTests
{
    private const int Kills = 20;

    /// <summary>The runtime's own start with both cores busy; the log written between two kills is far below a gigabyte.</summary>
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Twenty_crashes_lose_nothing_that_was_acknowledged_and_repeat_nothing_of_an_idempotent_producer()
    {
        await using var broker = await BrokerProcess.StartAsync("--topic", "idempotent:2", "--topic", "plain:2");
        await using var idempotent = ForeignClient.Confluent.Start("endless", broker.Address, "idempotent", "idempotent");
        await using var plain = ForeignClient.Confluent.Start("endless", broker.Address, "plain", "plain");
        var random = new Random(20);
        for (var i = 0; i < Kills; i++)
        {
            int before = Acknowledged(idempotent).Count, beforePlain = Acknowledged(plain).Count;
            await idempotent.UntilAsync(() => Acknowledged(idempotent).Count > before && Acknowledged(plain).Count > beforePlain, $"both write before crash {i}");
            await Task.Delay(random.Next(5, 250));
            await broker.KillAsync();
            await broker.StartAgainAsync();
            Assert.True(broker.StartTook < StartMax, $"start after crash {i} took {broker.StartTook}");
        }

        foreach (var producer in (ForeignProgram[])[idempotent, plain])
        {
            producer.CloseInput();
            await producer.FinishAsync(120);
            Assert.DoesNotContain(producer.Lines, l => l.Refused is not null);
        }

        var written = await DumpAsync(broker.Address, "idempotent");
        Found(Acknowledged(idempotent), written);
        Assert.Equal(written.Count, written.Select(r => r.Value).Distinct().Count());
        Found(Acknowledged(plain), await DumpAsync(broker.Address, "plain"));
    }

    private static List<Line> Acknowledged(ForeignProgram producer) => [.. producer.Lines.Where(l => l.Acknowledged is not null && l.Offset is not null)];

    private static async Task<List<Line>> DumpAsync(string address, string topic)
    {
        await using var reader = ForeignClient.Kcat.Start("dump", address, topic);
        return [.. (await reader.FinishAsync(120)).Where(l => l.Value is not null)];
    }

    /// <summary>Every acknowledged value lies at the partition and offset that its producer was told.</summary>
    private static void Found(List<Line> acknowledged, List<Line> written)
    {
        Dictionary<(int?, long?), string?> byPlace = written.ToDictionary(r => (r.Partition, r.Offset), r => r.Value);
        List<Line> lost = [.. acknowledged.Where(a => byPlace.GetValueOrDefault((a.Partition, a.Offset)) != $"{a.Acknowledged}")];
        Assert.NotEmpty(acknowledged);
        Assert.True(lost.Count == 0, $"{lost.Count} of {acknowledged.Count} acknowledged records are not where they should be, first {lost.FirstOrDefault()}");
    }
}
