using System.Text;
using Microsoft.Extensions.Logging;
using Ouzel.Broker.Configs;
using Ouzel.Commands;
using Ouzel.Logging;
using Ouzel.Storage;

namespace Ouzel.Hosting;

/// <summary>One run of a broker in the foreground: settings, start, banner, wait, stop.</summary>
internal sealed partial class BrokerHost(TextWriter output, TextWriter error, Disk disk, TimeProvider clock, BrokerStart start)
{
    /// <summary>The environment that settings come from.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = StartSettings.ProcessEnvironment();

    /// <summary>Makes what ends the run; a test puts its own trigger here.</summary>
    public Func<Action<string>, StopSignals> Signals { get; init; } = StopSignals.OfProcess;

    /// <summary>Called once requests are served and everything is said.</summary>
    public Action? Serving { get; init; }

    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(StartArguments arguments)
    {
        BrokerOptions options;
        try
        {
            options = StartSettings.Load(arguments, disk, Variables);
        }
        catch (SettingException e)
        {
            await error.WriteLineAsync($"ouzel: {e.Message}");
            return ExitCode.Usage;
        }

        using var loggers = new LineLoggerFactory(output, clock, options.Ouzel.LogFormat == "json", LogLevels.Parse(options.Ouzel.LogLevel));
        var logger = loggers.CreateLogger("Host");
        foreach (var note in options.Static.Notes)
            SettingNote(logger, note);

        using var signals = Signals(reason => Stopping(logger, reason));
        try
        {
            return await ServeAsync(arguments, options, loggers, logger, signals);
        }
        catch (Exception e)
        {
            await error.WriteLineAsync($"ouzel: {StartFailure.Explain(e, options)}");
            FailureDetails(logger, e);
            return e is SettingException ? ExitCode.Usage : ExitCode.Failure;
        }
    }

    private async Task<int> ServeAsync(StartArguments arguments, BrokerOptions options, ILoggerFactory loggers, ILogger logger, StopSignals signals)
    {
        var began = clock.GetTimestamp();
        var broker = await start(options, loggers);
        Exception? failure = null;
        try
        {
            foreach (var (name, partitions) in arguments.Topics.Concat(options.Static.TopicsToCreate.Select(t => (t.Name, (int?)t.Partitions))))
                await broker.EnsureTopicAsync(name, partitions ?? options.Topics.NumPartitions);
            var address = broker.Listeners[0].Host is "" or "0.0.0.0" or "::" ? broker.Listeners[0] with { Host = "localhost" } : broker.Listeners[0];
            Ready(logger, string.Join(", ", broker.Listeners.Select(l => $"{l.Name} {l.Address}")), (long)clock.GetElapsedTime(began).TotalMilliseconds);
            await output.WriteAsync(Banner.Text(address.Address, options));
            if (arguments.ReadyFile is { } file)
                disk.ReplaceFile(file, Encoding.UTF8.GetBytes(address.Address + "\n"), sync: false);
            Serving?.Invoke();
            var first = await Task.WhenAny(signals.Stop, broker.Ended);
            if (first == broker.Ended)
                await broker.Ended;
        }
        catch (Exception e)
        {
            failure = e;
        }

        if (arguments.ReadyFile is { } ready)
            disk.Delete(ready);
        await broker.StopAsync();
        if (failure is not null)
            throw failure;
        Stopped(logger);
        return ExitCode.Ok;
    }

    [LoggerMessage(1, LogLevel.Warning, "{Note}")]
    private static partial void SettingNote(ILogger logger, string note);

    [LoggerMessage(2, LogLevel.Information, "Serving {Listeners} after {ElapsedMs} ms")]
    private static partial void Ready(ILogger logger, string listeners, long elapsedMs);

    [LoggerMessage(3, LogLevel.Information, "{Reason}: stopping, once more aborts")]
    private static partial void Stopping(ILogger logger, string reason);

    [LoggerMessage(4, LogLevel.Information, "Stopped")]
    private static partial void Stopped(ILogger logger);

    [LoggerMessage(5, LogLevel.Debug, "The run failed")]
    private static partial void FailureDetails(ILogger logger, Exception failure);
}
