using System.Buffers.Binary;
using System.Text;
using Ouzel.Protocol.Records.Codecs;
using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol.Records;

/// <summary>
/// Writes one batch of magic 2. Set what the header says, append records, build; <see cref="Reset"/> makes room for the next.
/// The same settings and records give the bytes that Kafka's own builder gives, as long as nothing is compressed.
/// </summary>
public sealed class RecordBatchBuilder : IDisposable
{
    private readonly PooledBytes _plain = new();
    private PooledBytes? _packed;
    private Packer? _packer;
    private long _offsetNext;
    private long _timestampBase = -1;
    private long _timestampMax = -1;

    public RecordBatchBuilder()
    {
        Reset();
    }

    public CompressionCodec Codec { get; set; }

    /// <summary>On the codec's own scale.</summary>
    public int Level { get; set; } = Compression.DefaultLevel;

    /// <summary>Offset of the batch, and of the first record unless it is appended at another.</summary>
    public long BaseOffset { get; set; }

    public int PartitionLeaderEpoch { get; set; } = -1;

    public long ProducerId { get; set; } = -1;

    public short ProducerEpoch { get; set; } = -1;

    public int BaseSequence { get; set; } = -1;

    public bool IsTransactional { get; set; }

    public bool IsControl { get; set; }

    /// <summary>The time of a batch that is to say LogAppendTime; records keep the deltas of their own times.</summary>
    public long? LogAppendTimeMs { get; set; }

    /// <summary>The base that deltas count from and the header then names (KIP-534). Set it before the first record.</summary>
    public long? DeleteHorizonMs { get; set; }

    /// <summary>Overrides the last offset, as compaction does when the last records are gone.</summary>
    public long? LastOffset { get; set; }

    /// <summary>Overrides the largest timestamp of the records.</summary>
    public long? MaxTimestampMs { get; set; }

    /// <summary>Records appended so far.</summary>
    public int Count { get; private set; }

    /// <summary>Size of the batch so far, before compression.</summary>
    public int SizeInBytes => _plain.Length;

    /// <summary>The bytes of memory that it takes.</summary>
    internal long HeldBytes => (long)_plain.HeldBytes + (_packed?.HeldBytes ?? 0) + (_packer?.HeldBytes ?? 0);

    /// <summary>Appends a record behind the last one.</summary>
    public void Append(long timestampMs, byte[]? key, byte[]? value, ReadOnlySpan<KeyValuePair<string, byte[]?>> headers = default) =>
        AppendAt(NextOffset, timestampMs, key, value, headers);

    /// <summary>Appends a record at an offset, which must be larger than the one before.</summary>
    public void AppendAt(long offset, long timestampMs, byte[]? key, byte[]? value, ReadOnlySpan<KeyValuePair<string, byte[]?>> headers = default)
    {
        if (headers.IsEmpty)
        {
            AppendAt(offset, timestampMs, key, key is not null, value, value is not null);
            return;
        }

        using var bytes = new PooledBytes();
        foreach (var (name, content) in headers)
        {
            WriteBlob(bytes, Encoding.UTF8.GetBytes(name), true);
            WriteBlob(bytes, content, content is not null);
        }

        AppendAt(offset, timestampMs, key, key is not null, value, value is not null, headers.Length, bytes.WrittenSpan);
    }

    /// <summary>Appends a record of another batch with its offset and its timestamp as a consumer sees it.</summary>
    public void AppendCopy(scoped in Record record) => AppendCopy(record, record.Offset, record.TimestampMs);

    /// <summary>Appends a record of another batch at another offset or time.</summary>
    public void AppendCopy(scoped in Record record, long offset, long timestampMs) =>
        AppendAt(offset, timestampMs, record.Key, record.HasKey, record.Value, record.HasValue, record.HeaderCount, record.HeaderBytes);

