using System.Buffers.Binary;
using System.Net;
using Microsoft.Extensions.Logging;
using Ouzel.Broker.Diagnostics;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Requests;
using Ouzel.Protocol;
using Ouzel.Protocol.Wire;

namespace Ouzel.Broker.Net;

/// <summary>One client from its arrival to its end.</summary>
internal sealed class Connection : IDisposable
{
    /// <summary>The longest that requests of a client that sends no more may stay unanswered once nothing waits for news any more.</summary>
    private static readonly TimeSpan HalfClosedMax = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of a request that level trace shows.</summary>
    private const int TracedBytesMax = 192;

    private readonly Transport _transport;
    private readonly MemoryBudget _budget;
    private readonly ServedApis _apis;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly FrameReader _frames;
    private readonly ResponseSender _sender;
    private readonly ResponseQueue _responses;
    private readonly ClientOrigin _origin;
    private readonly RequestHeader _header = new();
    private readonly RequestCharge _charge;
    private long _progressAt;
    private long _progressSent;
    private long _chargedSentSeen = -1;
    private long _activeAt;
    private long _sentSeen;
    private long _sendingSince;
    private (int Number, int Filled) _arrivingSeen;
    private long _halfClosedSince;
    private long _halfClosedSent;
    private volatile bool _isReceiving;
    private volatile bool _stopping;

    /// <summary>The request being decoded, for the log line when it is malformed.</summary>
    private (short Key, short Version, string ClientId) _current = (-1, -1, "");

    public Connection(ClientOrigin origin, Transport transport, ServedApis apis, NetworkLimits limits, MemoryBudget budget, TimeProvider clock, ILogger log)
    {
        _transport = transport;
        _budget = budget;
        _apis = apis;
        _clock = clock;
        _logger = log;
        _frames = new FrameReader(transport, budget);
        _sender = new ResponseSender(transport, budget, limits.SendBytesMax);
        _responses = new ResponseQueue(_sender, budget);
        _charge = new RequestCharge(budget.Requests);
        _activeAt = clock.GetTimestamp();
        _origin = origin;
    }

    public ClientOrigin Origin => _origin;

    /// <summary>No request in flight and no whole request received for longer than <paramref name="idle"/>.</summary>
    public bool IsIdle(TimeSpan idle) => _clock.GetElapsedTime(Volatile.Read(ref _activeAt)) > idle && _responses.Count == 0;

    /// <summary>The responses it does not read.</summary>
    public UnreadResponses Unread => _sender.Unread;

    /// <summary>Notes how far sending has come; true when the client has taken nothing for longer than <paramref name="idle"/>. Asked by one job.</summary>
    public bool IsSendStalled(TimeSpan idle)
    {
        var sent = _transport.SentBytes;
        if (!_responses.IsSending || sent != _sentSeen || _sendingSince == 0)
        {
            (_sentSeen, _sendingSince) = (sent, _responses.IsSending ? _clock.GetTimestamp() : 0);
            return false;
        }

        return _clock.GetElapsedTime(_sendingSince) > idle;
    }

    /// <summary>
    /// Notes how far the frame has come that holds budget of a lane others wait for; true when that is less than <paramref name="bytesMin"/> more than at the
    /// last call, and not because we do not receive. Asked by one job.
    /// </summary>
    public bool IsFrameStalled(int bytesMin)
    {
        var (number, lane, filled) = _frames.Arriving;
        if (lane is not { Waiting: > 0 })
        {
            return false;
        }

        var seen = _arrivingSeen;
        _arrivingSeen = (number, filled);
        return seen.Number == number && filled - seen.Filled < bytesMin && !_transport.HasArrived;
    }

    /// <summary>Leaves whoever accepted the client; what follows runs elsewhere.</summary>
    public ValueTask BeginAsync() => _transport.BeginAsync();

    /// <summary>
    /// Looks whether the client is still there while nothing is received from it, because its requests wait or its responses are to leave first. One that has gone
    /// would keep its descriptor as long as they do: 24 days, if it asked for that. Asked by one job.
    /// </summary>
    public void LookForPeer()
    {
        var sent = _transport.SentBytes;
        if (sent != _progressSent)
        {
            (_progressSent, _progressAt) = (sent, _clock.GetTimestamp());
        }

        if (_isReceiving || _responses.Count == 0)
        {
            return;
        }

        switch (_transport.Peer)
        {
            case Peer.Gone:
                Dispose();
                break;
            case Peer.SendsNoMore:
                OnHalfClosed();
                break;
        }
    }

    /// <summary>The timestamp at which its client was last seen to take something of the responses not read in full, or was given them.</summary>
    public long ProgressAt => Math.Max(_progressAt, Unread.Since);

