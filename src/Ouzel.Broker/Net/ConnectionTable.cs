using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Ouzel.Broker.Diagnostics;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Security;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Net;

/// <summary>All connections of the node: accepts them within the limits, ends the idle ones, drains them when the node stops.</summary>
/// <param name="limits">Those of the start, for what cannot change while the node runs.</param>
/// <param name="limitsNow">Those in force, for the number of connections.</param>
/// <param name="shared">The budget of the node, when others charge to it too.</param>
internal sealed class ConnectionTable(ServedApis apis, NetworkLimits limits, Func<NetworkLimits> limitsNow, TimeProvider clock, ILogger log, MemoryBudget? shared = null)
{
    /// <summary>Between two calls of <see cref="EndStalled"/>.</summary>
    private const int ArrivingBytesMin = 64 * 1024;

    /// <summary>After an accept that failed, as all do while there are no descriptors: the next would fail as well.</summary>
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly FaultGuard _faults = new(log, clock);
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Connection> _connections = [];
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private readonly List<Listener> _listeners = [];
    private readonly MemoryBudget _budget = shared ?? new MemoryBudget(limits, clock, log);
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _gone;
    private long _nextId;
    private bool _stopping;

    public MemoryBudget Budget => _budget;

    /// <summary>Says what clients may do.</summary>
    public Authorizer Authorizer { get; init; } = Authorizer.Everyone;

    /// <summary>Is told of each request; null for nobody.</summary>
    public IRequestObserver? Observer { get; init; }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>Accepts from <paramref name="listener"/> until it or the node stops.</summary>
    public async Task AcceptAsync(Listener listener)
    {
        _budget.OnUnreadResponses = EndUnread;
        lock (_gate)
        {
            _listeners.Add(listener);
        }

        while (!IsStopping)
        {
            try
            {
                if (await listener.AcceptAsync() is not { } transport)
                {
                    return;
                }

                if (AddOrClose(listener, transport) is { } connection)
                {
                    _ = RunAsync(connection);
                }

                await RoomAsync();
            }
            catch (Exception fault)
            {
                await OnAcceptFailedAsync(fault);
            }
        }
    }

    private bool IsStopping
    {
        get
        {
            lock (_gate)
            {
                return _stopping;
            }
        }
    }

    /// <summary>Those who want to connect wait in the backlog meanwhile.</summary>
    private async Task OnAcceptFailedAsync(Exception fault)
    {
        if (fault is SocketException { SocketErrorCode: SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable })
        {
            _budget.Tell(Limit.Descriptors, Count);
        }
        else
        {
            _faults.Tell("accepting connections", fault);
        }

        await Task.Delay(AcceptPause, clock);
    }

    /// <summary>Ends connections that nobody has used for connections.max.idle.ms, and those whose client has read nothing of its responses for that long.</summary>
    public void CloseIdle()
    {
        if (limits.IdleMsMax >= TimeSpan.MaxValue.TotalMilliseconds)
        {
            return;
        }

        var idleMax = TimeSpan.FromMilliseconds(limits.IdleMsMax);
        var idle = End(All().Where(c => c.IsIdle(idleMax)));
        if (idle > 0)
        {
            Log.IdleConnectionsClosed(log, idle);
        }

        var stalled = End(All().Where(c => c.IsSendStalled(idleMax)));
        if (stalled > 0)
        {
            _budget.Tell(Limit.StalledSends, stalled);
        }
    }

    /// <summary>Ends connections whose clients have left while their requests wait.</summary>
    public void LookForPeers()
    {
        foreach (var connection in All())
        {
            _faults.Run("looking for clients that have left", connection.LookForPeer);
        }
    }

    /// <summary>Ends connections whose frames hold memory that others wait for and do not arrive: less than 64 KiB since the last call.</summary>
    public void EndStalled()
    {
        EndChargeStalled();
        if (_budget.Large.Waiting == 0 && _budget.Huge.Waiting == 0)
        {
            return;
        }

        var stalled = End(All().Where(c => c.IsFrameStalled(ArrivingBytesMin)));
        if (stalled > 0)
        {
            _budget.Tell(Limit.StalledFrames, stalled);
        }
    }

    /// <summary>Ends, where requests wait for memory, the waits for news of those that hold it and the connections that do not read.</summary>
    private void EndChargeStalled()
    {
        if (_budget.Requests.Waiting == 0)
        {
            return;
        }

        var stalled = End(All().Where(c => c.IsChargeStalled()));
        if (stalled > 0)
        {
            _budget.Tell(Limit.StalledRequests, stalled);
        }
    }

    /// <summary>
    /// Ends connections that do not read their responses, those first that have taken nothing of theirs for longest, until a quarter of the share is free. The last
    /// stays: alone it may be larger than the share.
    /// </summary>
    private void EndUnread()
    {
        var bytesMax = _budget.Responses.BytesMax / 4 * 3;
        var bytes = _budget.Responses.Taken;
        var ended = 0;
        foreach (var connection in All().Where(c => c.Unread.Bytes > 0).OrderBy(c => c.ProgressAt).SkipLast(1))
        {
            if (bytes <= bytesMax)
            {
                break;
            }

            bytes -= connection.Unread.Bytes;
            connection.Dispose();
            ended++;
        }

        _budget.Tell(Limit.Responses, ended);
    }

    private Connection[] All()
    {
        lock (_gate)
        {
            return [.. _connections.Values];
        }
    }

