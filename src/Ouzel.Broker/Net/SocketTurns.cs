using System.Net;
using System.Net.Sockets;

namespace Ouzel.Broker.Net;

/// <summary>
/// The way to the back of the queue of a thread that the runtime runs socket completions on: whoever was served long enough lets the others of its thread have
/// their turn and goes on there.
/// </summary>
/// <remarks>
/// A hop to the thread pool would do as well, but a client that always has more to send never comes back from there, because its receives never wait; every
/// packet of it then wakes the socket thread for nothing, which costs a fifth more CPU per byte. So a datagram to ourselves takes its place among the events of
/// the thread, and each lets one connection go on. Only with inline completions: without them the runtime hops to the pool anyway.
/// </remarks>
internal sealed class SocketTurns
{
    /// <summary>The runtime has as many socket threads as processors then and deals sockets out in turn: twice as many of ours reach each of them.</summary>
    private static readonly Lazy<SocketTurns[]> All = new(() =>
        [.. Enumerable.Range(0, Environment.GetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS") == "1" ? 2 * Environment.ProcessorCount : 0)
            .Select(_ => new SocketTurns(new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)))]);

    [ThreadStatic]
    private static SocketTurns? _ofThisThread;

    private readonly Lock _gate = new();
    private readonly Queue<SocketTransport> _waiting = new();
    private readonly Socket _socket;
    private readonly byte[] _datagram = new byte[1];

    /// <summary>A datagram is on its way, or what it called for is at work: nobody else sends one.</summary>
    private bool _isCalled = true;

    /// <param name="socket">Of datagrams; lives as long as the process.</param>
    private SocketTurns(Socket socket)
    {
        _socket = socket;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.Connect(_socket.LocalEndPoint!);
        _ = RunAsync();

        // So that the thread which is dealt this socket knows of it.
        Call();
    }

    /// <summary>The queue of this thread, or of <paramref name="last"/>'s, or of any; null where there are none.</summary>
    public static SocketTurns? Find(SocketTurns? last) => _ofThisThread ?? last ?? (All.Value is [var any, ..] ? any : null);

    /// <summary>Gives it its turn, on the socket thread, behind whatever has happened there.</summary>
    public void Add(SocketTransport transport)
    {
        bool calls;
        lock (_gate)
        {
            _waiting.Enqueue(transport);
            calls = !_isCalled;
            _isCalled = true;
        }

        if (calls)
        {
            Call();
        }
    }

    private void Call() => _socket.Send([1]);

    private async Task RunAsync()
    {
        while (true)
        {
            await CallAfterAsync(_socket.ReceiveAsync(_datagram.AsMemory(), SocketFlags.None));
            _ofThisThread = this;
            SocketTransport? next;
            lock (_gate)
            {
                _waiting.TryDequeue(out next);
            }

            next?.TakeTurn();
        }
    }

    /// <summary>Sends the next datagram only once the receive waits for it: one that is there already would be taken at once, and the thread never asked for other events.</summary>
    private async ValueTask CallAfterAsync(ValueTask<int> receiving)
    {
        bool calls;
        lock (_gate)
        {
            calls = _isCalled = _waiting.Count > 0;
        }

        if (calls)
        {
            Call();
        }

        await receiving;
    }
}
