using Ouzel.Protocol;
using Ouzel.Protocol.Records;

namespace Ouzel.Client.Consuming.Fetching;

/// <summary>The places of a record's parts.</summary>
internal struct RecordSlot
{
    public long Offset;
    public long TimestampMs;

    /// <summary>Index of the memory that the ranges count in.</summary>
    public int Source;
    public int KeyAt;
    public int KeyLength;
    public int ValueAt;
    public int ValueLength;
    public int HeadersAt;
    public int HeadersLength;
    public int HeaderCount;
    public int LeaderEpoch;
    public TimestampType TimestampType;
}

/// <summary>
/// Records of one partition, taken apart: the bytes stay where they were received (or in the memory that a packed batch was unpacked to), each record is one
/// slot of a table that is used again and again.
/// </summary>
internal sealed class RecordBlock : IDisposable
{
    /// <summary>The most that one packed batch may unpack to.</summary>
    public const int UnpackedBytesMax = RecordReader.DefaultBytesMax;

    private const int SlotsFirst = 256;

    private readonly List<ReadOnlyMemory<byte>> _sources = [];
    private readonly List<PooledBytes> _unpacked = [];
    private RecordSlot[] _slots = new RecordSlot[SlotsFirst];

    public FetchedChunk? Chunk { get; private set; }

    public int Count { get; private set; }

    /// <summary>The place where the next delivery begins.</summary>
    public int At { get; set; }

    /// <summary>The offset behind the last batch that was taken apart or passed over; -1 while there was none.</summary>
    public long NextOffset { get; private set; } = -1;

    public int NextEpoch { get; private set; } = -1;

    /// <summary>Raised when the records before are gone.</summary>
    public int Life { get; private set; }

    public ref readonly RecordSlot Slot(int index) => ref _slots[index];

    public ReadOnlyMemory<byte> Bytes(int source, int at, int length) => _sources[source].Slice(at, length);

    /// <summary>Takes a chunk, for <see cref="Fill"/>. The block is empty.</summary>
    public void Begin(FetchedChunk chunk)
    {
        Chunk = chunk;
        _sources.Add(chunk.Memory);
        Restart();
    }

    /// <summary>Forgets the records that were delivered and goes on in the same chunk.</summary>
    public void Restart()
    {
        Life++;
        (Count, At) = (0, 0);
        foreach (var unpacked in _unpacked)
        {
            unpacked.Dispose();
        }

        _unpacked.Clear();
        _sources.RemoveRange(1, _sources.Count - 1);
    }

    /// <summary>Lets go of the chunk, which the caller frees.</summary>
    public FetchedChunk? End()
    {
        var chunk = Chunk;
        if (chunk is not null)
        {
            Restart();
            _sources.Clear();
            (Chunk, NextOffset, NextEpoch) = (null, -1, -1);
        }

        return chunk;
    }

    public void Dispose() => End();

    /// <summary>Takes whole batches apart until there are so many records, or the chunk ends.</summary>
    /// <param name="recordsWanted">At least one; one batch may give more.</param>
    /// <param name="offsetMin">Records before it are passed over.</param>
    /// <param name="checkCrc">Whether checksums are compared.</param>
    /// <exception cref="KafkaException">The next batch is broken; the block is empty. Records before it have been given by the call before.</exception>
    public void Fill(int recordsWanted, long offsetMin, bool checkCrc)
    {
        var chunk = Chunk!;
        var bytes = chunk.Memory.Span;
        while (Count < recordsWanted && chunk.At < bytes.Length)
        {
            var whole = Count;
            try
            {
                var size = TakeApart(chunk, bytes[chunk.At..], offsetMin, checkCrc);
                chunk.At = size == 0 ? bytes.Length : chunk.At + size;
            }
            catch (FormatException fault)
            {
                Count = whole;
                if (whole > 0)
                {
                    return;
                }

                throw Broken(chunk.State.Partition, Math.Max(offsetMin, NextOffset), fault);
            }
        }
    }

