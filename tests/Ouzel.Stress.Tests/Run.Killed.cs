using Ouzel.Stress.Tests.Surroundings;

namespace Ouzel.Stress.Tests;

/// <summary>Runs in which the broker is a process of its own that is killed: what the kernel has been given is there in the next life, whatever was synced.</summary>
internal sealed partial class Run
{
    private const int LifeMsMin = 200;
    private const int LifeMsMax = 2500;
    private readonly bool _isKilled;
    private BrokerProcess? _process;

    /// <summary>The number of times the broker was killed.</summary>
    public int Kills { get; private set; }

    /// <summary>Some time under load, also a short one after the start, then SIGKILL and the next life.</summary>
    private async Task KilledRoundAsync()
    {
        await WaitAsync(_random.Next(LifeMsMin, LifeMsMax));
        Port = 0;
        await _process!.KillAsync();
        _process.Dispose();
        _process = null;
        Kills++;
        await StartAsync();
    }

    private async Task<int> StartProcessAsync()
    {
        _process = new BrokerProcess(_folder, _life, Settings(), _errors);
        return await _process.ReadyAsync();
    }

    private async Task StopProcessAsync()
    {
        var process = _process!;
        _process = null;
        try
        {
            Require(await process.StopAsync().WaitAsync(StopMax) == 0, "the broker's exit code after a stop is not 0");
        }
        catch (TimeoutException)
        {
            Fail($"the broker does not stop within {StopMax.TotalSeconds} s");
        }

        process.Dispose();
    }
}
