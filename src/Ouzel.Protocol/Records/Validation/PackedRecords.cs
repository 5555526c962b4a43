using Ouzel.Protocol.Records.Codecs;
using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol.Records.Validation;

/// <summary>
/// Walks over the records of a packed batch as Kafka does when it stores them: fields are passed over, not kept, and the length that a record gives for
/// itself is not compared with them. So a record of gigabytes needs no more memory than its codec's window; and the walk can stop after any block and go on later.
/// </summary>
internal sealed class PackedRecords : IDisposable
{
    /// <summary>The cost of a block to a budget beside its bytes: a stream may be made of empty ones.</summary>
    private const int BlockCost = 64;

    private Unpacker? _unpacker;
    private int _recordBytesMax;
    private Part _part;
    private long _toSkip;
    private long _recordBytes;
    private int _headersLeft;

    private enum Part
    {
        Head,
        Value,
        HeaderCount,
        HeaderName,
        HeaderValue,
        End,
    }

    /// <summary>Bytes unpacked so far.</summary>
    public long UnpackedBytes { get; private set; }

    /// <summary>The bytes held between two steps.</summary>
    public int HeldBytes => _unpacker?.HeldBytes ?? 0;

    /// <summary>The record at hand, once <see cref="TryNext"/> is true: its time and offset as they stand in it.</summary>
    public long TimestampDelta { get; private set; }

    /// <inheritdoc cref="TimestampDelta"/>
    public int OffsetDelta { get; private set; }

    /// <summary>The record has a key.</summary>
    public bool HasKey { get; private set; }

    private Unpacker Records => _unpacker ?? throw new ObjectDisposedException(nameof(PackedRecords));

    /// <summary>Begins with another batch.</summary>
    /// <param name="codec">The batch's.</param>
    /// <param name="recordBytesMax">The largest record, without the length in front of it.</param>
    public void Begin(CompressionCodec codec, int recordBytesMax)
    {
        _unpacker = Unpacker.Rent(codec);
        _recordBytesMax = recordBytesMax;
        _part = Part.Head;
        (_toSkip, UnpackedBytes) = (0, 0);
    }

    /// <summary>Steps over one record; false when the budget is spent, and the same record goes on with the next call.</summary>
    /// <param name="payload">The packed records, the same with each call.</param>
    /// <param name="budget">Bytes that may still be unpacked; a block may overdraw it.</param>
    /// <exception cref="RecordFormatException">The stream or the record is broken.</exception>
    /// <exception cref="RecordTooLargeException">The record is larger than it may be.</exception>
    public bool TryNext(ReadOnlySpan<byte> payload, ref long budget)
    {
        if (_part == Part.Head && TryWhole())
        {
            return true;
        }

        while (true)
        {
            if (Skip())
            {
                if (_part == Part.End)
                {
                    _part = Part.Head;
                    return true;
                }

                if (Step())
                {
                    continue;
                }
            }

            if (budget <= 0)
            {
                return false;
            }

            if (!Fill(payload, ref budget))
            {
                throw new RecordFormatException("the batch ends before its last record");
            }
        }
    }

    /// <summary>Behind the last record: true once the stream has ended there, false when the budget is spent.</summary>
    public bool TryEnd(ReadOnlySpan<byte> payload, ref long budget)
    {
        while (Records.Unread.IsEmpty)
        {
            if (budget <= 0)
            {
                return false;
            }

            if (!Fill(payload, ref budget))
            {
                return true;
            }
        }

        throw new RecordFormatException("bytes behind the last record of a batch");
    }

    public void Dispose()
    {
        _unpacker?.Dispose();
        _unpacker = null;
    }

    private bool Fill(ReadOnlySpan<byte> payload, ref long budget)
    {
        var before = Records.Unread.Length;
        var more = Records.Fill(payload);
        var given = Records.Unread.Length - before;
        UnpackedBytes += given;
        budget -= given + BlockCost;
        return more;
    }

    /// <summary>The common case: the record lies within what is unpacked. Anything else about it is left to the walk from field to field, which is where errors are told.</summary>
    private bool TryWhole()
    {
        var bytes = Records.Unread;
        var at = 0;
        if (!TryNumber(bytes, ref at, out var length) || length > _recordBytesMax)
        {
            return false;
        }

        var begin = at++;
        if (!TryNumber(bytes, ref at, out var timestampDelta) || !TryNumber(bytes, ref at, out var offsetDelta)
            || !TryNumber(bytes, ref at, out var keyLength) || !TryPass(bytes, ref at, keyLength)
            || !TryNumber(bytes, ref at, out var valueLength) || !TryPass(bytes, ref at, valueLength)
            || !TryNumber(bytes, ref at, out var headers) || headers < 0)
        {
            return false;
        }

        for (; headers > 0; headers--)
        {
            if (!TryNumber(bytes, ref at, out var nameLength) || nameLength < 0 || !TryPass(bytes, ref at, nameLength)
                || !TryNumber(bytes, ref at, out var contentLength) || !TryPass(bytes, ref at, contentLength))
            {
                return false;
            }
        }

        if (at - begin > _recordBytesMax)
        {
            return false;
        }

        (TimestampDelta, OffsetDelta, HasKey) = (timestampDelta, (int)offsetDelta, keyLength >= 0);
        Records.Consume(at);
        return true;
    }

