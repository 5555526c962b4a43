using System.Buffers.Binary;
using Ouzel.Protocol.Records.Codecs;

namespace Ouzel.Protocol.Records;

/// <summary>
/// Visits the messages of one entry of magic 0 or 1: the entry itself, or those a compressed wrapper holds. Offsets inside
/// a wrapper of magic 1 count from its first message, the wrapper has the last one's (KIP-31).
/// </summary>
public ref struct OldMessageReader
{
    private readonly ReadOnlySpan<byte> _entry;
    private readonly PooledBytes? _unpacked;
    private readonly long _offsetBase;
    private readonly long? _timestampMs;
    private ReadOnlySpan<byte> _rest;

    /// <exception cref="RecordFormatException">The wrapper is broken, empty, or gives more than allowed.</exception>
    public OldMessageReader(ReadOnlySpan<byte> entry, int bytesMax = RecordReader.DefaultBytesMax)
    {
        _entry = entry;
        _rest = entry;
        Current = default;
        var codec = OldMessage.CodecOf(entry);
        if (codec == CompressionCodec.None)
        {
            return;
        }

        if (codec > CompressionCodec.Lz4)
        {
            throw new RecordFormatException($"compression codec {(int)codec} in an old message");
        }

        var wrapped = Wrapped(entry);
        var magic = entry[RecordBatch.MagicAt];
        _unpacked = new PooledBytes(bytesMax);
        try
        {
            using var unpacker = Unpacker.Rent(codec, anyHeaderChecksum: magic == 0);
            unpacker.CopyTo(wrapped, _unpacked);
            _rest = _unpacked.WrittenSpan;
            var last = LastInnerOffset(_rest);
            _offsetBase = magic == 0 ? 0 : BinaryPrimitives.ReadInt64BigEndian(entry) - last;
            if (OldMessage.TimestampTypeOf(entry) == TimestampType.LogAppendTime)
            {
                _timestampMs = OldMessage.TimestampOf(entry);
            }
        }
        catch
        {
            _unpacked.Dispose();
            throw;
        }
    }

    public OldMessage Current { get; private set; }

    /// <summary>Steps to the next message; a cut one at the end of a wrapper does not count.</summary>
    public bool MoveNext()
    {
        if (!RecordBatch.TryRead(_rest, out var inner, out var size))
        {
            return false;
        }

        var bytes = inner.Bytes;
        _rest = _rest[size..];
        Current = OldMessage.Parse(bytes, _offsetBase + inner.BaseOffset, _timestampMs ?? OldMessage.TimestampOf(bytes));
        return true;
    }

    /// <summary>Returns what the messages were unpacked into.</summary>
    public readonly void Dispose() => _unpacked?.Dispose();

    /// <summary>The messages that a wrapper has packed.</summary>
    /// <exception cref="RecordFormatException">There is nothing.</exception>
    internal static ReadOnlySpan<byte> Wrapped(ReadOnlySpan<byte> entry)
    {
        var wrapper = OldMessage.Parse(entry, 0, -1);
        return wrapper.HasValue ? wrapper.Value : throw new RecordFormatException("a wrapper around null");
    }

    /// <summary>The offset that a message has within its wrapper.</summary>
    /// <exception cref="RecordFormatException">It is no message that may be there.</exception>
    internal static long OffsetWithin(RecordBatch message)
    {
        if (message.Magic > 1)
        {
            throw new RecordFormatException("a batch of magic 2 inside an old wrapper");
        }

        return OldMessage.CodecOf(message.Bytes) == CompressionCodec.None ? message.BaseOffset : throw new RecordFormatException("a wrapper inside a wrapper");
    }

    /// <summary>Checks the offset of a wrapper's last message, -1 where there is none.</summary>
    /// <exception cref="RecordFormatException">There is none.</exception>
    internal static long CheckLast(long offset) => offset >= 0 ? offset : throw new RecordFormatException("a wrapper around nothing");

    private static long LastInnerOffset(ReadOnlySpan<byte> inner)
    {
        long last = -1;
        for (; RecordBatch.TryRead(inner, out var message, out var size); inner = inner[size..])
        {
            last = OffsetWithin(message);
        }

        return CheckLast(last);
    }
}
