using System.Diagnostics;
using Ouzel.Protocol;
using Ouzel.Protocol.Wire;

namespace Ouzel.Client.Connections;

/// <summary>
/// One stream to one broker. Requests leave in the order of the calls and are not held up by responses; responses come in the order of the requests
/// and are matched by correlation id. It is open until something goes wrong or it is closed; then every call under way fails with the reason, and
/// it is not used again: <see cref="BrokerLink"/> opens another.
/// </summary>
/// <remarks>
/// Two loops: one writes what was submitted, as much as lies there at a time, and ends when nothing does; one reads. A request that is too late closes the
/// connection, for the responses behind it would be late as well.
/// </remarks>
internal sealed partial class Connection : IAsyncDisposable
{
    /// <summary>Requests without a response yet; further calls wait.</summary>
    public const int InFlightMax = 128;

    /// <summary>Bytes of requests that the network has not taken yet; further calls wait.</summary>
    public const int OutboundBytesMax = 16 * 1024 * 1024;

    private const int WritersKeptMax = 8;

    private readonly Stream _stream;
    private readonly ClientSurroundings _world;
    private readonly ConnectionIdentity _identity;
    private readonly ResponseReader _reader;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<KafkaException> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _timer;

    private readonly Lock _gate = new();
    private readonly Queue<PendingResponse> _pending = new();
    private readonly Stack<WireWriter> _writers = new();
    private List<Departure> _filling = [];
    private List<Departure> _leaving = [];
    private TaskCompletionSource? _room;
    private KafkaException? _fault;
    private long _quietUntilMs = long.MinValue;
    private long _timerDueMs = long.MaxValue;
    private int _outboundBytes;
    private int _correlationId;
    private bool _isWriting;

    private Connection(Stream stream, ConnectionIdentity identity, ClientSurroundings world)
    {
        _stream = stream;
        _identity = identity;
        _world = world;
        _reader = new ResponseReader(stream, identity.ResponseBytesMax);
        _timer = world.Clock.CreateTimer(static state => ((Connection)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The versions that the broker serves. Set by the handshake, before anybody else has the connection.</summary>
    public ServedVersions Served { get; private set; } = null!;

    public ServerAddress Address => _identity.Address;

    public bool IsOpen => Volatile.Read(ref _fault) is null;

    /// <summary>Ends, with the reason, when the connection is no longer open.</summary>
    public Task<KafkaException> Ended => _ended.Task;

    /// <summary>Requests without a response.</summary>
    public int InFlight
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count;
            }
        }
    }

    /// <summary>Milliseconds for which the broker wants quiet (KIP-219); 0 when it does not.</summary>
    public int QuietMs => (int)Math.Max(0, Volatile.Read(ref _quietUntilMs) - _world.NowMs);

    /// <summary>Sends a request and waits for its response, in the newest version that both sides know.</summary>
    /// <param name="request">Encoded before the call returns or waits for room, when there is room.</param>
    /// <param name="timeoutMs">From now to the response.</param>
    /// <param name="cancellation">Ends the wait, not the request.</param>
    /// <exception cref="KafkaException">The broker does not serve it, the connection broke, or the response is late.</exception>
    public ValueTask<TResponse> CallAsync<TResponse>(IKafkaRequest<TResponse> request, int timeoutMs, CancellationToken cancellation)
        where TResponse : class, IKafkaResponse, new() =>
        CallAsync(request, Served.Choose<TResponse>(), timeoutMs, cancellation);

    /// <inheritdoc cref="CallAsync{TResponse}(IKafkaRequest{TResponse}, int, CancellationToken)"/>
    public async ValueTask<TResponse> CallAsync<TResponse>(IKafkaRequest<TResponse> request, short version, int timeoutMs, CancellationToken cancellation)
        where TResponse : class, IKafkaResponse, new()
    {
        var call = new PendingCall<TResponse>(version, FrameUse.Kept);
        return (await CallAsync(request, call, timeoutMs, cancellation)).Message;
    }

