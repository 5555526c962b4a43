using FsCheck;
using FsCheck.Fluent;
using Ouzel.Storage.Tests.Support;

namespace Ouzel.Storage.Tests;

public sealed class LogModelTests
{
    [Fact]
    public void After_any_crash_everything_durable_is_there_and_nothing_else()
    {
        var property = Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), ArbMap.Default.ArbFor<int>(), (codes, seed) => Play(seed, codes));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Runs).WithEndSize(120), property);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Two_hundred_crashes_in_one_life_lose_nothing_durable(int seed)
    {
        var random = new Random(seed);
        var model = new LogModel(seed);
        while (model.Crashes < 200)
        {
            Played(model, [.. Enumerable.Range(0, 30).Select(_ => random.Next())]);
        }
    }

    /// <summary>OUZEL_LOG_MODEL_RUNS asks for more than every build can wait for.</summary>
    private static int Runs => int.TryParse(Environment.GetEnvironmentVariable("OUZEL_LOG_MODEL_RUNS"), out var runs) ? runs : 500;

    private static bool Play(int seed, int[] codes)
    {
        Played(new LogModel(seed), codes);
        return true;
    }

    private static void Played(LogModel model, int[] codes)
    {
        try
        {
            model.Run(codes);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{e.Message}\nsteps:\n{model}", e);
        }
    }
}
