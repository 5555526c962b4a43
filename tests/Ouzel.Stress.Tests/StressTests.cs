using System.Globalization;

namespace Ouzel.Stress.Tests;

/// <summary>The broker under real threads. eng/stress runs it for as long as one likes.</summary>
public sealed class StressTests
{
    private const int SecondsUsual = 25;

    /// <summary>A run has its own directory, so that nothing grows without end.</summary>
    private static readonly TimeSpan RunMax = TimeSpan.FromSeconds(45);

    /// <summary>Three or more kills on an idle machine.</summary>
    private const int KilledSecondsUsual = 8;

    [Fact]
    public Task Every_promise_holds_under_real_threads() => PlayAsync(Setting("OUZEL_STRESS_SECONDS", SecondsUsual), isKilled: false);

    [Fact]
    public Task Every_promise_holds_over_kills_of_the_process() => PlayAsync(Setting("OUZEL_STRESS_SECONDS", KilledSecondsUsual), isKilled: true);

    private static async Task PlayAsync(int seconds, bool isKilled)
    {
        var seed = Setting("OUZEL_STRESS_SEED", 1);
        var began = TimeProvider.System.GetTimestamp();
        long operations = 0;
        for (var runs = 0; runs == 0 || TimeProvider.System.GetElapsedTime(began).TotalSeconds < seconds; runs++, seed++)
        {
            using var run = new Run(seed, isKilled);
            var left = TimeSpan.FromSeconds(seconds) - TimeProvider.System.GetElapsedTime(began);
            var failure = await run.RunAsync(left < RunMax ? left : RunMax);
            operations += run.Operations;
            Say($"seed {seed}: {run.Operations} operations, {(isKilled ? $"{run.Kills} kills, " : "")}{operations} in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F0} s");
            Assert.True(failure is null, $"seed {seed}: {failure}");
            Assert.True(run.Operations > 100, $"seed {seed}: only {run.Operations} operations were answered");
            Assert.True(run.Kills > 0 || !isKilled, $"seed {seed}: the broker was never killed");
        }
    }

    /// <summary>Tells eng/stress how far the run is.</summary>
    private static void Say(string line)
    {
        if (Environment.GetEnvironmentVariable("OUZEL_STRESS_REPORT") is { Length: > 0 } path)
        {
            File.AppendAllText(path, line + "\n");
        }
    }

    private static int Setting(string name, int usual) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } said ? int.Parse(said, CultureInfo.InvariantCulture) : usual;
}
