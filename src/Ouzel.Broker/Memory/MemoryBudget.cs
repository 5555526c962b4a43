using System.Net;
using Microsoft.Extensions.Logging;
using Ouzel.Broker.Diagnostics;

namespace Ouzel.Broker.Memory;

/// <summary>The bound on what clients may make the node keep: ouzel.memory.limit, shared out by purpose so that no purpose starves another.</summary>
/// <remarks>
/// A part is left to the process itself, half of the rest to the garbage collector and the broker's own state; the other half is the clients'.
/// Small requests need none of the shares: each connection may always keep one small buffer, which is part of its price.
/// docs/internals/network.md has the table, docs/decisions/0012 the reasons.
/// </remarks>
internal sealed class MemoryBudget
{
    /// <summary>Code, metadata of types, stacks, an idle runtime: measured 60 MB, and a reserve.</summary>
    public const long BaseBytes = 96L << 20;

    /// <summary>The least that ouzel.memory.limit may be.</summary>
    public const long LimitBytesMin = 128L << 20;

    /// <summary>The buffer that every connection may have without asking; small requests fit into it.</summary>
    public const int SmallBytes = 4 * 1024;

    /// <summary>The buffer of a connection that is sent much at once.</summary>
    public const int ReadAheadBytes = 64 * 1024;

    /// <summary>Above it a frame counts as huge: few clients send such, and they must not hold up the others.</summary>
    public const int LargeBytesMax = 2 * 1024 * 1024;

    /// <summary>A connection with its small buffer and one waiting request: objects, measured 3.7 KiB when idle and 5.3 KiB once it has spoken; 4 KiB; 2 KiB; and 4 KiB of responses on their way.</summary>
    public const int ConnectionBytes = 16 * 1024;

    /// <summary>A request that waits beside others of its connection: its place, its response and its wait. Measured: 1.7 KiB for a fetch, 1.6 KiB for a write.</summary>
    public const int RequestBytes = 2 * 1024;

    private const int RequestsInFlightMin = 4;

    /// <summary>Descriptors for files in use, listeners and the runtime: measured 60 for a runtime at rest.</summary>
    private const int DescriptorsKeptMin = 32;

    private const int DescriptorsKeptMax = 1024;

    private readonly NetworkLimits _limits;
    private readonly ILogger _logger;
    private readonly LimitNotices _notices;
    private readonly long _requestsBytes;

    public MemoryBudget(NetworkLimits limits, TimeProvider clock, ILogger log)
    {
        _limits = limits;
        _logger = log;
        _notices = new LimitNotices(clock);
        Clock = clock;
        var share = limits.MemoryBytesMax == long.MaxValue ? long.MaxValue / 16 : Math.Max(limits.MemoryBytesMax - BaseBytes, LimitBytesMin - BaseBytes) / 2;
        DescriptorsForConnections = limits.DescriptorsMax / 2 - Math.Clamp(limits.DescriptorsMax / 8, DescriptorsKeptMin, DescriptorsKeptMax);
        ConnectionsMax = (int)Math.Clamp(Math.Min(share / 4 / ConnectionBytes, DescriptorsForConnections), 1, int.MaxValue);
        _requestsBytes = share / 8;
        RequestsInFlightMax = limits.RequestsInFlightMax;
        Requests = new MemoryLane(clock, share / 4);
        Groups = new MemoryLane(clock, share / 4);
        Unpacking = new MemoryLane(clock, share / 8);
        Responses = new MemoryLane(clock, share / 8);
        ReadAhead = new MemoryLane(clock, share / 8);
        var large = share / 8;
        var huge = Math.Max(share / 4, Math.Min(share / 2, limits.RequestBytesMax));
        if (limits.QueuedRequestBytesMax < 0)
        {
            Large = new MemoryLane(clock, large);
            Huge = new MemoryLane(clock, huge);
        }
        else
        {
            // Kafka's setting bounds all of them together.
            Large = Huge = new MemoryLane(clock, large + huge, limits.QueuedRequestBytesMax);
        }

        // A single frame larger than its share would break the bound.
        FrameBytesMax = (int)Math.Min(limits.RequestBytesMax, huge);
        Frames = new HugeFrames(Huge);
        if (FrameBytesMax < limits.RequestBytesMax)
        {
            Log.RequestBytesLimited(log, limits.MemoryBytesMax, FrameBytesMax, limits.RequestBytesMax);
        }
    }

    public TimeProvider Clock { get; }

    /// <summary>The turns of requests that are too large for a socket thread.</summary>
    public LargeTurns LargeTurns { get; } = LargeTurns.OfThisMachine();

    /// <summary>Ends connections that do not read, until what they hold is well below the share again. Whoever has the connections sets it.</summary>
    public Action OnUnreadResponses { get; set; } = static () => { };

    /// <summary>Connections that may exist.</summary>
    public int ConnectionsMax { get; }

    private long DescriptorsForConnections { get; }

    /// <summary>Requests of one connection whose answers have not left; falls as connections come.</summary>
    public int RequestsInFlightMax { get; private set; }

    /// <summary>The longest frame: socket.request.max.bytes, less where the memory is smaller than that.</summary>
    public int FrameBytesMax { get; }

