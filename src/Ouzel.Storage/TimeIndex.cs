using System.Buffers.Binary;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>
/// `.timeindex`: the greatest timestamp so far and the last offset of the batch it came with. An entry is made beside each entry of the offset index, if the
/// timestamp has grown, and a last one when the segment is closed.
/// </summary>
internal sealed class TimeIndex(Disk disk, string path, long baseOffset, long fileBytes) : IndexFile(disk, path, EntryBytes, fileBytes)
{
    public const int EntryBytes = 12;

    private static readonly Func<byte[], int, long> ByTimestamp = static (bytes, at) => BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(at));
    private static readonly Func<byte[], int, long> ByOffset = static (bytes, at) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 8));

    private (long TimestampMs, long Offset)? _last;

    /// <summary>Adds an entry when the timestamp is above the last one.</summary>
    public void MaybeAppend(long timestampMs, long offset)
    {
        lock (Gate)
        {
            if (timestampMs <= LastLocked().TimestampMs)
            {
                return;
            }

            var entry = NextEntry();
            BinaryPrimitives.WriteInt64BigEndian(entry, timestampMs);
            BinaryPrimitives.WriteInt32BigEndian(entry[8..], checked((int)(offset - baseOffset)));
            _last = (timestampMs, offset);
        }
    }

    /// <summary>The greatest entry at or below the timestamp; (-1, base offset) when there is none.</summary>
    public (long TimestampMs, long Offset) Lookup(long timestampMs)
    {
        lock (Gate)
        {
            var scratch = Scratch;
            var found = LastAtMost(timestampMs, ByTimestamp, scratch);
            return found < 0 ? (-1, baseOffset) : Entry(found, scratch);
        }
    }

    /// <summary>The last entry; (-1, base offset) of an empty index.</summary>
    public (long TimestampMs, long Offset) Last()
    {
        lock (Gate)
        {
            return LastLocked();
        }
    }

    /// <summary>True when the entries can be right: timestamps grow, offsets do not fall.</summary>
    public bool IsSound()
    {
        lock (Gate)
        {
            var (timestampMs, offset) = (-1L, 0);
            for (var i = 0; i < CountLocked; i++)
            {
                ReadForward(i, Scratch);
                var (nextTimestampMs, nextOffset) = (BinaryPrimitives.ReadInt64BigEndian(Scratch), BinaryPrimitives.ReadInt32BigEndian(Scratch.AsSpan(8)));
                if (nextTimestampMs <= timestampMs || nextOffset < offset)
                {
                    return false;
                }

                (timestampMs, offset) = (nextTimestampMs, nextOffset);
            }

            return true;
        }
    }

    /// <summary>Forgets entries at or above the offset.</summary>
    public void TruncateTo(long offset)
    {
        int keep;
        lock (Gate)
        {
            keep = LastAtMost(offset - baseOffset - 1, ByOffset, Scratch) + 1;
        }

        TruncateToCount(keep);
    }

    public override void TruncateToCount(int count)
    {
        lock (Gate)
        {
            _last = null;
            base.TruncateToCount(count);
        }
    }

    public List<(long TimestampMs, int RelativeOffset)> Entries()
    {
        lock (Gate)
        {
            var entries = new List<(long, int)>(CountLocked);
            for (var i = 0; i < CountLocked; i++)
            {
                var (timestampMs, offset) = Entry(i, Scratch);
                entries.Add((timestampMs, (int)(offset - baseOffset)));
            }

            return entries;
        }
    }

    private (long TimestampMs, long Offset) LastLocked() => _last ??= CountLocked == 0 ? (-1, baseOffset) : Entry(CountLocked - 1, Scratch);

    private (long TimestampMs, long Offset) Entry(int index, byte[] scratch)
    {
        ReadEntry(index, scratch);
        return (BinaryPrimitives.ReadInt64BigEndian(scratch), baseOffset + BinaryPrimitives.ReadInt32BigEndian(scratch.AsSpan(8)));
    }
}
