using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Net;
using Ouzel.Broker.Tests.Support;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Tests;

/// <summary>A node's parts end with it, however far its start came.</summary>
public sealed class BrokerAssemblyTests
{
    private readonly FakeTimeProvider _clock = FakeTime.New();
    private readonly MemoryDisk _disk;
    private readonly List<CountedListener> _listeners = [];
    private readonly List<CountedWork> _works = [];
    private readonly List<string> _steps = [];

    public BrokerAssemblyTests() => _disk = new MemoryDisk(_clock);

    [Fact]
    public async Task A_start_that_fails_at_any_step_ends_each_part_once_and_the_next_start_finds_everything_free()
    {
        var steps = int.MaxValue;
        for (var failing = 0; failing < steps; failing++)
        {
            var fault = new InvalidOperationException($"step {failing}");
            var start = StartAsync(failing, fault);
            if (await Record.ExceptionAsync(() => start) is { } thrown)
            {
                Assert.Same(fault, thrown);
            }
            else
            {
                steps = _steps.Count;
                await (await start).StopAsync();
                await (await start).StopAsync();
            }

            Assert.Equal(failing == 0 ? 0 : 2, _listeners.Count);
            Assert.All(_listeners, listener => Assert.Equal(1, listener.TimesClosed));
            Assert.All(_works, work => Assert.Equal(1, work.TimesEnded));
        }

        Assert.Equal(["listeners", "log directories", "metadata log", "partitions and coordinators", "cluster", "connections", "jobs", "clients"], _steps);
        Assert.InRange(_works.Count, 4, 10);
    }

    [Fact]
    public async Task A_listener_that_cannot_be_opened_closes_the_one_before_it()
    {
        var fault = new InvalidOperationException("the second address is taken");
        Assert.Same(fault, await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(-1, fault, listenersMax: 1)));
        Assert.Equal(1, Assert.Single(_listeners).TimesClosed);
    }

    [Fact]
    public async Task A_part_that_cannot_be_ended_keeps_no_other_from_it()
    {
        var ended = new List<string>();
        var teardown = new Teardown(NullLogger.Instance);
        teardown.Add(StopStep.Logs, "logs", () => ended.Add("logs"));
        teardown.Add(StopStep.Jobs, "jobs", () => throw new InvalidOperationException("no"));
        teardown.Add(StopStep.Listeners, "listeners", () => ended.Add("listeners"));
        await teardown.RunAsync();
        await teardown.RunAsync();
        Assert.Equal(["listeners", "logs"], ended);
    }

    private Task<Broker> StartAsync(int failingStep, Exception fault, int listenersMax = int.MaxValue)
    {
        _listeners.Clear();
        _works.Clear();
        _steps.Clear();
        var options = BrokerOptions.Of(("log.dirs", "/a,/b"), ("listeners", "ONE://:9092,TWO://:9093"), ("listener.security.protocol.map", "ONE:PLAINTEXT,TWO:PLAINTEXT"), ("inter.broker.listener.name", "ONE"));
        var seams = new BrokerSeams(Open, _ => Counted(_works, new CountedWork()))
        {
            BeforeStep = step =>
            {
                _steps.Add(step);
                if (_steps.Count - 1 == failingStep)
                {
                    throw fault;
                }
            },
        };
        return Broker.StartAsync(options, _clock, _disk, new Random(1), NullLoggerFactory.Instance, seams);

        IReadOnlyList<Listener> Open(ListenerOptions listener)
            => _listeners.Count < listenersMax ? [Counted(_listeners, new CountedListener(listener.Name))] : throw fault;
    }

    private static T Counted<T>(List<T> all, T made)
    {
        all.Add(made);
        return made;
    }

    private sealed class CountedListener(string name) : Listener
    {
        private readonly TaskCompletionSource<Transport?> _closed = new();

        public int TimesClosed { get; private set; }

        public override string Name => name;

        public override EndPoint LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 9092);

        public override ValueTask<Transport?> AcceptAsync() => new(_closed.Task);

        public override ValueTask DisposeAsync()
        {
            TimesClosed++;
            _closed.TrySetResult(null);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class CountedWork : BlockingWork
    {
        public int TimesEnded { get; private set; }

        public override void Start(Action work) => work();

        public override void RunAll(IReadOnlyList<Action> work, int degree)
        {
            foreach (var action in work)
            {
                action();
            }
        }

        public override void Dispose() => TimesEnded++;
    }
}
