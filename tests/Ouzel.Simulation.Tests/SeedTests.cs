using System.Diagnostics;
using System.Globalization;

namespace Ouzel.Simulation.Tests;

/// <summary>Runs of the simulated world, one per seed. eng/simulate runs more of them.</summary>
public sealed class SeedTests
{
    private const int SeedCount = 500;
    private const string LogVariable = "OUZEL_SEED_LOG";

    [Fact]
    public void Every_seed_keeps_every_promise()
    {
        var first = Setting("OUZEL_SEED_FIRST", 1);
        var count = Setting("OUZEL_SEED_COUNT", SeedCount);
        for (var seed = first; seed < first + count; seed++)
        {
            var (failure, log) = Runs.Of(seed);
            if (Environment.GetEnvironmentVariable(LogVariable) is { Length: > 0 } path)
            {
                File.WriteAllText(path, log);
            }

            Assert.True(failure is null, $"seed {seed}: {failure}\nevents of seed {seed}:\n{log}");
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(11)]
    [InlineData(1234)]
    public void A_seed_gives_the_same_events_each_time(int seed)
    {
        var first = Runs.Of(seed).Log;

        Assert.Equal(first, Runs.Of(seed).Log);
        Assert.NotEqual(first, Runs.Of(seed + 1).Log);
    }

    /// <summary>Nothing that a program draws for itself, such as the hashing of strings, may show in a run.</summary>
    [Fact]
    public void A_seed_gives_the_same_events_in_another_program()
    {
        const int Seed = 42;
        var path = Path.GetTempFileName();
        var start = new ProcessStartInfo(Path.ChangeExtension(typeof(SeedTests).Assembly.Location, null)) { RedirectStandardOutput = true };
        start.ArgumentList.Add("-method");
        start.ArgumentList.Add($"*.{nameof(Every_seed_keeps_every_promise)}");
        start.Environment["OUZEL_SEED_FIRST"] = Seed.ToString(CultureInfo.InvariantCulture);
        start.Environment["OUZEL_SEED_COUNT"] = "1";
        start.Environment[LogVariable] = path;
        using (var other = Process.Start(start)!)
        {
            other.StandardOutput.ReadToEnd();
            other.WaitForExit();
        }

        Assert.Equal(Runs.Of(Seed).Log, File.ReadAllText(path));
        File.Delete(path);
    }

    private static int Setting(string name, int usual) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } said ? int.Parse(said, CultureInfo.InvariantCulture) : usual;
}