    /// <summary>Receive buffers above the small ones. Nobody waits for them: without one, a connection reads in small pieces.</summary>
    public MemoryLane ReadAhead { get; }

    /// <summary>Frames up to <see cref="LargeBytesMax"/> that have an array of their own.</summary>
    public MemoryLane Large { get; }

    /// <summary>Longer frames.</summary>
    public MemoryLane Huge { get; }

    /// <summary>Room for what requests decode to, and the responses made for them until they are encoded: of the broker's own half.</summary>
    public MemoryLane Requests { get; }

    /// <summary>Groups, their members and what they committed: of the broker's own half. Nobody waits for it; who gets none is refused.</summary>
    public MemoryLane Groups { get; }

    /// <summary>Room for what checks of batches hold between their turns: of the broker's own half. Nobody waits for it; a check that gets none needs one of a few places beside it.</summary>
    public MemoryLane Unpacking { get; }

    /// <summary>Encoded answers and gathered pieces whose clients do not read them.</summary>
    public MemoryLane Responses { get; }

    /// <summary>The arrays of huge frames.</summary>
    public HugeFrames Frames { get; }

    /// <summary>The lane of a frame of <paramref name="length"/> bytes.</summary>
    public MemoryLane LaneOf(int length) => length <= LargeBytesMax ? Large : Huge;

    /// <summary>Somebody came or went.</summary>
    public void OnConnections(int count)
        => RequestsInFlightMax = (int)Math.Clamp(_requestsBytes / RequestBytes / Math.Max(count, 1), Math.Min(RequestsInFlightMin, _limits.RequestsInFlightMax), _limits.RequestsInFlightMax);

    /// <summary>Says that a limit bites, when it did not bite lately.</summary>
    public void Tell(Limit limit, int figure = 0)
    {
        if (!_notices.IsNew(limit))
        {
            return;
        }

        var memory = _limits.MemoryBytesMax;
        switch (limit)
        {
            case Limit.ReadAhead:
                Log.ReadAheadLimited(_logger, ReadAhead.BytesMax, memory);
                break;
            case Limit.LargeFrames when _limits.QueuedRequestBytesMax >= 0 && _limits.QueuedRequestBytesMax < Large.BytesMax:
                Log.QueuedRequestsLimited(_logger, _limits.QueuedRequestBytesMax);
                break;
            case Limit.LargeFrames:
                Log.LargeRequestsLimited(_logger, Large.BytesMax, memory);
                break;
            case Limit.HugeFrames:
                Log.HugeRequestsLimited(_logger, Huge.BytesMax, memory);
                break;
            case Limit.StalledFrames:
                Log.StalledRequestsEnded(_logger, figure, memory);
                break;
            case Limit.RequestsInFlight:
                Log.RequestsInFlightLimited(_logger, RequestsInFlightMax, memory);
                break;
            case Limit.Responses:
                Log.UnreadResponsesEnded(_logger, figure, Responses.BytesMax, memory);
                break;
            case Limit.StalledSends:
                Log.StalledSendsEnded(_logger, figure, _limits.IdleMsMax);
                break;
            case Limit.Requests:
                Log.RequestsLimited(_logger, Requests.BytesMax, memory);
                break;
            case Limit.StalledRequests:
                Log.StalledRequestHoldersEnded(_logger, figure, Requests.BytesMax, memory);
                break;
            case Limit.Descriptors:
                Log.DescriptorsUsedUp(_logger, figure);
                break;
            case Limit.Connections when DescriptorsForConnections <= figure:
                Log.ConnectionsLimitedByDescriptors(_logger, figure, _limits.DescriptorsMax);
                break;
            case Limit.Connections when ConnectionsMax <= figure:
                Log.ConnectionsLimitedByMemory(_logger, ConnectionsMax, memory);
                break;
            case Limit.Connections:
                Log.TooManyConnections(_logger, figure);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(limit), limit, "no line for this limit");
        }
    }

    /// <summary>A connection waits until answers have left. With the bound of every day that is nothing to tell.</summary>
    public void OnRequestsInFlight()
    {
        if (RequestsInFlightMax < _limits.RequestsInFlightMax)
        {
            Tell(Limit.RequestsInFlight);
        }
    }

    public void TellTooLarge(IPAddress address, int length)
    {
        if (_notices.IsNew(Limit.FrameLength))
        {
            var isMemory = FrameBytesMax < _limits.RequestBytesMax && length <= _limits.RequestBytesMax;
            Log.RequestTooLarge(_logger, address, length, isMemory ? "ouzel.memory.limit" : "socket.request.max.bytes", FrameBytesMax);
        }
    }

    public void TellTooMuch(IPAddress address, string api, long bytes)
    {
        if (_notices.IsNew(Limit.RequestSize))
        {
            Log.RequestTakesTooMuch(_logger, address, api, bytes, _limits.MemoryBytesMax, Requests.BytesMax);
        }
    }

    public void TellRefused(IPAddress address, int count)
    {
        if (_notices.IsNew(Limit.ConnectionsOfAddress))
        {
            Log.TooManyConnectionsOfAddress(_logger, address, count);
        }
    }
}