    /// <returns>Bytes of the batch; 0 when there is no whole one.</returns>
    private int TakeApart(FetchedChunk chunk, ReadOnlySpan<byte> bytes, long offsetMin, bool checkCrc)
    {
        var status = RecordBatch.Read(bytes, out var batch, out var size);
        if (status == BatchReadStatus.Damaged)
        {
            throw new RecordFormatException("there is no batch where one should begin");
        }

        if (status == BatchReadStatus.Partial)
        {
            return 0;
        }

        if (checkCrc && !batch.IsCrcValid())
        {
            throw new RecordFormatException("the checksum does not fit");
        }

        if (batch.Magic == 2)
        {
            var skips = chunk.Aborted?.Skips(batch) ?? batch.IsControl;
            if (!skips && batch.LastOffset >= offsetMin && batch.RecordCount > 0)
            {
                AddRecords(batch, chunk.At, offsetMin);
            }

            (NextOffset, NextEpoch) = (batch.NextOffset, batch.PartitionLeaderEpoch);
        }
        else
        {
            if (batch.BaseOffset >= offsetMin)
            {
                AddOldMessages(batch.Bytes, offsetMin);
            }

            NextOffset = batch.BaseOffset + 1;
        }

        return (int)size;
    }

    private void AddRecords(RecordBatch batch, int batchAt, long offsetMin)
    {
        var payload = batch.RecordsPayload;
        var (source, shift) = (0, batchAt + RecordBatch.HeaderSize);
        if (batch.Codec != CompressionCodec.None)
        {
            var unpacked = new PooledBytes(UnpackedBytesMax);
            _unpacked.Add(unpacked);
            Compression.Decompress(batch.Codec, payload, unpacked);
            payload = unpacked.WrittenSpan;
            (source, shift) = (_sources.Count, 0);
            _sources.Add(unpacked.WrittenMemory);
        }

        using var reader = new RecordReader(batch, payload);
        while (reader.MoveNext())
        {
            var record = reader.Current;
            if (record.Offset < offsetMin)
            {
                continue;
            }

            ref var slot = ref NewSlot();
            slot.Offset = record.Offset;
            slot.TimestampMs = record.TimestampMs;
            slot.TimestampType = batch.TimestampType;
            slot.LeaderEpoch = batch.PartitionLeaderEpoch;
            slot.Source = source;
            (slot.KeyAt, slot.KeyLength) = (shift + Place(payload, record.Key), record.HasKey ? record.Key.Length : -1);
            (slot.ValueAt, slot.ValueLength) = (shift + Place(payload, record.Value), record.HasValue ? record.Value.Length : -1);
            (slot.HeadersAt, slot.HeadersLength) = (shift + Place(payload, record.HeaderBytes), record.HeaderBytes.Length);
            slot.HeaderCount = record.HeaderCount;
        }
    }

    /// <summary>Messages of magic 0 and 1 are copied: wrappers are unpacked by a reader that does not leave its memory.</summary>
    private void AddOldMessages(ReadOnlySpan<byte> entry, long offsetMin)
    {
        var copies = new PooledBytes(UnpackedBytesMax);
        _unpacked.Add(copies);
        var type = OldMessage.TimestampTypeOf(entry);
        using var reader = new OldMessageReader(entry, UnpackedBytesMax);
        while (reader.MoveNext())
        {
            var message = reader.Current;
            if (message.Offset < offsetMin)
            {
                continue;
            }

            ref var slot = ref NewSlot();
            slot = default;
            slot.Offset = message.Offset;
            slot.TimestampMs = message.TimestampMs;
            slot.TimestampType = type;
            slot.LeaderEpoch = -1;
            slot.Source = _sources.Count;
            (slot.KeyAt, slot.KeyLength) = (copies.Length, message.HasKey ? message.Key.Length : -1);
            copies.Write(message.Key);
            (slot.ValueAt, slot.ValueLength) = (copies.Length, message.HasValue ? message.Value.Length : -1);
            copies.Write(message.Value);
        }

        _sources.Add(copies.WrittenMemory);
    }

    private ref RecordSlot NewSlot()
    {
        if (Count == _slots.Length)
        {
            Array.Resize(ref _slots, Count * 2);
        }

        return ref _slots[Count++];
    }

    private static int Place(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> part) => whole.Overlaps(part, out var at) ? at : 0;

    private static KafkaException Broken(TopicPartition partition, long offset, FormatException fault) =>
        new(ErrorCode.CorruptMessage, $"A batch of {partition} at offset {offset} or behind it is broken: {fault.Message}; Seek past it to go on without it", fault)
        {
            Topic = partition.Topic,
            Partition = partition.Partition,
        };
}
