using Microsoft.Extensions.Logging;
using Ouzel.Broker.Diagnostics;

namespace Ouzel.Broker;

/// <summary>In which order a node is taken apart, whether it ran or its start failed half way.</summary>
internal enum StopStep
{
    /// <summary>The clock begins nothing any more.</summary>
    Jobs,

    /// <summary>No client and no request comes in any more.</summary>
    Listeners,

    /// <summary>Leadership is handed back: waiting fetches and joins are answered because this node leads nothing, so that connections have something to drain.</summary>
    Leadership,

    /// <summary>Responses in flight leave.</summary>
    Connections,

    /// <summary>The coordinators let go of their partitions.</summary>
    Coordinators,

    /// <summary>The metadata takes no more changes.</summary>
    Metadata,

    /// <summary>Nobody appends any more: the logs are closed clean.</summary>
    Logs,

    /// <summary>Nobody waits any more.</summary>
    Timeouts,

    /// <summary>Whatever came before may have needed them.</summary>
    Threads,
}

/// <summary>The end of one node's parts: each is entered as soon as it is there, and ended once, in the order of <see cref="StopStep"/>.</summary>
internal sealed class Teardown(ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly List<(StopStep Step, string What, Func<Task> End)> _parts = [];
    private Task? _running;

    /// <param name="what">For the log line, should it fail: "closing the logs".</param>
    public void Add(StopStep step, string what, Func<Task> end)
    {
        lock (_gate)
        {
            _parts.Add((step, what, end));
        }
    }

    /// <inheritdoc cref="Add(StopStep, string, Func{Task})"/>
    public void Add(StopStep step, string what, Action end) => Add(step, what, () =>
    {
        end();
        return Task.CompletedTask;
    });

    /// <summary>Ends everything. Safe to call more than once: whoever comes later waits for the first.</summary>
    public Task RunAsync()
    {
        lock (_gate)
        {
            return _running ??= RunOnceAsync([.. _parts.OrderBy(part => part.Step)]);
        }
    }

    private async Task RunOnceAsync(List<(StopStep Step, string What, Func<Task> End)> parts)
    {
        foreach (var (_, what, end) in parts)
        {
            try
            {
                await end();
            }
            catch (Exception fault)
            {
                // The other steps matter all the more.
                Log.StopStepFailed(logger, fault, what);
            }
        }
    }
}
