namespace Ouzel.Protocol.Records.Validation;

/// <summary>Message sets of magic 0 and 1 become one batch of magic 2, as Kafka up to 3.9 stored them for Produce 0 to 2.</summary>
internal static class OldFormatValidator
{
    internal static RecordValidation Validate(ReadOnlySpan<byte> sent, ValidationRules rules, long nowMs)
    {
        var refused = CheckEntries(sent, rules, out var codec);
        if (refused is not null)
        {
            return refused.Value;
        }

        var check = new RecordCheck(rules, nowMs);
        using var builder = RecordValidator.BuilderFor(rules, rules.Compression ?? codec, nowMs);
        try
        {
            for (var rest = sent; RecordBatch.TryRead(rest, out _, out var size); rest = rest[size..])
            {
                using var reader = new OldMessageReader(rest[..size], RecordValidator.RepackBytesMax);
                while (reader.MoveNext())
                {
                    var message = reader.Current;
                    if (!message.IsCrcValid)
                    {
                        return RecordValidator.Corrupt("a message's checksum is wrong");
                    }
                    // Each wrapper may unpack to the bound; together they may not be more either.
                    if (builder.SizeInBytes > RecordValidator.RepackBytesMax)
                    {
                        return RecordValidator.TooLargeToRepack(builder.SizeInBytes);
                    }

                    check.Add(message.TimestampMs, message.HasKey);
                    builder.AppendAt(builder.Count, message.TimestampMs, message.Key, message.HasKey, message.Value, message.HasValue);
                }
            }
        }
        catch (RecordFormatException e)
        {
            return RecordValidator.Invalid(e.Message);
        }

        var result = check.Result(0);
        return result.Error == ErrorCode.None ? RecordValidator.Rewritten(result, builder, rules) : result;
    }

    /// <summary>Size and checksum of every entry come before anything inside one; the last entry's codec is the set's.</summary>
    private static RecordValidation? CheckEntries(ReadOnlySpan<byte> sent, ValidationRules rules, out CompressionCodec codec)
    {
        codec = CompressionCodec.None;
        sbyte magic = -1;
        var rest = sent;
        while (true)
        {
            var status = RecordBatch.Read(rest, out var entry, out _);
            if (status == BatchReadStatus.Damaged)
            {
                return RecordValidator.Corrupt("an impossible length or an unknown magic");
            }

            if (status == BatchReadStatus.Partial)
            {
                return null;
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

            if (entryCodec != CompressionCodec.None)
            {
                codec = entryCodec;
            }

            rest = rest[entry.SizeInBytes..];
        }
    }
}
