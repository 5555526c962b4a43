using FsCheck;
using FsCheck.Fluent;

namespace Ouzel.Storage.Tests.Compaction;

public sealed class CompactionModelTests
{
    /// <summary>OUZEL_LOG_MODEL_RUNS asks for more than every build can wait for.</summary>
    private static int Runs => int.TryParse(Environment.GetEnvironmentVariable("OUZEL_LOG_MODEL_RUNS"), out var runs) ? runs : 200;

    [Fact]
    public void After_any_passes_restarts_and_crashes_the_last_record_of_each_key_is_there_and_nothing_comes_back()
    {
        var property = Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), ArbMap.Default.ArbFor<int>(), (codes, seed) =>
        {
            Played(seed, model => model.Run(codes));
            return true;
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Runs).WithEndSize(150), property);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_long_life_loses_nothing(int seed)
    {
        var random = new Random(seed);
        Played(seed, model =>
        {
            model.Run(Enumerable.Range(0, 600).Select(_ => random.Next()));
            Assert.True(model.Passes > 8, $"only {model.Passes} passes");
            Assert.True(model.Removed > 300, $"only {model.Removed} records were removed");
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_crash_before_any_change_of_the_disk_loses_nothing_and_brings_nothing_back(int seed)
    {
        for (var change = 1; ; change++)
        {
            var isCrash = false;
            Played(seed * 1000 + change, model =>
            {
                Fill(model);
                model.Compact();
                Fill(model);
                model.Wait(CompactionModel.DeleteRetentionMs);
                isCrash = model.CompactWithCrash(change);
                model.ForgetSnapshots();
                model.Compact();
                model.ForgetSnapshots();
            });
            if (!isCrash)
            {
                Assert.True(change > 20, $"a pass of {change} changes");
                return;
            }
        }
    }

    private static void Fill(CompactionModel model)
    {
        for (var i = 0; i < 8; i++)
        {
            model.Append(-1, false);
            model.Append(1 + i % 2, false);
            model.Append(10 + i % 2, true);
            if (i % 3 == 2)
            {
                model.EndTransaction(10 + i % 2);
            }

            model.Wait(50);
        }

        model.EndTransaction(10);
        model.EndTransaction(11);
        model.Roll();
    }

    private static void Played(int seed, Action<CompactionModel> play)
    {
        var model = new CompactionModel(seed);
        try
        {
            play(model);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{e.Message}\nsteps:\n{model}", e);
        }
    }
}
