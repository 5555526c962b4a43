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
        var hasPlace = false;
        using var work = new Work(lane, begun, () => (partition.BeginCheck(batch.Span, LogAppendOrigin.Client, nowMs, oldFormats, SliceBytes, out var verdict), verdict));
        try
        {
            work.ChargeOrDrop();
            do
            {
                if (work.NeedsPlace && !hasPlace)
                {
                    await _places.BeginAsync();
                    hasPlace = work.HasPlace = true;
                }
            }
            while (!await turns.RunAsync(() => work.TrySlice(batch.Span)));
            return work.Verdict;
        }
        finally
        {
            if (hasPlace)
            {
                _places.End();
            }
        }
    }

    /// <summary>One check and what is charged for it.</summary>
    private sealed class Work(MemoryLane lane, SlicedCheck? check, Func<(SlicedCheck? Begun, RecordValidation Verdict)> begin) : IDisposable
    {
        private SlicedCheck? _check = check;
        private long _charged;

        /// <summary>True once there was no memory for it.</summary>
        public bool NeedsPlace { get; private set; }

        /// <summary>Lets it hold what it needs, uncharged.</summary>
        public bool HasPlace { get; set; }

        public RecordValidation Verdict { get; private set; }

        /// <summary>Begins, or does one slice more; true when the verdict is there.</summary>
        public bool TrySlice(ReadOnlySpan<byte> batch)
        {
            if (_check is null)
            {
                (_check, Verdict) = begin();
                if (_check is null)
                {
                    return true;
                }
            }
            else if (_check.Step(batch, SliceBytes))
            {
                Verdict = _check.Result;
                return true;
            }

            ChargeOrDrop();
            return false;
        }

        /// <summary>Charges what is held from here to the next turn, or lets go of it.</summary>
        public void ChargeOrDrop()
        {
            if (_check is null || HasPlace || TryCharge(_check.HeldBytes))
            {
                return;
            }

            Dispose();
            NeedsPlace = true;
        }

        public void Dispose()
        {
            _check?.Dispose();
            _check = null;
            lane.Give(_charged);
            _charged = 0;
        }

        private bool TryCharge(long held)
        {
            if (held <= _charged)
            {
                return true;
            }

            // What is held is as large as a client says. More than all there is would be given to somebody who is alone, and stand beside what has a place.
            var isThere = held <= lane.BytesMax && lane.TryTake(held - _charged);
            _charged = isThere ? held : _charged;
            return isThere;
        }
    }
}
