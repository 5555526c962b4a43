using Ouzel.Protocol.Records;
using Ouzel.Protocol.Records.Validation;

namespace Ouzel.Protocol.Tests.Records;

/// <summary>Batches that are rewritten, checked and built in one piece, with everything unpacked at once: the plain way, which the one in slices must agree with.</summary>
internal static class OneTurn
{
    public static RecordValidation Convert(ReadOnlySpan<byte> sent, ValidationRules rules, long nowMs)
    {
        if (RecordBatch.Read(sent, out _, out _) == BatchReadStatus.Partial)
        {
            return RecordValidator.Invalid("no whole record batch was sent");
        }

        if (CheckEntries(sent, rules, out var codec) is { } refused)
        {
            return refused;
        }

        var check = new RecordCheck(rules, nowMs);
        using var builder = BuilderFor(rules, rules.Compression ?? codec, nowMs);
        try
        {
            for (var rest = sent; RecordBatch.TryRead(rest, out var entry, out var size); rest = rest[size..])
            {
                if (HasAnotherMagicWithin(entry))
                {
                    return RecordValidator.Invalid("a message of another magic in a wrapper");
                }

                using var reader = new OldMessageReader(rest[..size], RecordValidator.RepackBytesMax);
                while (reader.MoveNext())
                {
                    var message = reader.Current;
                    if (!message.IsCrcValid)
                    {
                        return RecordValidator.Corrupt("a message's checksum is wrong");
                    }

                    check.Add(message.TimestampMs, message.HasKey, OldMessage.TimestampTypeOf(entry.Bytes) == TimestampType.LogAppendTime);
                    builder.AppendAt(builder.Count, message.TimestampMs, message.Key, message.HasKey, message.Value, message.HasValue);
                }
            }
        }
        catch (RecordFormatException e)
        {
            return RecordValidator.Invalid(e.Message);
        }

        return Rewritten(check.Result(0), builder, rules);
    }

    /// <summary>Of a batch whose header is right but for its size, for a topic with a codec of its own.</summary>
    public static RecordValidation Repack(ReadOnlySpan<byte> sent, ValidationRules rules, long nowMs)
    {
        RecordBatch.TryRead(sent, out var batch, out _);
        if (batch.SizeInBytes > rules.MessageBytesMax)
        {
            return RecordValidator.TooLarge(batch.SizeInBytes, rules);
        }

        try
        {
            if (batch.Codec != CompressionCodec.None && Walk(batch, rules, nowMs) is { Error: not ErrorCode.None } refused)
            {
                return refused;
            }

            var check = new RecordCheck(rules, nowMs);
            using var builder = BuilderFor(rules, rules.Compression!.Value, nowMs);
            builder.ProducerId = batch.ProducerId;
            builder.ProducerEpoch = batch.ProducerEpoch;
            builder.BaseSequence = batch.BaseSequence;
            builder.IsTransactional = batch.IsTransactional;
            using var reader = new RecordReader(batch, RecordValidator.RepackBytesMax);
            while (reader.MoveNext())
            {
                var record = reader.Current;
                check.Add(record.TimestampMs, record.HasKey, batch.TimestampType == TimestampType.LogAppendTime);
                builder.AppendCopy(record, builder.Count, record.TimestampMs);
            }

            return Rewritten(check.Result(batch.SizeInBytes), builder, rules);
        }
        catch (RecordTooLargeException)
        {
            return RecordValidation.Refused(ErrorCode.InvalidRecord, null);
        }
        catch (RecordFormatException e)
        {
            return RecordValidator.Invalid(e.Message);
        }
    }

    private static RecordValidation Walk(RecordBatch batch, ValidationRules rules, long nowMs)
    {
        var check = new RecordCheck(rules, nowMs);
        using var records = new PackedRecords();
        records.Begin(batch.Codec, rules.DecompressedRecordBytesMax);
        var budget = long.MaxValue;
        for (var i = 0; i < batch.RecordCount; i++)
        {
            Assert.True(records.TryNext(batch.RecordsPayload, ref budget));
            var isLogAppendTime = batch.TimestampType == TimestampType.LogAppendTime;
            check.Add(isLogAppendTime ? batch.MaxTimestamp : batch.BaseTimestamp + records.TimestampDelta, records.HasKey, isLogAppendTime);
        }

        Assert.True(records.TryEnd(batch.RecordsPayload, ref budget));
        return check.Result(batch.SizeInBytes);
    }

    private static RecordValidation? CheckEntries(ReadOnlySpan<byte> rest, ValidationRules rules, out CompressionCodec codec)
    {
        codec = CompressionCodec.None;
        var magic = -1;
        for (var entries = 0; ; entries++)
        {
            switch (RecordBatch.Read(rest, out var entry, out _))
            {
                case BatchReadStatus.Damaged:
                    return RecordValidator.Corrupt("an impossible length or an unknown magic");
                case BatchReadStatus.Partial:
                    return codec != CompressionCodec.None && entries > 1 ? RecordValidator.Invalid("more than one entry in a compressed set") : null;
            }

            if (magic >= 0 && entry.Magic != magic)
            {
                return RecordValidator.Invalid("messages of different magic in one set");
            }

            magic = entry.Magic;
            if (entry.SizeInBytes > rules.MessageBytesMax)
            {
                return RecordValidator.TooLarge(entry.SizeInBytes, rules);
            }

            if (!OldMessage.IsEntryCrcValid(entry.Bytes))
            {
                return RecordValidator.Corrupt("a message's checksum is wrong");
            }

            var entryCodec = OldMessage.CodecOf(entry.Bytes);
            if (entryCodec > CompressionCodec.Lz4)
            {
                return RecordValidator.Invalid($"compression codec {(int)entryCodec} in a message of magic {magic}");
            }

            codec = entryCodec == CompressionCodec.None ? codec : entryCodec;
            rest = rest[entry.SizeInBytes..];
        }
    }

    private static bool HasAnotherMagicWithin(RecordBatch wrapper)
    {
        if (OldMessage.CodecOf(wrapper.Bytes) == CompressionCodec.None)
        {
            return false;
        }

        using var unpacked = new PooledBytes();
        Compression.Decompress(OldMessage.CodecOf(wrapper.Bytes), OldMessageReader.Wrapped(wrapper.Bytes), unpacked);
        for (var rest = unpacked.WrittenSpan; RecordBatch.TryRead(rest, out var message, out var size); rest = rest[size..])
        {
            if (message.Magic != wrapper.Magic)
            {
                return true;
            }
        }

        return false;
    }

    private static RecordBatchBuilder BuilderFor(ValidationRules rules, CompressionCodec codec, long nowMs) => new()
    {
        Codec = codec,
        Level = codec == rules.Compression ? rules.Level : Compression.DefaultLevel,
        LogAppendTimeMs = rules.TimestampType == TimestampType.LogAppendTime ? nowMs : null,
    };

    private static RecordValidation Rewritten(RecordValidation result, RecordBatchBuilder builder, ValidationRules rules)
    {
        if (result.Error != ErrorCode.None)
        {
            return result;
        }

        var bytes = builder.BuildArray();
        return bytes.Length > rules.MessageBytesMax ? RecordValidator.TooLarge(bytes.Length, rules) : result with { Rewritten = bytes, SizeBytes = bytes.Length };
    }
}
