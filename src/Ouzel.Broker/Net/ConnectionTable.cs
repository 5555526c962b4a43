using System.Net;
using Microsoft.Extensions.Logging;
using Ouzel.Broker.Apis;
using Ouzel.Broker.Diagnostics;

namespace Ouzel.Broker.Net;

/// <summary>All connections of the node: accepts them within the limits, ends the idle ones, drains them when the node stops.</summary>
/// <param name="limits">Those of the start, for what cannot change while the node runs.</param>
/// <param name="limitsNow">Those in force, for the number of connections.</param>
internal sealed class ConnectionTable(ApiTable apis, NetworkLimits limits, Func<NetworkLimits> limitsNow, TimeProvider clock, ILogger log)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Connection> _connections = [];
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private readonly List<Listener> _listeners = [];
    private readonly ReceiveBudget _budget = new(limits.QueuedRequestBytesMax);
    private TaskCompletionSource? _room;
    private long _nextId;
    private bool _stopping;

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
        lock (_gate)
        {
            _listeners.Add(listener);
        }

        while (await listener.AcceptAsync() is { } transport)
        {
            if (TryAdd(listener.Name, transport) is { } connection)
            {
                _ = RunAsync(connection);
            }

            await RoomAsync();
        }
    }

    /// <summary>Ends connections that nobody has used for connections.max.idle.ms.</summary>
    public void CloseIdle()
    {
        if (limits.IdleMsMax >= TimeSpan.MaxValue.TotalMilliseconds)
        {
            return;
        }

        var idleMax = TimeSpan.FromMilliseconds(limits.IdleMsMax);
        List<Connection> idle;
        lock (_gate)
        {
            idle = [.. _connections.Values.Where(c => c.IsIdle(idleMax))];
        }

        foreach (Connection connection in idle)
        {
            connection.Dispose();
        }

        if (idle.Count > 0)
        {
            Log.IdleConnectionsClosed(log, idle.Count);
        }
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
        }

        all.ForEach(connection => connection.TakeNoMore());
        foreach (Listener listener in listeners)
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

        Task drained = Task.WhenAll(all.Select(c => c.StopAsync()));
        await Task.WhenAny(drained, Task.Delay(patience, clock));
        foreach (Connection connection in all)
        {
            connection.Dispose();
        }
    }

    private async Task RunAsync(Connection connection)
    {
        await connection.RunAsync();
        TaskCompletionSource? room;
        lock (_gate)
        {
            _connections.Remove(connection.Origin.ConnectionId);
            IPAddress address = connection.Origin.ClientAddress;
            if (--_perAddress[address] == 0)
            {
                _perAddress.Remove(address);
            }

            (room, _room) = (_room, null);
        }

        room?.TrySetResult();
    }

    private Connection? TryAdd(string listenerName, Transport transport)
    {
        NetworkLimits now = limitsNow();
        lock (_gate)
        {
            var connection = new Connection(_nextId, listenerName, transport, apis, limits, _budget, clock, log);
            IPAddress address = connection.Origin.ClientAddress;
            int count = _perAddress.GetValueOrDefault(address);
            int countMax = now.ConnectionsPerIpOverrides.TryGetValue(address.ToString(), out int own) ? own : now.ConnectionsPerIpMax;
            if (_stopping || count >= countMax)
            {
                if (!_stopping)
                {
                    Log.TooManyConnectionsOfAddress(log, address, count);
                }

                transport.Close();
                return null;
            }

            _nextId++;
            _perAddress[address] = count + 1;
            _connections.Add(connection.Origin.ConnectionId, connection);
            return connection;
        }
    }

    /// <summary>Like Kafka, a full node leaves newcomers in the backlog instead of refusing them.</summary>
    private Task RoomAsync()
    {
        int countMax = limitsNow().ConnectionsMax;
        lock (_gate)
        {
            if (_connections.Count < countMax || _stopping)
            {
                return Task.CompletedTask;
            }

            Log.TooManyConnections(log, countMax);
            _room ??= new TaskCompletionSource();
            return _room.Task;
        }
    }
}