    /// <summary>As the shorter forms, for callers who say what becomes of the bytes, and may give an instance to decode into.</summary>
    public async ValueTask<LeasedResponse<TResponse>> CallAsync<TResponse>(
        IKafkaRequest<TResponse> request, PendingCall<TResponse> call, int timeoutMs, CancellationToken cancellation)
        where TResponse : class, IKafkaResponse, new()
    {
        while (!TrySubmit(request, call, timeoutMs, hasResponse: true))
        {
            await RoomAsync(cancellation);
        }

        // Once cancelled nobody looks at the call any more: what comes of it is dropped where it arrives.
        return cancellation.CanBeCanceled ? await Abandonable(call, cancellation) : await call.Done;
    }

    /// <summary>Sends a request that has no response; ends when the network has taken it.</summary>
    public async ValueTask SendAsync<TResponse>(IKafkaRequest<TResponse> request, short version, int timeoutMs, CancellationToken cancellation)
        where TResponse : class, IKafkaResponse, new()
    {
        var departure = new PendingDeparture(TResponse.ApiKey, version);
        while (!TrySubmit(request, departure, timeoutMs, hasResponse: false))
        {
            await RoomAsync(cancellation);
        }

        await departure.Left.WaitAsync(cancellation);
    }

    /// <summary>Puts a request among those that leave, unless there is no room or the broker wants quiet.</summary>
    /// <exception cref="KafkaException">The connection is closed.</exception>
    /// <exception cref="MessageVersionException">The request cannot be said in the version; the connection goes on.</exception>
    public bool TrySubmit(IWireMessage request, PendingResponse pending, int timeoutMs, bool hasResponse)
    {
        bool starts;
        lock (_gate)
        {
            ThrowIfClosed();
            var nowMs = _world.NowMs;
            if (_pending.Count >= InFlightMax || _outboundBytes >= OutboundBytesMax || nowMs < _quietUntilMs)
            {
                return false;
            }

            pending.CorrelationId = _correlationId;
            pending.DueMs = nowMs + timeoutMs;
            var frame = Encode(request, pending);
            _correlationId = unchecked(_correlationId + 1) & int.MaxValue;
            _filling.Add(new Departure(frame, hasResponse ? null : pending));
            _outboundBytes += frame.Length;
            if (hasResponse)
            {
                _pending.Enqueue(pending);
                ArmTimer(pending.DueMs, nowMs);
            }

            starts = !_isWriting;
            _isWriting = true;
        }

        if (starts)
        {
            _ = _world.IsOwnThread ? WriteAsync() : _world.Start(WriteAsync);
        }

        return true;
    }

    /// <summary>Fails what is under way and lets the stream go. Safe to call more than once.</summary>
    public async ValueTask DisposeAsync()
    {
        Close(new KafkaException(ErrorCode.NetworkException, $"The connection to {_identity} was closed by this client"));
        await _ended.Task;
    }

    private WireWriter Encode(IWireMessage request, PendingResponse pending)
    {
        var frame = _writers.TryPop(out var kept) ? kept : new WireWriter();
        try
        {
            frame.Reserve(sizeof(int));
            RequestHeader.Write(frame, pending.Key, pending.Version, pending.CorrelationId, _identity.ClientId);
            request.Write(frame, pending.Version);
            Debug.Assert(frame.Splices.Count == 0, "records of requests lie in memory");
            frame.SetInt32(0, frame.Length - sizeof(int));
            return frame;
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }

    private static async Task<LeasedResponse<TResponse>> Abandonable<TResponse>(PendingCall<TResponse> call, CancellationToken cancellation)
        where TResponse : class, IKafkaResponse, new()
    {
        try
        {
            return await call.Done.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            _ = call.Done.ContinueWith(static done => done.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }

    /// <summary>Waits until there may be room, or until the broker's quiet is over.</summary>
    private async Task RoomAsync(CancellationToken cancellation)
    {
        Task room;
        lock (_gate)
        {
            ThrowIfClosed();
            room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        if (QuietMs is > 0 and var quietMs)
        {
            await _world.Delay(quietMs, cancellation);
            return;
        }

        await room.WaitAsync(cancellation);
    }

    private void ThrowIfClosed()
    {
        if (_fault is { } fault)
        {
            throw new KafkaException(fault.Error, $"The connection to {_identity} is closed", fault);
        }
    }

    /// <summary>A frame that leaves, and who waits for that when there is no response.</summary>
    private readonly record struct Departure(WireWriter Frame, PendingResponse? Waiter);
}
