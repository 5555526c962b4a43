using Ouzel.Broker.Memory;
using Ouzel.Protocol.Wire;

namespace Ouzel.Broker.Requests;

/// <summary>
/// The bytes that the request which a connection is decoding takes of <see cref="MemoryBudget.Requests"/>: what it decodes to, and what handling it makes of
/// that.
/// </summary>
/// <remarks>
/// Ordinary requests need nothing of the lane (<see cref="FreeBytes"/>). Others are counted before anything is made. On a socket thread a request may become only so
/// large (<see cref="HereBytesMax"/>), for decoding and handling it takes as long as it is large: beyond that it is begun anew elsewhere, where what it is known
/// to want was taken ahead, in its turn. One connection decodes one request at a time.
/// </remarks>
internal sealed class RequestCharge(MemoryLane lane) : IDecodeBudget
{
    /// <summary>The bytes that a request decodes to as part of its connection's price: a fetch of a few partitions.</summary>
    public const int FreeBytes = 4 * 1024;

    /// <summary>The most that is decoded on a socket thread: a few hundred microseconds' work.</summary>
    public const int HereBytesMax = 128 * 1024;

    /// <summary>Beside each byte that a request decodes to stand those of the response's part, encoded and not.</summary>
    private const int BytesPerDecoded = 3;

    private long _ahead;

    /// <summary>Held for the request so far.</summary>
    public long Taken { get; private set; }

    /// <summary>The bytes it would have had to hold when it was last refused.</summary>
    public long Wanted { get; private set; }

    /// <summary>It may become as large as the lane.</summary>
    public bool IsElsewhere { get; private set; }

    /// <summary>For a request that is decoded on a socket thread.</summary>
    public void Begin() => (Taken, Wanted, IsElsewhere) = (0, 0, false);

    /// <summary>For one that is decoded elsewhere, for which so much has been taken.</summary>
    public void BeginElsewhere(long taken) => (Taken, _ahead, IsElsewhere) = (taken, taken, true);

    /// <summary>Takes what the reader asks for.</summary>
    public bool TryTake(long bytes) => TryTakeWhole(bytes * BytesPerDecoded);

    /// <summary>The same for bytes that nothing more comes to.</summary>
    public bool TryTakeWhole(long bytes)
    {
        if (bytes <= _ahead)
        {
            _ahead -= bytes;
            return true;
        }

        var more = bytes - _ahead;
        if ((!IsElsewhere && Taken + more > HereBytesMax) || !lane.TryTake(more))
        {
            Wanted = Taken + more;
            return false;
        }

        (_ahead, Taken) = (0, Taken + more);
        return true;
    }

    /// <summary>The request holds it from here on, and gives it back.</summary>
    public long HandOver()
    {
        var taken = Taken;
        (Taken, _ahead) = (0, 0);
        return taken;
    }

    /// <summary>The request is not begun after all.</summary>
    public void GiveBack()
    {
        var taken = HandOver();
        if (taken > 0)
        {
            lane.Give(taken);
        }
    }
}

/// <summary>A request would take more memory than there can ever be for one.</summary>
internal sealed class RequestSizeException(long bytes, long bytesMax)
    : Exception($"it takes {bytes} bytes with its answer, and there are {bytesMax}")
{
    public long Bytes => bytes;
}
