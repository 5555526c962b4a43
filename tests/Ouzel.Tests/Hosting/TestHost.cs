using System.Text;
using Ouzel.Broker.Configs;
using Ouzel.Commands;
using Ouzel.Hosting;
using Ouzel.Storage.Disks;

namespace Ouzel.Tests.Hosting;

/// <summary>The command line over a memory disk and a broker that only notes what it is told.</summary>
internal sealed class TestHost : IBrokerHandle
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly TaskCompletionSource _ended = new();

    public Disk Disk { get; init; } = new MemoryDisk(TimeProvider.System);

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Thrown instead of starting.</summary>
    public Exception? StartFailure { get; set; }

    /// <summary>Thrown instead of making a topic.</summary>
    public Exception? TopicFailure { get; set; }

    /// <summary>The signal that comes once the broker serves; null for none.</summary>
    public string? Signal { get; set; } = "SIGTERM";

    /// <summary>The signal that comes while the broker starts; null for none.</summary>
    public string? EarlySignal { get; init; }

    /// <summary>The ready file while the broker serves.</summary>
    public string? ReadyFile { get; set; }

    public string? ReadyText { get; private set; }

    /// <summary>Topics that are there, with their partitions.</summary>
    public Dictionary<string, int> Existing { get; } = [];

    public BrokerOptions? Options { get; private set; }

    public List<string> Events { get; } = [];

    public string Output => _output.ToString();

    public string Error => _error.ToString();

    public IReadOnlyList<ListenerOptions> Listeners => [.. Options!.Listeners.Select(l => l.Port == 0 ? l with { Port = 40001 } : l)];

    public Task Ended => _ended.Task;

    public void End(Exception failure) => _ended.SetException(failure);

    public Task<int> RunAsync(params string[] arguments)
    {
        StopSignals? signals = null;
        var host = new BrokerHost(_output, _error, Disk, TimeProvider.System, (options, _) =>
        {
            Options = options;
            if (StartFailure is not null)
            {
                throw StartFailure;
            }

            Events.Add("start");
            if (EarlySignal is not null)
            {
                signals!.Receive(EarlySignal);
            }

            return Task.FromResult<IBrokerHandle>(this);
        })
        {
            Variables = Environment,
            Signals = stopping => signals = new StopSignals(stopping, () => Events.Add("abort")),
            Serving = () =>
            {
                if (ReadyFile is not null)
                {
                    ReadyText = Encoding.UTF8.GetString(Disk.ReadAllBytes(ReadyFile));
                }

                if (Signal is not null)
                {
                    signals!.Receive(Signal);
                }
            },
        };
        return OuzelCommand.RunAsync(arguments, _output, _error, host, new Daemon(_output, _error, Disk, TimeProvider.System));
    }

    public Task<int> EnsureTopicAsync(string name, int partitions)
    {
        Events.Add($"topic {name}:{partitions}");
        if (TopicFailure is not null)
        {
            throw TopicFailure;
        }

        return Task.FromResult(Existing.GetValueOrDefault(name, partitions));
    }

    public Task StopAsync()
    {
        Events.Add("stop");
        return Task.CompletedTask;
    }
}
