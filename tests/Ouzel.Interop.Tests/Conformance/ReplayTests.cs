using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ouzel.Interop.Tests.Conformance;

/// <summary>Requests of Java clients and tools to Apache Kafka, sent to this broker: every response must be the same.</summary>
public sealed partial class ReplayTests
{
    [Theory]
    [InlineData("console-tools")]
    [InlineData("producers")]
    [InlineData("classic")]
    [InlineData("static")]
    [InlineData("admin")]
    public async Task A_recorded_conversation_gets_the_recorded_answers(string name)
    {
        var folder = CheckoutTree.Conformance;
        await using var broker = await BrokerProcess.StartAsync("--config", Path.Combine(folder, "broker.properties"));
        var conversation = WithoutAbsentApis(name);
        await using var replay = ForeignProgram.Start("replay", "/usr/bin/python3", ["-B", "replay.py", "--bootstrap", broker.Address, conversation], folder: folder);
        await replay.UntilAsync(() => replay.Texts.Any(t => Summary().IsMatch(t)), "the replay's summary", 180);

        Dictionary<string, List<string>> failures = [];
        foreach (var text in replay.Texts.Where(t => t.StartsWith("DIFFERS ", StringComparison.Ordinal)))
        {
            // Listed as replay:conversation/api; what concerns no single answer is listed as replay:conversation/records.
            var about = Answer().Match(text) is { Success: true } answer ? answer.Groups[1].Value : "records";
            var key = $"replay:{name}/{about}";
            (failures.TryGetValue(key, out var lines) ? lines : failures[key] = []).Add(text);
        }

        LaterScenarios.Compare($"replay:{name}/", failures);
    }

    /// <summary>A request that is not served ends its connection and with it the conversation, so what is listed as absent is left out and the rest is compared.</summary>
    private static string WithoutAbsentApis(string name)
    {
        var absent = LaterScenarios.AbsentApis(name);
        Assert.DoesNotContain(absent, api => File.Exists(Path.Combine(Checkout.Root, "src", "Ouzel.Broker", "Apis", api + ".cs")));
        var filtered = Path.Combine(Checkout.TemporaryFolder("replay"), name + ".jsonl");
        using var recorded = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(CheckoutTree.Golden, "conversations", name + ".jsonl.gz")), CompressionMode.Decompress));
        using var kept = new StreamWriter(filtered);
        while (recorded.ReadLine() is { } line)
        {
            using var said = JsonDocument.Parse(line);
            var isAbsent = (said.RootElement.TryGetProperty("send", out var api) || said.RootElement.TryGetProperty("receive", out api)) && absent.Contains(api.GetString());
            if (!isAbsent)
            {
                kept.WriteLine(line);
            }
        }

        return filtered;
    }

    [GeneratedRegex(@" step \d+ (\w+) v\d+")]
    private static partial Regex Answer();

    [GeneratedRegex(@": \d+ answers, \d+ differ")]
    private static partial Regex Summary();
}
