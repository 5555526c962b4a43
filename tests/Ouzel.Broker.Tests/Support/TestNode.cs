using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Apis;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Net;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Tests.Support;

/// <summary>
/// A whole broker inside the test: memory disk, a clock the test moves, a network without sockets. Everything runs on the test's thread,
/// so that a request is answered when the call that sent it returns, unless it waits for the clock or for another request.
/// </summary>
/// <example><code>
/// await using var node = await TestNode.StartAsync(("num.partitions", "3"));
/// using WireClient client = node.Connect();
/// MetadataResponse answer = await client.CallAsync(new MetadataRequest { Topics = null }, 12);
/// </code></example>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly Dictionary<string, MemoryListener> _listeners;

    private TestNode(Broker broker, FakeTimeProvider clock, Disk disk, Dictionary<string, MemoryListener> listeners)
    {
        Broker = broker;
        Clock = clock;
        Disk = disk;
        _listeners = listeners;
    }

    public Broker Broker { get; }

    public FakeTimeProvider Clock { get; }

    /// <summary>Start another node on it to see what survived.</summary>
    public Disk Disk { get; }

    public Node Node => Broker.Node;

    public static Task<TestNode> StartAsync(params (string Name, string Value)[] settings) => StartAsync(null, null, settings);

    /// <summary>Starts a node on the disk of an earlier one.</summary>
    public static async Task<TestNode> StartAsync(Disk? disk, FakeTimeProvider? clock, (string Name, string Value)[] settings, ILoggerFactory? loggers = null, Func<string, BlockingWork>? workOf = null, Func<BrokerSeams, BrokerSeams>? with = null)
    {
        clock ??= FakeTime.New();
        disk ??= new MemoryDisk(clock);
        var options = BrokerOptions.Of([("log.dirs", "/data"), .. settings]);
        var listeners = new Dictionary<string, MemoryListener>();
        var seams = new BrokerSeams(Open, workOf ?? (_ => new InlineWork()));
        seams = with is null ? seams : with(seams);
        var broker = await Broker.StartAsync(options, clock, disk, new Random(1), loggers ?? NullLoggerFactory.Instance, seams);
        return new TestNode(broker, clock, disk, listeners);

        IReadOnlyList<Listener> Open(ListenerOptions listener)
        {
            var opened = new MemoryListener(listener.Name);
            listeners.Add(listener.Name, opened);
            return [opened];
        }
    }

    /// <summary>A new client of a listener.</summary>
    public WireClient Connect(string clientId = "test", string listener = "PLAINTEXT", IPAddress? from = null)
        => new(_listeners[listener].Connect(from), clientId);

    public async ValueTask DisposeAsync() => await Broker.StopAsync();
}