    /// <summary>A number of up to four bytes; longer ones are rare.</summary>
    private static bool TryNumber(ReadOnlySpan<byte> bytes, ref int at, out long value)
    {
        uint raw = 0;
        for (var shift = 0; shift < 28 && (uint)at < (uint)bytes.Length; shift += 7)
        {
            uint part = bytes[at++];
            raw |= (part & 0x7f) << shift;
            if (part < 0x80)
            {
                value = VarInt.UnZigZag(raw);
                return true;
            }
        }

        value = 0;
        return false;
    }

    /// <summary>Any negative length means none, as in Kafka's reader.</summary>
    private static bool TryPass(ReadOnlySpan<byte> bytes, ref int at, long length)
    {
        if (length > bytes.Length - at)
        {
            return false;
        }

        at += (int)Math.Max(length, 0);
        return true;
    }

    /// <summary>Passes over the rest of a field; false when it goes on in the next block.</summary>
    private bool Skip()
    {
        if (_toSkip == 0)
        {
            return true;
        }

        var bytes = (int)Math.Min(_toSkip, Records.Unread.Length);
        Records.Consume(bytes);
        _toSkip -= bytes;
        return _toSkip == 0;
    }

    /// <summary>Reads the numbers in front of the next field; false when they go on in the next block.</summary>
    private bool Step()
    {
        var bytes = Records.Unread;
        var at = 0;
        int length;
        switch (_part)
        {
            case Part.Head:
                if (!TryHead(bytes, ref at, out length))
                {
                    return false;
                }

                HasKey = length >= 0;
                _part = Part.Value;
                break;
            case Part.Value:
                if (!TryInt(bytes, ref at, out length))
                {
                    return false;
                }

                _part = Part.HeaderCount;
                break;
            case Part.HeaderCount:
                if (!TryInt(bytes, ref at, out _headersLeft))
                {
                    return false;
                }

                if (_headersLeft < 0)
                {
                    throw new RecordFormatException($"a record with {_headersLeft} headers");
                }

                length = 0;
                _part = _headersLeft == 0 ? Part.End : Part.HeaderName;
                break;
            case Part.HeaderName:
                if (!TryInt(bytes, ref at, out length))
                {
                    return false;
                }

                if (length < 0)
                {
                    throw new RecordFormatException("a header without a name");
                }

                _part = Part.HeaderValue;
                break;
            default:
                if (!TryInt(bytes, ref at, out length))
                {
                    return false;
                }

                _part = --_headersLeft == 0 ? Part.End : Part.HeaderName;
                break;
        }

        // Any negative length means none, as in Kafka's reader.
        _toSkip = Math.Max(length, 0);
        _recordBytes += at + _toSkip;
        Records.Consume(at);
        if (_recordBytes > _recordBytesMax)
        {
            throw new RecordTooLargeException($"a record of more than {_recordBytesMax} bytes");
        }

        return true;
    }

    private bool TryHead(ReadOnlySpan<byte> bytes, ref int at, out int keyLength)
    {
        keyLength = 0;
        var end = 0;
        if (!TryInt(bytes, ref end, out var length))
        {
            return false;
        }

        if (length > _recordBytesMax)
        {
            throw new RecordTooLargeException($"a record of {length} bytes where {_recordBytesMax} are allowed");
        }

        var begin = end;
        if (end++ >= bytes.Length)
        {
            return false;
        }

        var taken = VarInt.TryReadZigZag(bytes[end..], out long timestampDelta);
        if (taken == VarInt.TooLong)
        {
            throw new RecordFormatException("a number in a record has too many bytes");
        }

        if (taken == VarInt.Cut)
        {
            return false;
        }

        end += taken;
        if (!TryInt(bytes, ref end, out var offsetDelta) || !TryInt(bytes, ref end, out keyLength))
        {
            return false;
        }

        (TimestampDelta, OffsetDelta) = (timestampDelta, offsetDelta);

        // Its own length does not count.
        _recordBytes = -begin;
        at = end;
        return true;
    }

    private static bool TryInt(ReadOnlySpan<byte> bytes, ref int at, out int value)
    {
        var taken = VarInt.TryReadZigZag(bytes[at..], out value);
        if (taken == VarInt.TooLong)
        {
            throw new RecordFormatException("a number in a record has too many bytes");
        }

        at += Math.Max(taken, 0);
        return taken != VarInt.Cut;
    }
}
