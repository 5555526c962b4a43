using Ouzel.Simulation.Tests;
using Ouzel.Storage.Tests;

// What is removed is removed for the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Ouzel.MutationTests;

/// <summary>Takes away one rule of the product at a time: the simulator, or the test that is named for it, must see what it was good for.</summary>
public sealed class MutationTests
{
    private const int SeedsMax = 2000;

    /// <summary>The rules of mutations.txt that the simulator must miss.</summary>
    public static TheoryData<string> All => [.. Rules().Where(rule => rule.Probe is null).Select(rule => rule.Name)];

    /// <summary>Those that a test of the storage must miss, and which one.</summary>
    public static TheoryData<string, string> Probed
    {
        get
        {
            var probed = new TheoryData<string, string>();
            foreach (var (name, probe) in Rules().Where(rule => rule.Probe is not null))
            {
                probed.Add(name, probe!);
            }

            return probed;
        }
    }

    private static IEnumerable<(string Name, string? Probe)> Rules()
    {
        var lines = File.ReadAllLines(Path.Combine(CheckoutTree.Root, "tests", "Ouzel.Mutation.Tests", "mutations.txt"));
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("rule ", StringComparison.Ordinal))
            {
                yield return (lines[i][5..].Split(':')[0], lines[i + 1].StartsWith("probe ", StringComparison.Ordinal) ? lines[i + 1][6..] : null);
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_missing_rule_is_noticed(string rule)
    {
        Mutation.Removed = rule;
        try
        {
            for (var seed = 1; seed <= SeedsMax; seed++)
            {
                if (Runs.Of(seed).Failure is { } failure)
                {
                    TestContext.Current.TestOutputHelper?.WriteLine($"{rule}: seed {seed}: {failure.Split('\n')[0]}");
                    return;
                }
            }

            Assert.Fail($"nothing broke in {SeedsMax} seeds without the rule {rule}");
        }
        finally
        {
            Mutation.Removed = null;
        }
    }

    [Theory]
    [MemberData(nameof(Probed))]
    public async Task A_missing_rule_of_files_is_noticed_by_its_test(string rule, string probe)
    {
        await ProbeAsync(probe);
        Mutation.Removed = rule;
        try
        {
            Assert.NotNull(await Xunit.Record.ExceptionAsync(() => ProbeAsync(probe)));
        }
        finally
        {
            Mutation.Removed = null;
        }
    }

    /// <param name="probe">A method of the tests, and in parentheses its argument.</param>
    private static async Task ProbeAsync(string probe)
    {
        var parts = probe.TrimEnd(')').Split('(');
        var method = typeof(LogFilesUnderWorkTests).GetMethod(parts[0]) ?? throw new InvalidOperationException($"there is no test {parts[0]}");
        if (method.Invoke(new LogFilesUnderWorkTests(), [.. parts.Skip(1)]) is Task task)
        {
            await task;
        }
    }
}
