using System.Text.RegularExpressions;

namespace Ouzel.Interop.Tests.Conformance;

/// <summary>What Java clients and tools said to Apache Kafka, said to this broker: every answer must be the same.</summary>
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
        string folder = Path.Combine(Checkout.Shared, "conformance");
        await using BrokerProcess broker = await BrokerProcess.StartAsync("--config", Path.Combine(folder, "broker.properties"));
        await using ForeignProgram replay = ForeignProgram.Start("replay", "/usr/bin/python3",
            ["-B", "replay.py", "--bootstrap", broker.Address, Path.Combine("..", "golden", "conversations", name + ".jsonl.gz")], folder: folder);
        await replay.UntilAsync(() => replay.Texts.Any(t => Summary().IsMatch(t)), "the replay's summary", 180);

        Dictionary<string, List<string>> failures = [];
        foreach (string text in replay.Texts.Where(t => t.StartsWith("DIFFERS ", StringComparison.Ordinal)))
        {
            // Listed as replay:conversation/api; what concerns no single answer is listed as replay:conversation/records.
            string about = Answer().Match(text) is { Success: true } answer ? answer.Groups[1].Value : "records";
            string key = $"replay:{name}/{about}";
            (failures.TryGetValue(key, out List<string>? lines) ? lines : failures[key] = []).Add(text);
        }

        LaterScenarios.Compare($"replay:{name}/", failures);
    }

    [GeneratedRegex(@" step \d+ (\w+) v\d+")]
    private static partial Regex Answer();

    [GeneratedRegex(@": \d+ answers, \d+ differ")]
    private static partial Regex Summary();
}
