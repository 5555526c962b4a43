using System.Globalization;

namespace Ouzel.Simulation.Tests;

/// <summary>Runs of the simulated world, one per seed. eng/simulate runs more of them.</summary>
public sealed class SeedTests
{
    private const int SeedCount = 500;

    [Fact]
    public void Every_seed_keeps_every_promise()
    {
        int first = Setting("OUZEL_SEED_FIRST", 1);
        int count = Setting("OUZEL_SEED_COUNT", SeedCount);
        for (int seed = first; seed < first + count; seed++)
        {
            (string? failure, string log) = Runs.Of(seed);
            Assert.True(failure is null, $"seed {seed}: {failure}\nevents of seed {seed}:\n{log}");
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(11)]
    [InlineData(1234)]
    public void A_seed_gives_the_same_events_each_time(int seed)
    {
        string first = Runs.Of(seed).Log;

        Assert.Equal(first, Runs.Of(seed).Log);
        Assert.NotEqual(first, Runs.Of(seed + 1).Log);
    }

    private static int Setting(string name, int usual) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } said ? int.Parse(said, CultureInfo.InvariantCulture) : usual;
}
