using Microsoft.Extensions.Logging;
using Ouzel.Protocol;

namespace Ouzel.Client.Connections;

/// <summary>
/// The way to one address: opens a connection when one is asked for, keeps it while it works, opens another after it broke, not before the back-off is
/// over. Everybody who asks meanwhile waits for the same attempt.
/// </summary>
internal sealed class BrokerLink : IAsyncDisposable
{
    private readonly ConnectionIdentity _identity;
    private readonly LinkOptions _options;
    private readonly ClientSurroundings _world;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ReconnectState _reconnect;
    private Connection? _connection;
    private Task<Connection>? _opening;
    private bool _isDisposed;

    public BrokerLink(ConnectionIdentity identity, LinkOptions options, ClientSurroundings world)
    {
        _identity = identity;
        _options = options;
        _world = world;
        _logger = world.Loggers.CreateLogger<BrokerLink>();
        _reconnect = new ReconnectState(options.Reconnect);
    }

    public ServerAddress Address => _identity.Address;

    /// <summary>The connection when it is open and can be used at once.</summary>
    public Connection? Open => Volatile.Read(ref _connection) is { IsOpen: true } open ? open : null;

    /// <summary>Milliseconds before another attempt would begin; 0 when it is open or may begin now.</summary>
    public int BackoffMs
    {
        get
        {
            lock (_gate)
            {
                return _opening is not null ? 0 : _reconnect.WaitMs(_world.NowMs);
            }
        }
    }

    /// <summary>The open connection, or the next one: waits for the back-off and one attempt.</summary>
    /// <exception cref="KafkaException">The attempt failed.</exception>
    public ValueTask<Connection> OpenAsync(CancellationToken cancellation)
    {
        if (Open is { } open)
        {
            return ValueTask.FromResult(open);
        }

        lock (_gate)
        {
            if (_isDisposed)
            {
                throw new KafkaException(ErrorCode.NetworkException, $"The link to {_identity} was closed");
            }

            if (Open is { } meanwhile)
            {
                return ValueTask.FromResult(meanwhile);
            }

            _opening ??= StartOpening();
            return new ValueTask<Connection>(_opening.WaitAsync(cancellation));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Connection? open;
        Task<Connection>? opening;
        lock (_gate)
        {
            _isDisposed = true;
            (open, opening) = (_connection, _opening);
        }

        await _stop.CancelAsync();
        if (opening is not null)
        {
            await opening.ContinueWith(static _ => { }, TaskScheduler.Default);
        }

        if ((Volatile.Read(ref _connection) ?? open) is { } last)
        {
            await last.DisposeAsync();
        }

        _stop.Dispose();
    }

    /// <summary>Called under the lock.</summary>
    private Task<Connection> StartOpening()
    {
        var waitMs = _reconnect.WaitMs(_world.NowMs);
        var opened = new TaskCompletionSource<Connection>(TaskCreationOptions.RunContinuationsAsynchronously);

        // A failure that nobody waits for any more is no unobserved one.
        _ = opened.Task.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        _ = _world.Start(() => OpenOnceAsync(waitMs, opened));
        return opened.Task;
    }

    private async Task OpenOnceAsync(int waitMs, TaskCompletionSource<Connection> opened)
    {
        try
        {
            if (waitMs > 0)
            {
                await _world.Delay(waitMs, _stop.Token);
            }

            var connection = await ConnectAsync();
            OnOpened(connection);
            opened.SetResult(connection);
        }
        catch (Exception fault)
        {
            var told = fault as KafkaException ?? new KafkaException(ErrorCode.NetworkException, $"{_identity} cannot be reached: {fault.Message}", fault);
            OnFailed(told);
            opened.SetException(new KafkaException(told.Error, $"No connection to {_identity}", told) { BrokerId = _identity.BrokerId });
        }
    }

    private async Task<Connection> ConnectAsync()
    {
        using var setup = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using var timer = _world.Clock.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), setup, TimeSpan.FromMilliseconds(_options.SetupTimeoutMs), Timeout.InfiniteTimeSpan);
        Stream stream;
        try
        {
            stream = await _options.Connect(_identity.Address.Host, _identity.Address.Port, setup.Token);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            throw new KafkaException(ErrorCode.RequestTimedOut, $"{_identity} was not reached within {_options.SetupTimeoutMs} ms");
        }

        return await Connection.OpenAsync(stream, _identity, _world, _options.SetupTimeoutMs);
    }

    private void OnOpened(Connection connection)
    {
        var openedMs = _world.NowMs;
        lock (_gate)
        {
            _opening = null;
            _connection = connection;
            _reconnect.OnConnected();
        }

        ClientEvents.Connected(_logger, _identity);
        _ = connection.Ended.ContinueWith(ended => OnEnded(ended.Result, openedMs), TaskScheduler.Default);
    }

    private void OnEnded(KafkaException fault, long openedMs)
    {
        lock (_gate)
        {
            _reconnect.OnEnded(_world.NowMs, openedMs, _world.Chance());
        }

        ClientEvents.ConnectionEnded(_logger, _identity, fault.Message);
    }

    private void OnFailed(KafkaException fault)
    {
        int failures;
        lock (_gate)
        {
            _opening = null;
            _reconnect.OnFailed(_world.NowMs, _world.Chance());
            failures = _reconnect.Failures;
        }

        if (!_stop.IsCancellationRequested)
        {
            ClientEvents.NotConnected(_logger, _identity, failures, fault.Message);
        }
    }
}
