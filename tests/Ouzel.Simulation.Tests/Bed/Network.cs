using System.Net;
using Ouzel.Broker.Net;

namespace Ouzel.Simulation.Tests.Bed;

/// <summary>The cable between the clients and the one machine a broker runs on.</summary>
internal sealed class Network(Scheduler scheduler, Weather weather)
{
    private readonly List<Cable> _cables = [];
    private SimulatedListener? _listener;
    private int _port = 40000;

    public int OpenCables
    {
        get
        {
            _cables.RemoveAll(c => c.IsBroken);
            return _cables.Count;
        }
    }

    public SimulatedListener Listen(string name) => _listener = new SimulatedListener(name);

    /// <summary>The client's end of a new connection; refused while no broker listens.</summary>
    public Transport Connect()
    {
        if (_listener is not { IsOpen: true } listener)
        {
            throw new IOException("connection refused");
        }

        var cable = new Cable(scheduler, weather, ++_port);
        _cables.Add(cable);
        scheduler.AfterMs(weather.DelayMs(), null, $"connect {_port}", () => listener.Arrive(cable.ServerEnd));
        return cable.ClientEnd;
    }

    /// <summary>Breaks every connection: the machine is gone.</summary>
    public void BreakAll()
    {
        _listener?.Abandon();
        _cables.ForEach(c => c.Break());
        _cables.Clear();
    }

    /// <summary>The program has ended in good order: what it sent still arrives before the end of the connection does.</summary>
    public void FinishAll()
    {
        _listener?.Abandon();
        _cables.ForEach(c => c.ServerEnd.Close());
    }

    public void BreakOne()
    {
        _cables.RemoveAll(c => c.IsBroken);
        if (_cables.Count > 0)
        {
            _cables[scheduler.Random.Next(_cables.Count)].Break();
        }
    }
}

internal sealed class SimulatedListener(string name) : Listener
{
    private readonly Queue<Transport> _arrived = new();
    private TaskCompletionSource<Transport?>? _accepting;

    public override string Name => name;

    public override EndPoint LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 9092);

    public bool IsOpen { get; private set; } = true;

    public void Abandon() => IsOpen = false;

    public void Arrive(Transport transport)
    {
        if (!IsOpen)
        {
            transport.Close();
            return;
        }

        _arrived.Enqueue(transport);
        Hand();
    }

    public override async ValueTask<Transport?> AcceptAsync()
    {
        if (!IsOpen)
        {
            return null;
        }

        _accepting = new TaskCompletionSource<Transport?>();
        var accepting = _accepting.Task;
        Hand();
        return await accepting;
    }

    public override ValueTask DisposeAsync()
    {
        IsOpen = false;
        var accepting = _accepting;
        _accepting = null;
        accepting?.SetResult(null);
        return ValueTask.CompletedTask;
    }

    private void Hand()
    {
        if (_accepting is { } accepting && _arrived.TryDequeue(out var next))
        {
            _accepting = null;
            accepting.SetResult(next);
        }
    }
}
