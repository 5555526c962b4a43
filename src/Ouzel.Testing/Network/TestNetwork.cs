using System.Net;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Net;

namespace Ouzel.Testing;

/// <summary>The network of one broker over all its lives: its addresses stay, its connections can be cut, and everything can be held up.</summary>
internal sealed class TestNetwork(bool hasSockets)
{
    /// <summary>Told to clients where there is no socket; they never connect to it.</summary>
    private const int PortWithoutSocket = 9092;

    private readonly Lock _gate = new();
    private readonly HashSet<HeldTransport> _transports = [];
    private readonly Dictionary<string, int> _ports = [];
    private readonly Dictionary<int, MemoryListener> _inMemory = [];
    private TaskCompletionSource? _frozen;

    /// <summary>Completes when nothing is held up.</summary>
    public Task Thawed
    {
        get
        {
            lock (_gate)
            {
                return _frozen?.Task ?? Task.CompletedTask;
            }
        }
    }

    /// <summary>Opens a listener; one that was open before gets the port it had.</summary>
    public IReadOnlyList<Listener> Open(ListenerOptions options, int backlog)
    {
        lock (_gate)
        {
            var wanted = options with { Port = _ports.GetValueOrDefault(options.Name, options.Port) };
            List<Listener> opened = [];
            if (hasSockets)
            {
                opened.AddRange(Listening.Open(wanted, backlog).Select(listener => new HeldListener(this, listener)));
            }

            var port = opened.Count > 0 ? ((IPEndPoint)opened[0].LocalEndPoint).Port : wanted.Port > 0 ? wanted.Port : PortWithoutSocket + _ports.Count;
            _ports[options.Name] = port;
            var inMemory = new MemoryListener(options.Name, new IPEndPoint(IPAddress.Loopback, port));
            _inMemory[port] = inMemory;
            opened.Add(new HeldListener(this, inMemory));
            return opened;
        }
    }

    /// <summary>A connection without a socket.</summary>
    /// <exception cref="IOException">The broker does not listen there.</exception>
    public Stream Connect(int port)
    {
        MemoryListener? listener;
        lock (_gate)
        {
            _inMemory.TryGetValue(port, out listener);
        }

        return listener?.Connect() ?? throw new IOException($"this broker has no listener on port {port}");
    }

    /// <summary>Ends every connection that there is.</summary>
    /// <returns>How many.</returns>
    public int Cut()
    {
        HeldTransport[] all;
        lock (_gate)
        {
            all = [.. _transports];
        }

        foreach (var transport in all)
        {
            transport.Close();
        }

        return all.Length;
    }

    /// <summary>From now on nothing arrives and nothing leaves.</summary>
    public void Freeze()
    {
        lock (_gate)
        {
            _frozen ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Lets go on what was held up.</summary>
    public void Thaw()
    {
        TaskCompletionSource? frozen;
        lock (_gate)
        {
            (frozen, _frozen) = (_frozen, null);
        }

        frozen?.SetResult();
    }

    private Transport Hold(Transport transport)
    {
        var held = new HeldTransport(this, transport);
        lock (_gate)
        {
            _transports.Add(held);
        }

        return held;
    }

    private void Forget(HeldTransport transport)
    {
        lock (_gate)
        {
            _transports.Remove(transport);
        }
    }

    private sealed class HeldListener(TestNetwork network, Listener inner) : Listener
    {
        public override string Name => inner.Name;

        public override EndPoint LocalEndPoint => inner.LocalEndPoint;

        public override async ValueTask<Transport?> AcceptAsync() => await inner.AcceptAsync() is { } transport ? network.Hold(transport) : null;

        public override ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    /// <summary>A client's connection that can be held up and cut.</summary>
    private sealed class HeldTransport(TestNetwork network, Transport inner) : Transport
    {
        public override EndPoint RemoteEndPoint => inner.RemoteEndPoint;

        public override EndPoint LocalEndPoint => inner.LocalEndPoint;

        public override long SentBytes => inner.SentBytes;

        public override bool HasArrived => inner.HasArrived;

        public override Peer Peer => inner.Peer;

        public override async ValueTask<int> WaitReadableAsync()
        {
            var count = await inner.WaitReadableAsync();
            await network.Thawed;
            return count;
        }

        public override async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
        {
            var count = await inner.ReceiveAsync(buffer);
            await network.Thawed;
            return count;
        }

        public override ValueTask BeginAsync() => inner.BeginAsync();

        public override ValueTask YieldAsync() => inner.YieldAsync();

        public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
        {
            await network.Thawed;
            await inner.SendAsync(bytes);
        }

        public override void Close()
        {
            network.Forget(this);
            inner.Close();
        }
    }
}