    /// <summary>
    /// For a connection whose requests hold memory that others wait for: waits for news end. True when its client has taken nothing of its responses since the last
    /// call. Asked by one job.
    /// </summary>
    public bool IsChargeStalled()
    {
        if (_responses.Charged == 0)
        {
            _chargedSentSeen = -1;
            return false;
        }

        var seen = _chargedSentSeen;
        _chargedSentSeen = _transport.SentBytes;
        if (_responses.IsSending)
        {
            return seen == _chargedSentSeen;
        }

        _responses.EndWaits();
        return false;
    }

    /// <summary>Serves the client until one side ends it. Throws only what is a defect of this class.</summary>
    public async Task RunAsync()
    {
        Log.Connected(_logger, _origin.ClientAddress, _origin.ListenerName, _origin.ConnectionId);
        try
        {
            await ServeUntilEndAsync();
        }
        finally
        {
            await EndAsync();
        }
    }

    private async Task ServeUntilEndAsync()
    {
        try
        {
            await ServeAsync();

            _responses.Flush();

            // The client sends no more, but may still be reading: a half-closed client gets all its responses, but none of them waits for news.
            _responses.EndWaits();
            await _responses.DrainAsync();
        }
        catch (FrameLengthException e)
        {
            if (ForeignProtocol.Of(e.Length) is { } foreign)
            {
                Log.ForeignProtocol(_logger, _origin.ClientAddress, foreign.Name, _origin.ListenerName, foreign.Advice);
            }
            else
            {
                _budget.TellTooLarge(_origin.ClientAddress, e.Length);
            }

            _responses.Flush();
            await _responses.DrainAsync();
        }
        catch (RequestSizeException e)
        {
            _budget.TellTooMuch(_origin.ClientAddress, ApiName(_current.Key), e.Bytes);
            _responses.Flush();
            await _responses.DrainAsync();
        }
        catch (WireFormatException e)
        {
            Log.MalformedRequest(_logger, _origin.ClientAddress, _current.ClientId, ApiName(_current.Key), _current.Version, e.Message);
            _responses.Flush();
            await _responses.DrainAsync();
        }
        catch (Exception e) when (Transport.IsLoss(e))
        {
            Log.ConnectionLost(_logger, _origin.ClientAddress, e.Message);
        }
        catch (Exception fault)
        {
            Log.ConnectionFault(_logger, fault, _origin.ClientAddress, _current.ClientId, ApiName(_current.Key), _current.Version);
        }
    }

    /// <summary>Ends the connection now; <see cref="RunAsync"/> then returns and frees what it holds.</summary>
    public void Dispose() => _responses.End();

    /// <summary>The next request that comes ends the connection instead of being handled; those in flight are still answered.</summary>
    public void TakeNoMore() => _stopping = true;

