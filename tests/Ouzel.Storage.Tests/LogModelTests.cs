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
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(120), property);
    }

    [Fact]
    public void Two_hundred_crashes_in_one_life_lose_nothing_durable()
    {
        var random = new Random(20261121);
        var model = new LogModel(1);
        while (model.Crashes < 200)
            Played(model, [.. Enumerable.Range(0, 30).Select(_ => random.Next())]);
    }

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
