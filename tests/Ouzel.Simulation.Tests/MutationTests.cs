using Ouzel.Storage;

namespace Ouzel.Simulation.Tests;

/// <summary>Takes away one guard of the product at a time: the simulator must see what it was good for.</summary>
public sealed class MutationTests
{
    private const int SeedsMax = 2000;

    public static TheoryData<Guard> All => [.. Enum.GetValues<Guard>().Where(g => g != Guard.None)];

    [Theory]
    [MemberData(nameof(All))]
    public void A_missing_guard_is_noticed(Guard guard)
    {
        Guards.Removed = guard;
        try
        {
            for (var seed = 1; seed <= SeedsMax; seed++)
            {
                if (Runs.Of(seed).Failure is { } failure)
                {
                    TestContext.Current.TestOutputHelper?.WriteLine($"{guard}: seed {seed}: {failure.Split('\n')[0]}");
                    return;
                }
            }

            Assert.Fail($"nothing broke in {SeedsMax} seeds without the guard {guard}");
        }
        finally
        {
            Guards.Removed = Guard.None;
        }
    }
}
