using System.Buffers.Binary;
using Ouzel.Protocol.Records;

namespace Ouzel.Storage;

/// <summary>`.snapshot`: the producers of a partition as of the offset in the file's name, so that a start need not read the log before it.</summary>
internal static class ProducerSnapshot
{
    private const short Version = 1;
    private const int HeaderBytes = 10;
    private const int EntryBytes = 46;
    private const int CrcEnd = 6;

    public static byte[] Encode(IReadOnlyCollection<ProducerEntry> producers)
    {
        var bytes = new byte[HeaderBytes + (producers.Count * EntryBytes)];
        BinaryPrimitives.WriteInt16BigEndian(bytes, Version);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(CrcEnd), producers.Count);
        var at = bytes.AsSpan(HeaderBytes);
        foreach (var producer in producers.OrderBy(p => p.ProducerId))
        {
            BinaryPrimitives.WriteInt64BigEndian(at, producer.ProducerId);
            BinaryPrimitives.WriteInt16BigEndian(at[8..], producer.Epoch);
            BinaryPrimitives.WriteInt32BigEndian(at[10..], producer.LastSequence);
            BinaryPrimitives.WriteInt64BigEndian(at[14..], producer.LastOffset);
            BinaryPrimitives.WriteInt32BigEndian(at[22..], producer.LastOffsetDelta);
            BinaryPrimitives.WriteInt64BigEndian(at[26..], producer.LastTimestampMs);
            BinaryPrimitives.WriteInt32BigEndian(at[34..], producer.CoordinatorEpoch);
            BinaryPrimitives.WriteInt64BigEndian(at[38..], producer.TransactionFirstOffset);
            at = at[EntryBytes..];
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), Crc32C.Compute(bytes.AsSpan(CrcEnd)));
        return bytes;
    }

    /// <summary>Null when the bytes are not a whole snapshot with a right checksum.</summary>
    public static List<ProducerEntry>? Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadInt16BigEndian(bytes) != Version
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]) != Crc32C.Compute(bytes[CrcEnd..]))
        {
            return null;
        }

        var count = BinaryPrimitives.ReadInt32BigEndian(bytes[CrcEnd..]);
        if (count < 0 || bytes.Length - HeaderBytes != (long)count * EntryBytes)
        {
            return null;
        }

        var producers = new List<ProducerEntry>(count);
        for (var at = bytes[HeaderBytes..]; at.Length > 0; at = at[EntryBytes..])
        {
            var producer = new ProducerEntry(BinaryPrimitives.ReadInt64BigEndian(at), BinaryPrimitives.ReadInt16BigEndian(at[8..]));
            var (lastSequence, lastOffset) = (BinaryPrimitives.ReadInt32BigEndian(at[10..]), BinaryPrimitives.ReadInt64BigEndian(at[14..]));
            var (delta, timestampMs) = (BinaryPrimitives.ReadInt32BigEndian(at[22..]), BinaryPrimitives.ReadInt64BigEndian(at[26..]));
            producer.IsPartial = lastOffset >= 0;
            if (producer.IsPartial)
            {
                producer.Add(producer.Epoch, new ProducerBatch(Before(lastSequence, delta), lastSequence, lastOffset, delta, timestampMs));
            }

            producer.LastTimestampMs = timestampMs;
            producer.CoordinatorEpoch = BinaryPrimitives.ReadInt32BigEndian(at[34..]);
            producer.TransactionFirstOffset = BinaryPrimitives.ReadInt64BigEndian(at[38..]);
            producers.Add(producer);
        }

        return producers;
    }

    /// <summary>The sequence number some places earlier; before 0 comes 2147483647.</summary>
    private static int Before(int sequence, int places) =>
        sequence < places ? int.MaxValue - (places - sequence) + 1 : sequence - places;
}
