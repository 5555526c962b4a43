using System.Text;
using Microsoft.Extensions.Logging;
using Ouzel.Broker.Configs;
using Ouzel.Commands;
using Ouzel.Logging;
using Ouzel.Storage.Disks;

namespace Ouzel.Hosting;

/// <summary>One run of a broker in the foreground: settings, start, banner, wait, stop. Nothing of it waits for somebody to read what it says.</summary>
internal sealed class BrokerHost(TextWriter output, TextWriter error, Disk disk, TimeProvider clock, BrokerStart start)
{
    /// <summary>The environment that settings come from.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = StartSettings.ProcessEnvironment();

    /// <summary>Makes what ends the run; a test puts its own trigger here.</summary>
    public Func<Action<string>, StopSignals> Signals { get; init; } = StopSignals.OfProcess;

    /// <summary>Called once requests are served and everything is said.</summary>
    public Action? Serving { get; init; }

    /// <summary>The output is a terminal that shows colours.</summary>
    public bool HasColours { get; init; }

    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(StartArguments arguments)
    {
        await using var errors = new LineWriter(error, count => $"ouzel: {count} lines were left out", clock);
        BrokerOptions options;
        try
        {
            // First of all: whoever waits for the file must not find that of the last run.
            RemoveReadyFile(arguments);
            CheckReadyFile(arguments);
            options = StartSettings.Load(arguments, disk, Variables);
        }
        catch (SettingException e)
        {
            errors.Add($"ouzel: {LogText.Harmless(e.Message, LogText.MessageCharsMax)}");
            return ExitCode.Usage;
        }

        var form = options.Ouzel.LogFormat == "json" ? LineForm.Json : HasColours ? LineForm.ColouredText : LineForm.Text;
        await using var loggers = new LineLoggerFactory(output, clock, form, LogLevels.Parse(options.Ouzel.LogLevel));
        var logger = loggers.CreateLogger("Host");
        foreach (var note in options.Notes)
        {
            HostEvents.SettingNote(logger, note);
        }

        using var signals = Signals(reason => HostEvents.Stopping(logger, reason));
        try
        {
            return await ServeAsync(arguments, options, loggers, logger, signals);
        }
        catch (Exception e)
        {
            errors.Add($"ouzel: {LogText.Harmless(StartFailure.Explain(e, options, disk), LogText.MessageCharsMax)}");
            HostEvents.FailureDetails(logger, e);
            return StartFailure.Cause(e) is SettingException ? ExitCode.Usage : ExitCode.Failure;
        }
    }

    private async Task<int> ServeAsync(StartArguments arguments, BrokerOptions options, LineLoggerFactory loggers, ILogger logger, StopSignals signals)
    {
        var began = clock.GetTimestamp();
        var broker = await start(options, loggers);
        Exception? failure = null;
        try
        {
            // Whoever asked for the stop while the broker started waits for no topics, and nobody is told that it serves.
            if (!signals.Stop.IsCompleted)
            {
                await AnnounceAsync(broker, arguments, options, loggers, logger, began);
            }

            var first = await Task.WhenAny(signals.Stop, broker.Ended);
            if (first == broker.Ended)
            {
                await broker.Ended;
            }
        }
        catch (Exception e)
        {
            // Why the broker ended says more than what could not be done because of it.
            failure = broker.Ended.Exception?.GetBaseException() ?? e;
        }

        try
        {
            RemoveReadyFile(arguments);
        }
        catch (SettingException e)
        {
            failure ??= e;
        }

        await broker.StopAsync();
        if (failure is not null)
        {
            throw failure;
        }

        HostEvents.Stopped(logger);
        return ExitCode.Ok;
    }

    private async Task AnnounceAsync(IBrokerHandle broker, StartArguments arguments, BrokerOptions options, LineLoggerFactory loggers, ILogger logger, long began)
    {
        foreach (var (name, partitions) in arguments.Topics.Concat(options.Static.TopicsToCreate.Select(t => (t.Name, (int?)t.Partitions))))
        {
            var found = await broker.EnsureTopicAsync(name, partitions ?? options.Topics.NumPartitions);
            if (partitions is { } wanted && found != wanted)
            {
                HostEvents.OtherPartitions(logger, name, found, wanted);
            }
        }

        var address = broker.Listeners[0].Host is "" or "0.0.0.0" or "::" ? broker.Listeners[0] with { Host = "localhost" } : broker.Listeners[0];
        HostEvents.Ready(logger, string.Join(", ", broker.Listeners.Select(l => $"{l.Name} {l.Address}")), (long)clock.GetElapsedTime(began).TotalMilliseconds);
        if (options.Ouzel.LogFormat != "json")
        {
            loggers.Say(Banner.Text(address.Address, options));
        }

        WriteReadyFile(arguments, address.Address);
        Serving?.Invoke();
    }

    private void RemoveReadyFile(StartArguments arguments)
    {
        try
        {
            foreach (var file in arguments.ReadyFiles)
            {
                disk.Delete(file);
            }
        }
        catch (DiskException e)
        {
            throw new SettingException($"the old ready file {arguments.ReadyFile} cannot be removed ({e.Message}): name another one with --ready-file");
        }
    }

    /// <summary>Better told now than by a broker that has just begun to serve.</summary>
    private void CheckReadyFile(StartArguments arguments)
    {
        foreach (var file in arguments.ReadyFiles)
        {
            if (Path.GetDirectoryName(Path.GetFullPath(file)) is not { } folder || !disk.Exists(folder))
            {
                throw new SettingException($"there is no folder for the ready file {file}: make it, or name another file with --ready-file");
            }

            if (disk.Exists(file))
            {
                throw new SettingException($"the ready file {file} would replace a folder: name another file with --ready-file");
            }
        }

        // Only writing shows whether it may be written. The file itself must not be there yet, not even empty: somebody may wait for it.
        ReplaceReadyFiles(arguments, file =>
        {
            disk.OpenFile(file + ".tmp", DiskOpen.Truncate).Release();
            disk.Delete(file + ".tmp");
        });
    }

    private void WriteReadyFile(StartArguments arguments, string address) =>
        ReplaceReadyFiles(arguments, file => disk.ReplaceFile(file, Encoding.UTF8.GetBytes(address + "\n"), sync: false));

    private static void ReplaceReadyFiles(StartArguments arguments, Action<string> replace)
    {
        try
        {
            foreach (var file in arguments.ReadyFiles)
            {
                replace(file);
            }
        }
        catch (DiskException e)
        {
            throw new SettingException($"the ready file {arguments.ReadyFile} cannot be written ({e.Message}): name a file in a folder that is there with --ready-file");
        }
    }
}