    private static int End(IEnumerable<Connection> connections)
    {
        var count = 0;
        foreach (var connection in connections)
        {
            connection.Dispose();
            count++;
        }

        return count;
    }

    /// <summary>Stops accepting, and ends a connection at its next request. Answers in flight are still awaited by <see cref="StopAsync"/>.</summary>
    /// <remarks>
    /// Comes before leadership is handed back: a client whose connection ends tries again until the node is back, while kafkajs takes
    /// COORDINATOR_NOT_AVAILABLE from the only broker as final and ends its consumer.
    /// </remarks>
    public async Task TakeNoMoreAsync()
    {
        List<Connection> all;
        List<Listener> listeners;
        lock (_gate)
        {
            _stopping = true;
            all = [.. _connections.Values];
            listeners = [.. _listeners];
            _listeners.Clear(); // each is closed once
        }

        all.ForEach(connection => connection.TakeNoMore());
        foreach (var listener in listeners)
        {
            await listener.DisposeAsync();
        }
    }

    /// <summary>Stops accepting and reading, lets answers in flight leave for at most <paramref name="patience"/>, then ends every connection.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        await TakeNoMoreAsync();
        List<Connection> all;
        lock (_gate)
        {
            all = [.. _connections.Values];
        }

        var drained = Task.WhenAll(all.Select(c => c.StopAsync()));
        await Task.WhenAny(drained, Task.Delay(patience, clock));
        foreach (var connection in all)
        {
            connection.Dispose();
        }

        // What is at work elsewhere notices a moment later; what hangs in a disk never does.
        var gone = Gone();
        await using var timer = clock.CreateTimer(_ => gone.TrySetResult(), null, patience, Timeout.InfiniteTimeSpan);
        await gone.Task;
    }

    /// <summary>Completes when the last connection is forgotten. Awaited as it is: behind a Task.WhenAny the rest would run on whichever thread there is.</summary>
    private TaskCompletionSource Gone()
    {
        lock (_gate)
        {
            _gone ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_connections.Count == 0)
            {
                _gone.TrySetResult();
            }

            return _gone;
        }
    }

    private async Task RunAsync(Connection connection)
    {
        try
        {
            // Those who are served before them on this thread are not to wait for this one's first requests, nor for the next newcomer.
            await connection.BeginAsync();
            await connection.RunAsync();
        }
        catch (Exception fault)
        {
            _faults.Tell("a connection", fault);
            connection.Dispose();
        }

        Forget(connection);
    }

    private void Forget(Connection connection)
    {
        TaskCompletionSource? room, gone;
        lock (_gate)
        {
            _connections.Remove(connection.Origin.ConnectionId);
            var address = connection.Origin.ClientAddress;
            if (--_perAddress[address] == 0)
            {
                _perAddress.Remove(address);
            }

            _budget.OnConnections(_connections.Count);
            (room, _room) = (_room, null);
            gone = _connections.Count == 0 ? _gone : null;
        }

        room?.TrySetResult();
        gone?.TrySetResult();
    }

    /// <summary>Whatever goes wrong, a client that is not served is not left with an open socket either.</summary>
    private Connection? AddOrClose(Listener listener, Transport transport)
    {
        try
        {
            return TryAdd(listener, transport);
        }
        catch
        {
            transport.Close();
            throw;
        }
    }

    private Connection? TryAdd(Listener listener, Transport transport)
    {
        var now = limitsNow();
        lock (_gate)
        {
            var connection = new Connection(OriginOf(listener, transport), transport, apis, limits, _budget, clock, log);
            var address = connection.Origin.ClientAddress;
            var count = _perAddress.GetValueOrDefault(address);
            var countMax = now.ConnectionsPerIpOverrides.TryGetValue(address.ToString(), out var own) ? own : now.ConnectionsPerIpMax;
            if (_stopping || count >= countMax)
            {
                if (!_stopping)
                {
                    _budget.TellRefused(address, count);
                }

                transport.Close();
                return null;
            }

            _nextId++;
            _perAddress[address] = count + 1;
            _connections.Add(connection.Origin.ConnectionId, connection);
            _budget.OnConnections(_connections.Count);
            return connection;
        }
    }

    /// <summary>The origin of a client, as it is known before it has said anything.</summary>
    private ClientOrigin OriginOf(Listener listener, Transport transport) => new()
    {
        ConnectionId = _nextId,
        ListenerName = listener.Name,
        Protocol = listener.Protocol,
        ClientAddress = AddressOf(transport.RemoteEndPoint),
        LocalEndPoint = transport.LocalEndPoint as IPEndPoint ?? new IPEndPoint(IPAddress.Loopback, 0),
        Authorizer = Authorizer,
        Observer = Observer,
    };

    private static IPAddress AddressOf(EndPoint endPoint)
    {
        var address = (endPoint as IPEndPoint)?.Address ?? IPAddress.Loopback;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    /// <summary>Like Kafka, a full node leaves newcomers in the backlog instead of refusing them.</summary>
    private Task RoomAsync()
    {
        var countMax = Math.Min(limitsNow().ConnectionsMax, _budget.ConnectionsMax);
        lock (_gate)
        {
            if (_connections.Count < countMax || _stopping)
            {
                return Task.CompletedTask;
            }

            _budget.Tell(Limit.Connections, countMax);
            _room ??= new TaskCompletionSource();
            return _room.Task;
        }
    }
}
