namespace Ouzel.Simulation.Tests;

/// <summary>Gives each run a thread that nothing else uses: what shows up on another one has escaped.</summary>
internal static class Runs
{
    public static (string? Failure, string Log) Of(int seed)
    {
        string? failure = null;
        var log = "";
        var thread = new Thread(() =>
        {
            var world = new World(seed);
            try
            {
                failure = world.Run();
            }
            catch (Exception fault)
            {
                failure = fault.ToString();
            }

            log = world.Scheduler.Log.ToString();
        });
        thread.Start();
        thread.Join();
        return (failure, log);
    }
}
