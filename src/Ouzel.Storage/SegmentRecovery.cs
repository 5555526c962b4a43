using System.Buffers;
using Ouzel.Protocol.Records;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>
/// Reads a whole segment after an unclean stop: checks every batch, builds the indexes again, feeds producers and epochs, and cuts the file at the first
/// batch that is not right.
/// </summary>
internal sealed class SegmentRecovery(Disk disk, Segment segment, LogOptions options, ProducerState producers, LeaderEpochs epochs)
{
    private const int BlockBytes = 1 << 20;

    /// <summary>Bytes cut off the end of the file.</summary>
    public long RemovedBytes { get; private set; }

    /// <summary>The fault at the place where the file was cut.</summary>
    public string Reason { get; private set; } = "";

    public void Run()
    {
        using var held = segment.Hold();
        var file = held.File;
        var length = file.Length;
        segment.ResetIndexes();
        var buffer = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            var valid = Walk(file, length, ref buffer);
            RemovedBytes = length - valid;
            if (RemovedBytes > 0)
            {
                Keep(file, valid, length, buffer);
            }

            segment.SetSize(valid);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        segment.Seal();
        segment.IsDirty = true;
    }

    /// <summary>Returns where the last right batch ends.</summary>
    private long Walk(DiskFile file, long length, ref byte[] buffer)
    {
        long position = 0, bufferAt = 0, lastIndexed = 0;
        var buffered = 0;
        var next = segment.BaseOffset;
        while (position < length)
        {
            var rest = buffer.AsSpan((int)(position - bufferAt), (int)(bufferAt + buffered - position));
            var status = RecordBatch.Read(rest, out var batch, out var size);
            if (status == BatchReadStatus.Partial)
            {
                if (size > length - position || rest.Length == length - position)
                {
                    return Stop(position, "a batch that is cut off");
                }

                if (size > buffer.Length)
                {
                    Grow(ref buffer, (int)size);
                }

                bufferAt = position;
                buffered = file.ReadFully(position, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - position)));
                if (buffered <= rest.Length)
                {
                    return Stop(position, "a batch that is cut off");
                }

                continue;
            }

            if (status == BatchReadStatus.Damaged)
            {
                return Stop(position, "bytes that are no batch");
            }

            if (!batch.IsCrcValid())
            {
                return Stop(position, "a batch with a wrong checksum");
            }

            var header = BatchHeader.Parse(rest, position)!.Value;
            if (header.LastOffset < next || header.BaseOffset < segment.BaseOffset || header.LastOffset - segment.BaseOffset > int.MaxValue)
            {
                return Stop(position, $"a batch with the impossible offset {header.BaseOffset}");
            }

            TakeIn(header, batch.Bytes, ref lastIndexed);
            next = header.LastOffset + 1;
            position += size;
        }

        return position;
    }

    private long Stop(long position, string reason)
    {
        Reason = reason;
        return position;
    }

    private void TakeIn(in BatchHeader header, ReadOnlySpan<byte> bytes, ref long lastIndexed)
    {
        segment.NoteTimestamp(header.MaxTimestampMs, header.LastOffset);
        if (header.Position - lastIndexed > options.IndexIntervalBytes)
        {
            segment.AddIndexEntries(header.LastOffset, header.Position);
            lastIndexed = header.Position;
        }

        if (header.LeaderEpoch > epochs.Latest)
        {
            epochs.Assign(header.LeaderEpoch, header.BaseOffset);
        }

        if (producers.Apply(header, PartitionLog.MarkerOf(bytes, header)) is not { } completed)
        {
            return;
        }

        if (completed.IsAborted)
        {
            segment.Transactions.Append(new AbortedTransaction(completed.ProducerId, completed.FirstOffset, completed.LastOffset, producers.StableOffsetAfter(completed)));
        }

        producers.Complete(completed);
    }

    private static void Grow(ref byte[] buffer, int bytes)
    {
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = ArrayPool<byte>.Shared.Rent(bytes);
    }

    /// <summary>Copies what is cut off to a file beside, unless it is zeros: a preallocated or half-written tail.</summary>
    private void Keep(DiskFile file, long from, long to, byte[] buffer)
    {
        DiskFile? kept = null;
        for (var at = from; at < to;)
        {
            var read = file.ReadFully(at, buffer.AsSpan(0, (int)Math.Min(buffer.Length, to - at)));
            if (read == 0)
            {
                break;
            }

            if (kept == null && buffer.AsSpan(0, read).ContainsAnyExcept((byte)0))
            {
                kept = disk.Open(KeptAside.NameFor(disk, segment.LogPath), DiskOpen.Truncate);
            }

            kept?.Write(at - from, buffer.AsSpan(0, read));
            at += read;
        }

        kept?.Release();
    }
}
