using Ouzel.Protocol.Records.Codecs;

namespace Ouzel.Protocol.Records.Validation;

/// <summary>
/// Message sets of magic 0 and 1 become one batch of magic 2, as Kafka up to 3.9 stored them for Produce 0 to 2. Size and checksum of every entry come before anything
/// inside one; of a wrapper its stream comes first, then what its messages are, then what is in them.
/// </summary>
internal sealed class OldSetCheck(ValidationRules rules, long nowMs) : RewritingCheck(rules, nowMs)
{
    private readonly ValidationRules _rules = rules;
    private readonly PooledBytes _unpacked = new(RecordValidator.RepackBytesMax);
    private RecordCheck _check = new(rules, nowMs);
    private Unpacker? _unpacker;
    private Part _part;

    /// <summary>The entry at hand within what was sent, and the message within the wrapper.</summary>
    private int _at;
    private int _messageAt;
    private int _magic = -1;
    private CompressionCodec _codec;
    private long _lastOffset;
    private int _entries;

    private enum Part
    {
        Entries,
        Entry,
        Unpack,
        Look,
        Messages,
    }

    public override long HeldBytes => base.HeldBytes + _unpacked.HeldBytes + (_unpacker?.HeldBytes ?? 0);

    protected override bool TryCopy(ReadOnlySpan<byte> sent, ref long budget, out RecordValidation result)
    {
        RecordValidation? refused = null;
        while (refused is null && budget > 0)
        {
            var rest = sent[_at..];
            if (_part == Part.Entries)
            {
                refused = CheckEntry(rest, ref budget);
                continue;
            }

            if (!RecordBatch.TryRead(rest, out var entry, out var size))
            {
                result = _check.Result(0);
                return true;
            }

            if (_part == Part.Entry && OldMessage.CodecOf(entry.Bytes) == CompressionCodec.None)
            {
                refused = Append(OldMessage.Parse(entry.Bytes, 0, OldMessage.TimestampOf(entry.Bytes)), IsLogAppendTime(entry), ref budget);
                _at += size;
            }
            else if (_part == Part.Messages)
            {
                refused = NextMessage(entry, ref budget);
            }
            else
            {
                OpenWrapper(entry, ref budget);
            }
        }

        result = refused ?? default;
        return refused is not null;
    }

    protected override void ReleaseSource()
    {
        _unpacked.Dispose();
        _unpacker?.Dispose();
        _unpacker = null;
    }

    /// <summary>The last entry's codec is the set's.</summary>
    private RecordValidation? CheckEntry(ReadOnlySpan<byte> rest, ref long budget)
    {
        var status = RecordBatch.Read(rest, out var entry, out _);
        if (status == BatchReadStatus.Damaged)
        {
            return RecordValidator.Corrupt("an impossible length or an unknown magic");
        }

        if (status == BatchReadStatus.Partial)
        {
            if (_codec != CompressionCodec.None && _entries > 1)
            {
                return RecordValidator.Invalid("more than one entry in a compressed set");
            }

            Begin(_rules.Compression ?? _codec);
            (_part, _at) = (Part.Entry, 0);
            return null;
        }

        if (_magic >= 0 && entry.Magic != _magic)
        {
            return RecordValidator.Invalid("messages of different magic in one set");
        }

        _magic = entry.Magic;
        if (entry.SizeInBytes > _rules.MessageBytesMax)
        {
            return RecordValidator.TooLarge(entry.SizeInBytes, _rules);
        }

        if (!OldMessage.IsEntryCrcValid(entry.Bytes))
        {
            return RecordValidator.Corrupt("a message's checksum is wrong");
        }

        var codec = OldMessage.CodecOf(entry.Bytes);
        if (codec > CompressionCodec.Lz4)
        {
            return RecordValidator.Invalid($"compression codec {(int)codec} in a message of magic {_magic}");
        }

        _codec = codec == CompressionCodec.None ? _codec : codec;
        _entries++;
        _at += entry.SizeInBytes;
        budget -= entry.SizeInBytes + RecordCost;
        return null;
    }

    /// <summary>Unpacks one block more, or looks at one message more of what was unpacked.</summary>
    private void OpenWrapper(RecordBatch entry, ref long budget)
    {
        if (_part == Part.Look)
        {
            LookAtMessage(ref budget);
            return;
        }

        var value = OldMessageReader.Wrapped(entry.Bytes);
        _unpacker ??= Unpacker.Rent(OldMessage.CodecOf(entry.Bytes), anyHeaderChecksum: _magic == 0);
        _part = Part.Unpack;
        if (_unpacker.Fill(value))
        {
            budget -= _unpacker.Unread.Length + RecordCost;
            _unpacked.Write(_unpacker.Unread);
            _unpacker.Consume(_unpacker.Unread.Length);
            return;
        }

        _unpacker.Dispose();
        _unpacker = null;
        (_part, _messageAt, _lastOffset) = (Part.Look, 0, -1);
    }

    private void LookAtMessage(ref long budget)
    {
        if (RecordBatch.TryRead(_unpacked.WrittenSpan[_messageAt..], out var message, out var size))
        {
            if (message.Magic != _magic)
            {
                throw new RecordFormatException($"a message of magic {message.Magic} in one of magic {_magic}");
            }

            _lastOffset = OldMessageReader.OffsetWithin(message);
            if (size - RecordBatch.LogOverhead > _rules.DecompressedRecordBytesMax)
            {
                throw new RecordTooLargeException($"a message of {size - RecordBatch.LogOverhead} bytes where {_rules.DecompressedRecordBytesMax} are allowed");
            }

            _messageAt += size;
            budget -= RecordCost;
            return;
        }

        OldMessageReader.CheckLast(_lastOffset);
        (_part, _messageAt) = (Part.Messages, 0);
    }

    private RecordValidation? NextMessage(RecordBatch entry, ref long budget)
    {
        if (!RecordBatch.TryRead(_unpacked.WrittenSpan[_messageAt..], out var message, out var size))
        {
            _unpacked.Truncate();
            _at += entry.SizeInBytes;
            _part = Part.Entry;
            return null;
        }

        _messageAt += size;
        var time = IsLogAppendTime(entry) ? entry.Bytes : message.Bytes;
        return Append(OldMessage.Parse(message.Bytes, 0, OldMessage.TimestampOf(time)), IsLogAppendTime(entry), ref budget);
    }

    private static bool IsLogAppendTime(RecordBatch entry) => OldMessage.TimestampTypeOf(entry.Bytes) == TimestampType.LogAppendTime;

    private RecordValidation? Append(OldMessage message, bool isLogAppendTime, ref long budget)
    {
        if (!message.IsCrcValid)
        {
            return RecordValidator.Corrupt("a message's checksum is wrong");
        }

        // Each wrapper may unpack to the bound; together they may not be more either.
        if (Builder.SizeInBytes > RecordValidator.RepackBytesMax)
        {
            return RecordValidator.TooLargeToRepack(Builder.SizeInBytes);
        }

        _check.Add(message.TimestampMs, message.HasKey, isLogAppendTime);
        Builder.AppendAt(Builder.Count, message.TimestampMs, message.Key, message.HasKey, message.Value, message.HasValue);
        budget -= message.Bytes.Length + RecordCost;
        return null;
    }
}
