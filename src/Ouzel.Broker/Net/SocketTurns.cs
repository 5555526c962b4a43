using System.Net.Sockets;

namespace Ouzel.Broker.Net;

/// <summary>
/// The way to the back of the queue of a thread that the runtime runs socket completions on: whoever was served long enough lets the others of its thread have
/// their turn and goes on there.
/// </summary>
/// <remarks>
/// A hop to the thread pool would do as well, but a client that always has more to send never comes back from there, because its receives never wait; every
/// packet of it then wakes the socket thread for nothing, which costs a fifth more CPU per byte. So a byte to ourselves takes its place among the events of the
/// thread, and each lets one connection go on. Only with inline completions: without them the runtime hops to the pool anyway. The threads are the runtime's and
/// belong to the process, and so do these.
/// </remarks>
internal sealed class SocketTurns
{
    /// <summary>The runtime's switch for completions on the thread that polls. Read once, when the first socket type is touched.</summary>
    public const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private static readonly Lazy<SocketTurns[]> All = new(MakeAll);

    [ThreadStatic]
    private static SocketTurns? _ofThisThread;

    private readonly Lock _gate = new();
    private readonly Queue<SocketTransport> _waiting = new();
    private readonly Socket _caller;
    private readonly Socket _called;
    private readonly byte[] _byte = new byte[1];

    /// <summary>A byte is on its way, or what it called for is at work: nobody else sends one.</summary>
    private bool _isCalled = true;

    private SocketTurns(Socket caller, Socket called)
    {
        (_caller, _called) = (caller, called);
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

    /// <summary>With inline completions the runtime has as many socket threads as processors and deals sockets out in turn: twice as many of ours reach each of them.</summary>
    private static SocketTurns[] MakeAll()
    {
        List<SocketTurns> all = [];
        int count = Environment.GetEnvironmentVariable(InlineCompletions) == "1" ? 2 * Environment.ProcessorCount : 0;
        while (all.Count < count && LinuxSocket.TryMakePair(out Socket? caller, out Socket? called))
        {
            all.Add(new SocketTurns(caller, called));
        }

        return [.. all];
    }

    private void Call() => _caller.Send([1]);

    private async Task RunAsync()
    {
        while (true)
        {
            await CallAfterAsync(_called.ReceiveAsync(_byte.AsMemory(), SocketFlags.None));
            _ofThisThread = this;
            SocketTransport? next;
            lock (_gate)
            {
                _waiting.TryDequeue(out next);
            }

            next?.TakeTurn();
        }
    }

    /// <summary>Sends the next byte only once the receive waits for it: one that is there already would be taken at once, and the thread never asked for other events.</summary>
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
