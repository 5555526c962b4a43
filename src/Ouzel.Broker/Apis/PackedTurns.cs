using Ouzel.Broker.Memory;
using Ouzel.Broker.Partitions;
using Ouzel.Protocol.Records.Validation;
using Ouzel.Storage;

namespace Ouzel.Broker.Apis;

/// <summary>Checks batches that may unpack to much, a slice in each turn: whoever sends gigabytes behind a few kilobytes holds up others by one slice at a time.</summary>
/// <remarks>
/// What a check holds between two turns is charged to the memory for unpacking. Where there is no more of it, the check goes on in the same turn: so beside the lane there are never more
/// windows than turns at a time, and nobody waits for memory while holding some.
/// </remarks>
internal sealed class PackedTurns(LargeTurns turns, MemoryLane lane)
{
    /// <summary>The bytes unpacked in one turn: one to four milliseconds' work, by codec.</summary>
    internal const long SliceBytes = 2 << 20;

    /// <param name="partition">Whose rules hold.</param>
    /// <param name="batch">What was sent.</param>
    /// <param name="begun">The check after its first slice; null where it has not begun.</param>
    /// <param name="nowMs">The time it is checked with.</param>
    /// <param name="oldFormats">Message sets of magic 0 and 1 are taken.</param>
    public async Task<RecordValidation> CheckAsync(Partition partition, ReadOnlyMemory<byte> batch, PackedCheck? begun, long nowMs, bool oldFormats)
    {
        var check = begun;
        RecordValidation verdict = default;
        long charged = 0;
        try
        {
            // Whoever waits for a turn holds what the lane has granted, or nothing: then the check begins anew in its turn.
            if (check is not null && !TryCharge(check.HeldBytes))
            {
                check.Dispose();
                check = null;
            }

            if (check is null)
            {
                await turns.RunAsync(() =>
                {
                    check = partition.BeginCheck(batch.Span, LogAppendOrigin.Client, nowMs, oldFormats, SliceBytes, out verdict);
                    GoOnUncharged();
                    return true;
                });
            }

            while (check is not null)
            {
                await turns.RunAsync(() =>
                {
                    Step();
                    GoOnUncharged();
                    return true;
                });
            }

            return verdict;
        }
        finally
        {
            check?.Dispose();
            lane.Give(charged);
        }

        void GoOnUncharged()
        {
            while (check is not null && !TryCharge(check.HeldBytes))
            {
                Step();
            }
        }

        void Step()
        {
            if (check!.Step(batch.Span, SliceBytes))
            {
                verdict = check.Result;
                check = null;
            }
        }

        bool TryCharge(long held)
        {
            if (held <= charged)
            {
                return true;
            }

            // A window is as large as a client says. More than all there is would be given to somebody who is alone, and stand beside the windows of the turns.
            var isThere = held <= lane.BytesMax && lane.TryTake(held - charged);
            charged = isThere ? held : charged;
            return isThere;
        }
    }
}
