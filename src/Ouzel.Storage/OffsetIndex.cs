using System.Buffers.Binary;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>
/// `.index`: the last offset of a batch, relative to the segment's base, and the batch's position in the log file. Sparse: one entry for each batch that more
/// than index.interval.bytes were appended before.
/// </summary>
internal sealed class OffsetIndex(Disk disk, string path, long baseOffset, long fileBytes) : IndexFile(disk, path, EntryBytes, fileBytes)
{
    public const int EntryBytes = 8;

    private static readonly Func<byte[], int, long> ByOffset = static (bytes, at) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
    private static readonly Func<byte[], int, long> ByPosition = static (bytes, at) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 4));

    public void Append(long offset, int position)
    {
        lock (Gate)
        {
            var entry = NextEntry();
            BinaryPrimitives.WriteInt32BigEndian(entry, checked((int)(offset - baseOffset)));
            BinaryPrimitives.WriteInt32BigEndian(entry[4..], position);
        }
    }

    /// <summary>The greatest entry at or below the offset; the segment's beginning when there is none.</summary>
    public (long Offset, int Position) Lookup(long offset)
    {
        lock (Gate)
        {
            var scratch = Scratch;
            var found = LastAtMost(offset - baseOffset, ByOffset, scratch);
            return found < 0 ? (baseOffset, 0) : Entry(found, scratch);
        }
    }

    /// <summary>The first entry whose batch lies at or behind the position, if any: an upper bound for the offsets before it.</summary>
    public (long Offset, int Position)? FirstAtOrBehind(long position)
    {
        lock (Gate)
        {
            var scratch = Scratch;
            var next = LastAtMost(position - 1, ByPosition, scratch) + 1;
            return next >= CountLocked ? null : Entry(next, scratch);
        }
    }

    public (long Offset, int Position) Last()
    {
        lock (Gate)
        {
            return CountLocked == 0 ? (baseOffset, 0) : Entry(CountLocked - 1, Scratch);
        }
    }

    /// <summary>True when the entries can be right: offsets and positions grow, and no position lies outside a log file of that size.</summary>
    public bool IsSound(long logBytes)
    {
        lock (Gate)
        {
            var (offset, position) = (-1, -1);
            for (var i = 0; i < CountLocked; i++)
            {
                ReadForward(i, Scratch);
                var (nextOffset, nextPosition) = (BinaryPrimitives.ReadInt32BigEndian(Scratch), BinaryPrimitives.ReadInt32BigEndian(Scratch.AsSpan(4)));
                if (nextOffset <= offset || nextPosition <= position || nextPosition >= logBytes)
                {
                    return false;
                }

                (offset, position) = (nextOffset, nextPosition);
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

    public List<(int RelativeOffset, int Position)> Entries()
    {
        lock (Gate)
        {
            var entries = new List<(int, int)>(CountLocked);
            for (var i = 0; i < CountLocked; i++)
            {
                var (offset, position) = Entry(i, Scratch);
                entries.Add(((int)(offset - baseOffset), position));
            }

            return entries;
        }
    }

    private (long Offset, int Position) Entry(int index, byte[] scratch)
    {
        ReadEntry(index, scratch);
        return (baseOffset + BinaryPrimitives.ReadInt32BigEndian(scratch), BinaryPrimitives.ReadInt32BigEndian(scratch.AsSpan(4)));
    }
}