    /// <summary>Appends a record from its parts.</summary>
    /// <param name="offset">Larger than the one before.</param>
    /// <param name="timestampMs">Milliseconds since 1970, -1 for none.</param>
    /// <param name="key">The key.</param>
    /// <param name="hasKey">False: no key, whatever <paramref name="key"/> says.</param>
    /// <param name="value">The value.</param>
    /// <param name="hasValue">False: no value.</param>
    /// <param name="headerCount">How many headers <paramref name="headerBytes"/> holds.</param>
    /// <param name="headerBytes">Headers as they stand in a record, see <see cref="Record.HeaderBytes"/>.</param>
    public void AppendAt(
        long offset, long timestampMs, ReadOnlySpan<byte> key, bool hasKey, ReadOnlySpan<byte> value, bool hasValue,
        int headerCount = 0, ReadOnlySpan<byte> headerBytes = default)
    {
        if (Count == 0)
        {
            _timestampBase = DeleteHorizonMs ?? timestampMs;
        }
        else if (offset < _offsetNext)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"the next offset is {_offsetNext}");
        }

        var offsetDelta = checked((int)(offset - BaseOffset));
        var timestampDelta = timestampMs - _timestampBase;
        var size = checked(1 + VarInt.SizeZigZag(timestampDelta) + VarInt.SizeZigZag(offsetDelta) + SizeOfBlob(key, hasKey)
            + SizeOfBlob(value, hasValue) + VarInt.SizeZigZag(headerCount) + headerBytes.Length);
        var target = _plain.Reserve(checked(VarInt.Size32Max + size));
        var at = VarInt.WriteZigZag(target, size);
        target[at++] = 0;
        at += VarInt.WriteZigZag(target[at..], timestampDelta);
        at += VarInt.WriteZigZag(target[at..], offsetDelta);
        at += WriteBlob(target[at..], key, hasKey);
        at += WriteBlob(target[at..], value, hasValue);
        at += VarInt.WriteZigZag(target[at..], headerCount);
        headerBytes.CopyTo(target[at..]);
        _plain.Advance(at + headerBytes.Length);
        _offsetNext = offset + 1;
        _timestampMax = Math.Max(_timestampMax, timestampMs);
        Count++;
    }

    /// <summary>The batch's bytes, valid until the next call. A batch without records is what compaction keeps for a producer.</summary>
    public ReadOnlyMemory<byte> Build()
    {
        var batch = _plain;
        if (Codec != CompressionCodec.None && Count > 0)
        {
            batch = BeginPacked();
            Compression.Compress(Codec, _plain.WrittenSpan[RecordBatch.HeaderSize..], batch, Level);
        }

        WriteHeader(batch.WritableSpan);
        return batch.WrittenMemory;
    }

    /// <summary><see cref="Build"/> in slices, of the same bytes whatever the slices: true when the batch is there.</summary>
    /// <param name="budget">What may still be done, as bytes unpacked; a piece may overdraw it.</param>
    /// <param name="batch">The batch's bytes, valid until the next call.</param>
    internal bool TryBuild(ref long budget, out ReadOnlyMemory<byte> batch)
    {
        batch = default;
        if (Codec == CompressionCodec.None || Count == 0)
        {
            batch = Build();
            return true;
        }

        if (_packer is null)
        {
            BeginPacked();
            _packer = new Packer(Codec, Level);
        }

        if (!_packer.Step(_plain.WrittenSpan[RecordBatch.HeaderSize..], _packed!, ref budget))
        {
            return false;
        }

        LetPackerGo();
        WriteHeader(_packed!.WritableSpan);
        batch = _packed.WrittenMemory;
        return true;
    }

    /// <summary>The batch in an array of its own.</summary>
    public byte[] BuildArray() => Build().ToArray();

    /// <summary>Forgets the records, keeps the settings.</summary>
    public void Reset()
    {
        LetPackerGo();
        _plain.Truncate();
        _plain.Reserve(RecordBatch.HeaderSize)[..RecordBatch.HeaderSize].Clear();
        _plain.Advance(RecordBatch.HeaderSize);
        Count = 0;
        _timestampBase = -1;
        _timestampMax = -1;
    }

    public void Dispose()
    {
        LetPackerGo(); // it may write its end
        _plain.Dispose();
        _packed?.Dispose();
    }

    /// <summary>A header as it stands inside a record, appended to <paramref name="target"/>.</summary>
    public static void WriteHeader(PooledBytes target, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool hasValue)
    {
        WriteBlob(target, name, true);
        WriteBlob(target, value, hasValue);
    }

    private PooledBytes BeginPacked()
    {
        _packed ??= new PooledBytes();
        _packed.Truncate();
        _packed.Write(_plain.WrittenSpan[..RecordBatch.HeaderSize]);
        return _packed;
    }

    private void LetPackerGo()
    {
        _packer?.Dispose();
        _packer = null;
    }

    private long NextOffset => Count == 0 ? BaseOffset : _offsetNext;

    private void WriteHeader(Span<byte> batch)
    {
        var last = LastOffset ?? (Count == 0 ? BaseOffset : _offsetNext - 1);
        var attributes = Count == 0 ? 0 : (int)Codec;
        if (LogAppendTimeMs is not null)
        {
            attributes |= RecordBatch.LogAppendTimeBit;
        }

        if (IsTransactional)
        {
            attributes |= RecordBatch.TransactionalBit;
        }

        if (IsControl)
        {
            attributes |= RecordBatch.ControlBit;
        }

        if (DeleteHorizonMs is not null)
        {
            attributes |= RecordBatch.DeleteHorizonBit;
        }

        BinaryPrimitives.WriteInt64BigEndian(batch, BaseOffset);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatch.LengthAt..], batch.Length - RecordBatch.LogOverhead);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatch.LeaderEpochAt..], PartitionLeaderEpoch);
        batch[RecordBatch.MagicAt] = 2;
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatch.AttributesAt..], (short)attributes);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatch.LastOffsetDeltaAt..], checked((int)(last - BaseOffset)));
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatch.BaseTimestampAt..], Count == 0 ? DeleteHorizonMs ?? -1 : _timestampBase);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatch.MaxTimestampAt..], MaxTimestampMs ?? LogAppendTimeMs ?? _timestampMax);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatch.ProducerIdAt..], ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatch.ProducerEpochAt..], ProducerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatch.BaseSequenceAt..], BaseSequence);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatch.RecordCountAt..], Count);
        RecordBatch.SetCrc(batch);
    }

    private static int SizeOfBlob(ReadOnlySpan<byte> bytes, bool present) =>
        present ? VarInt.SizeZigZag(bytes.Length) + bytes.Length : 1;

    private static int WriteBlob(Span<byte> target, ReadOnlySpan<byte> bytes, bool present)
    {
        if (!present)
        {
            return VarInt.WriteZigZag(target, -1);
        }

        var at = VarInt.WriteZigZag(target, bytes.Length);
        bytes.CopyTo(target[at..]);
        return at + bytes.Length;
    }

    private static void WriteBlob(PooledBytes target, ReadOnlySpan<byte> bytes, bool present) =>
        target.Advance(WriteBlob(target.Reserve(VarInt.Size32Max + bytes.Length), bytes, present));
}
