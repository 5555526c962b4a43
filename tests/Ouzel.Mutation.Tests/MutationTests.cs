using Ouzel.Simulation.Tests;
using Xunit;

// What is removed is removed for the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Ouzel.MutationTests;

/// <summary>Takes away one rule of the product at a time: the simulator must see what it was good for.</summary>
public sealed class MutationTests
{
    private const int SeedsMax = 2000;

    /// <summary>The rules of mutations.txt.</summary>
    public static TheoryData<string> All =>
        [.. File.ReadLines(Path.Combine(CheckoutTree.Root, "tests", "Ouzel.Mutation.Tests", "mutations.txt")).Where(line => line.StartsWith("rule ", StringComparison.Ordinal)).Select(line => line[5..].Split(':')[0])];

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
}