    /// <summary>Takes no further request; completes when the responses in flight have left.</summary>
    public async Task StopAsync()
    {
        TakeNoMore();
        _responses.Flush();
        await _responses.DrainAsync();
        _responses.End();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            _isReceiving = true;
            var isMore = await _frames.ReadAsync();
            _isReceiving = false;
            if (!isMore)
            {
                return;
            }

            Volatile.Write(ref _activeAt, _frames.ReadAt);
            await _responses.RoomAsync();
            if (_stopping || _responses.IsEnded)
            {
                return;
            }

            if (!IsPipelined(_frames.Frame.Span))
            {
                await _responses.RestAsync();
            }

            _charge.Begin();
            var isTooLarge = !TryBegin(_frames.Frame, out var serial);
            if (isTooLarge)
            {
                serial = await BeginElsewhereAsync();
            }

            if (serial is { IsComplete: false })
            {
                _responses.Flush();
                await _responses.WhenFinished(serial);
                if (!serial.IsComplete)
                {
                    // The connection has ended and the handler has not: it may still use the frame's bytes, so nobody else gets the array.
                    _frames.LeaveFrame();
                    return;
                }
            }
            else if (_origin.Frame.IsHeld)
            {
                _responses.Flush();
                await _origin.Frame.FreeAsync();
            }
            else if (!_frames.HasNext)
            {
                _responses.Flush();
            }
        }
    }

    private void OnHalfClosed()
    {
        var sent = _transport.SentBytes;
        var isFirst = _halfClosedSince == 0;
        if (isFirst || sent != _halfClosedSent || _responses.IsSending)
        {
            (_halfClosedSince, _halfClosedSent) = (_clock.GetTimestamp(), sent);
        }
        else if (_clock.GetElapsedTime(_halfClosedSince) > HalfClosedMax)
        {
            Dispose();
            return;
        }

        // One that has left altogether refuses the first response, and then none of the others is made: the next look finds it gone.
        _responses.EndWaits(isFirst ? 1 : int.MaxValue);
    }

    private bool IsPipelined(ReadOnlySpan<byte> frame)
        => frame.Length >= sizeof(short) && _apis.Find(BinaryPrimitives.ReadInt16BigEndian(frame)) is { Order: ApiOrder.Pipelined };

    /// <summary>False when the request is too large for this thread, or for now: nothing was started then.</summary>
    private bool TryBegin(Memory<byte> frame, out PendingResponse? serial)
    {
        try
        {
            serial = Begin(frame);
            return true;
        }
        catch (DecodeBudgetException)
        {
            serial = null;
            return false;
        }
        finally
        {
            // Of what was started nothing is left.
            _charge.GiveBack();
        }
    }

    /// <summary>
    /// Begins a request that is too large for a socket thread, or for the memory that is free: in its turn, with the memory it is known to want, on a thread that
    /// polls nothing. The connection's next requests wait, so they stay behind it.
    /// </summary>
    /// <remarks>How much it wants is known only as far as it was read: each time it turns out to be more, twice as much is waited for, with nothing held meanwhile.</remarks>
    /// <exception cref="RequestSizeException">It wants more than there is.</exception>
    private async Task<PendingResponse?> BeginElsewhereAsync()
    {
        _responses.Flush();
        var lane = _budget.Requests;
        for (var wanted = _charge.Wanted; ; wanted = Math.Min(Math.Max(2 * wanted, _charge.Wanted), lane.BytesMax))
        {
            if (Math.Max(_charge.Wanted, wanted) > lane.BytesMax)
            {
                throw new RequestSizeException(_charge.Wanted, lane.BytesMax);
            }

            if (!lane.TryTake(wanted))
            {
                _budget.Tell(Limit.Requests);
                await lane.TakeAsync(wanted);
            }

            _charge.BeginElsewhere(wanted);
            var (isBegun, serial) = await _budget.LargeTurns.RunAsync(() => (TryBegin(_frames.Frame, out var begun), begun));
            if (isBegun)
            {
                return serial;
            }
        }
    }

    /// <summary>
    /// Reads the header, finds the handler and starts it; the part before its first await has run on return. Returns the response of a serial API, to be waited
    /// for; that of a pipelined one may have left and belong to somebody else already.
    /// </summary>
    private PendingResponse? Begin(Memory<byte> frame)
    {
        _current = (-1, -1, "");
        var reader = new WireReader(frame, _charge, RequestCharge.FreeBytes);
        try
        {
            _header.ReadNext(ref reader);
        }
        finally
        {
            _current = (_header.RequestApiKey, _header.ApiVersion, _header.ClientId ?? "");
        }

        if (_logger.IsEnabled(LogLevel.Debug))
        {
            Trace(frame.Span);
        }

        var api = _apis.Find(_header.RequestApiKey);
        var isFallback = api is { Key: ApiKey.ApiVersions } && !api.Serves(_header.ApiVersion);
        if (api is null || (!isFallback && !api.Serves(_header.ApiVersion)))
        {
            throw new WireFormatException("this node does not serve that request or version");
        }

        var answer = api.NewResponse();
        answer.Begin(_responses, _header, _origin);
        if (_origin.Observer is { } observer)
        {
            answer.Record = new RequestRecord(observer, _clock, frame.Length, _frames.ReadAt);
        }

        if (isFallback)
        {
            answer.TakePlace();
            answer.ResponseVersion = 0;
            answer.Complete(ServedApis.UnsupportedVersion(api));
        }
        else
        {
            answer.Start(ref reader, _charge);
        }

        return api.Order == ApiOrder.Serial ? answer : null;
    }

    private void Trace(ReadOnlySpan<byte> frame)
    {
        Log.Request(_logger, _origin.ClientAddress, _current.ClientId, ApiName(_current.Key), _current.Version, _header.CorrelationId, frame.Length);

        // A password is nobody's to read.
        if (_logger.IsEnabled(LogLevel.Trace) && _header.RequestApiKey is not ((short)ApiKey.SaslAuthenticate or (short)ApiKey.AlterUserScramCredentials))
        {
            Log.RequestFrame(_logger, _origin.ClientAddress, Convert.ToHexString(frame[..Math.Min(frame.Length, TracedBytesMax)]));
        }
    }

    private async Task EndAsync()
    {
        _responses.End();
        if (_responses.Ending is { } ending)
        {
            if (ending.Fault is { } fault)
            {
                Log.ConnectionFault(_logger, fault, _origin.ClientAddress, ending.Context.ClientId, ApiName((short)ending.Context.ApiKey), ending.Context.ApiVersion);
            }
            else
            {
                Log.ConnectionClosed(_logger, _origin.ClientAddress, ending.Context.ClientId, ApiName((short)ending.Context.ApiKey), ending.Context.ClosingReason!);
            }
        }
        else if (_responses.Fault is { } broken && !Transport.IsLoss(broken))
        {
            // A response that could not be encoded: the client sees only that the connection ends.
            Log.ConnectionFault(_logger, broken, _origin.ClientAddress, _current.ClientId, ApiName(_current.Key), _current.Version);
        }

        // Only now: a batch that waits for its disk lies in the frame.
        await _origin.Frame.FreeAsync();
        _frames.Dispose();
    }

    private static string ApiName(short key) => Enum.IsDefined((ApiKey)key) ? ((ApiKey)key).ToString() : key < 0 ? "unknown" : $"request {key}";
}
