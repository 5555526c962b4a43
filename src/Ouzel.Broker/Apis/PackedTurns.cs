using Ouzel.Broker.Memory;
using Ouzel.Broker.Partitions;
using Ouzel.Protocol.Records.Validation;
using Ouzel.Storage;

namespace Ouzel.Broker.Apis;

/// <summary>Checks what may be much work, a slice in each turn: whoever sends gigabytes behind a few kilobytes, or what must be packed anew, holds up others by one slice at a time.</summary>
/// <remarks>
/// What a check holds between two turns is charged to the memory for unpacking. One that gets none there needs one of as many places as there are turns: so what is held beside the lane is
/// bounded, and nobody waits for memory or a place while holding some: a check that must wait for its place begins anew.
/// </remarks>
internal sealed class PackedTurns(LargeTurns turns, MemoryLane lane)
{
    /// <summary>The bytes unpacked in one turn, or as much other work: one to four milliseconds, by codec.</summary>
    internal const long SliceBytes = 2 << 20;

    private readonly LargeTurns _places = new(turns.AtATime);

    /// <param name="partition">Whose rules hold.</param>
    /// <param name="batch">What was sent.</param>
    /// <param name="begun">The check after its first slice; null where it has not begun.</param>
    /// <param name="nowMs">The time it is checked with.</param>
    /// <param name="oldFormats">Message sets of magic 0 and 1 are taken.</param>
    public async Task<RecordValidation> CheckAsync(Partition partition, ReadOnlyMemory<byte> batch, SlicedCheck? begun, long nowMs, bool oldFormats)
    {
        var check = begun;
        RecordValidation verdict = default;
        long charged = 0;
        bool needsPlace = false, hasPlace = false;
        try
        {
            ChargeOrDrop();
            do
            {
                if (needsPlace && !hasPlace)
                {
                    await _places.BeginAsync();
                    hasPlace = true;
                }
            }
            while (!await turns.RunAsync(TrySlice));
            return verdict;
        }
        finally
        {
            check?.Dispose();
            lane.Give(charged);
            if (hasPlace)
            {
                _places.End();
            }
        }

        bool TrySlice()
        {
            if (check is null)
            {
                check = partition.BeginCheck(batch.Span, LogAppendOrigin.Client, nowMs, oldFormats, SliceBytes, out verdict);
                if (check is null)
                {
                    return true;
                }
            }
            else if (check.Step(batch.Span, SliceBytes))
            {
                verdict = check.Result;
                return true;
            }

            ChargeOrDrop();
            return false;
        }

        void ChargeOrDrop()
        {
            if (check is null || hasPlace || TryCharge(check.HeldBytes))
            {
                return;
            }

            check.Dispose();
            check = null;
            lane.Give(charged);
            charged = 0;
            needsPlace = true;
        }

        bool TryCharge(long held)
        {
            if (held <= charged)
            {
                return true;
            }

            // What is held is as large as a client says. More than all there is would be given to somebody who is alone, and stand beside what has a place.
            var isThere = held <= lane.BytesMax && lane.TryTake(held - charged);
            charged = isThere ? held : charged;
            return isThere;
        }
    }
}
