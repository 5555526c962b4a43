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
/// <para>
/// Who waits here has nobody else to wake it, so each event of the way is walked through. At most one byte is under way (<see cref="_isCalled"/>), so the pair is
/// never full and a send never waits. One is sent by whoever finds nobody called: the one that comes, or the round before it, which decides under the lock whether
/// anybody waits; whoever comes after that decision finds nobody called and sends. A send or a receive that fails ends these turns: all who wait, and all who
/// come, go by way of the pool (<see cref="Break"/>).
/// </para>
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

    /// <summary>The pair failed: nobody is called any more.</summary>
    private bool _isBroken;

    internal SocketTurns(Socket caller, Socket called)
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
            if (_isBroken)
            {
                GoByPool(transport);
                return;
            }

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
        var count = Environment.GetEnvironmentVariable(InlineCompletions) == "1" ? 2 * Environment.ProcessorCount : 0;
        while (all.Count < count && LinuxSocket.TryMakePair(out var caller, out var called))
        {
            all.Add(new SocketTurns(caller, called));
        }

        return [.. all];
    }

    private void Call()
    {
        try
        {
            if (_caller.Send([1]) == 1)
            {
                return;
            }
        }
        catch (Exception e) when (Transport.IsLoss(e))
        {
            // Nothing was sent: nobody will be called.
        }

        Break();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await CallAfterAsync(_called.ReceiveAsync(_byte.AsMemory(), SocketFlags.None)))
            {
                _ofThisThread = this;
                SocketTransport? next;
                lock (_gate)
                {
                    _waiting.TryDequeue(out next);
                }

                next?.TakeTurn();
            }
        }
        catch (Exception e) when (Transport.IsLoss(e))
        {
            // No descriptors for the runtime's own use, or the pair is closed: the pool takes over.
        }
        finally
        {
            // Whatever ended the loop: nobody else would wake those who wait.
            Break();
        }
    }

    /// <summary>Nobody is called from here on: who waits goes on by way of the pool, and so does who comes.</summary>
    private void Break()
    {
        lock (_gate)
        {
            _isBroken = true;
            while (_waiting.TryDequeue(out var next))
            {
                GoByPool(next);
            }
        }
    }

    private static void GoByPool(SocketTransport transport)
        => ThreadPool.UnsafeQueueUserWorkItem(static transport => transport.TakeTurn(), transport, preferLocal: false);

    /// <summary>Sends the next byte only once the receive waits for it: one that is there already would be taken at once, and the thread never asked for other events.</summary>
    /// <returns>False at the end of the pair.</returns>
    private async ValueTask<bool> CallAfterAsync(ValueTask<int> receiving)
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

        return await receiving > 0;
    }
}
