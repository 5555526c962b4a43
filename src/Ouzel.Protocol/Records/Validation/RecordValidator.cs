namespace Ouzel.Protocol.Records.Validation;

/// <summary>
/// Decides what a leader does with produced bytes: Kafka's checks in Kafka's order. Size comes before the checksum, the
/// checksum before what the header claims, that before the records. An uncompressed batch costs no allocation.
/// </summary>
public static class RecordValidator
{
    /// <summary>Checks the records of one partition.</summary>
    /// <param name="sent">All bytes that were sent for the partition.</param>
    /// <param name="rules">The topic's.</param>
    /// <param name="nowMs">The broker's time, milliseconds since 1970.</param>
    public static RecordValidation Validate(ReadOnlySpan<byte> sent, ValidationRules rules, long nowMs)
    {
        switch (RecordBatch.Read(sent, out var batch, out _))
        {
            case BatchReadStatus.Damaged:
                return Corrupt("an impossible length or an unknown magic");
            case BatchReadStatus.Partial:
                return Invalid("no whole record batch was sent");
        }
        if (batch.Magic != 2)
            return rules.OldFormatsAllowed ? OldFormatValidator.Validate(sent, rules, nowMs) : Invalid($"records of magic {batch.Magic} where magic 2 is needed");
        switch (RecordBatch.Read(sent[batch.SizeInBytes..], out _, out _))
        {
            case BatchReadStatus.Damaged:
                return Corrupt("bytes behind the batch that are none");
            case BatchReadStatus.Whole:
                return Invalid("more than one record batch");
        }
        return CheckHeader(batch, rules) ?? CheckRecords(batch, rules, nowMs);
    }

    private static RecordValidation? CheckHeader(RecordBatch batch, ValidationRules rules)
    {
        if (rules.FromClient && batch.BaseOffset != 0) return Invalid($"the base offset of a sent batch must be 0, not {batch.BaseOffset}");
        if (batch.SizeInBytes > rules.MessageBytesMax) return TooLarge(batch.SizeInBytes, rules);
        if (!batch.IsCrcValid()) return Corrupt("the batch's checksum is wrong");
        if (batch.Codec > CompressionCodec.Zstd) return Invalid($"unknown compression codec {(int)batch.Codec}");
        if (!rules.FromClient) return null;
        long span = (long)batch.LastOffsetDelta + 1;
        if (span <= 0) return Invalid("the batch has an invalid range of offsets");
        if (batch.RecordCount <= 0) return Invalid($"the batch says it has {batch.RecordCount} records");
        if (span != batch.RecordCount) return Invalid($"the batch says it has {batch.RecordCount} records for {span} offsets");
        if (batch.IsControl) return Invalid("clients may not write control batches");
        if (batch.HasProducerId && batch.BaseSequence < 0) return Invalid($"sequence {batch.BaseSequence} with a producer id");
        return null;
    }

    private static RecordValidation CheckRecords(RecordBatch batch, ValidationRules rules, long nowMs)
    {
        // Control batches stay as they are, whatever the topic's codec.
        var codec = batch.IsControl ? batch.Codec : rules.Compression ?? batch.Codec;
        try
        {
            if (codec != batch.Codec) return Repack(batch, codec, rules, nowMs);
            return batch.Codec == CompressionCodec.None ? CheckPlain(batch, rules, nowMs) : CheckPacked(batch, rules, nowMs);
        }
        catch (RecordFormatException e)
        {
            return Invalid(e.Message);
        }
    }

    private static RecordValidation CheckPlain(RecordBatch batch, ValidationRules rules, long nowMs)
    {
        var check = new RecordCheck(rules, nowMs);
        using var reader = new RecordReader(batch);
        while (reader.MoveNext()) check.Add(reader.Current.TimestampMs, reader.Current.HasKey);
        return check.Result(batch.SizeInBytes);
    }

    /// <summary>
    /// Looks at the records of a packed batch without their keys and values, and like Kafka without believing the length
    /// that each record gives for itself.
    /// </summary>
    private static RecordValidation CheckPacked(RecordBatch batch, ValidationRules rules, long nowMs)
    {
        var check = new RecordCheck(rules, nowMs);
        using var unpacked = new PooledBytes(rules.UnpackedBytesMax);
        Compression.Decompress(batch.Codec, batch.RecordsPayload, unpacked);
        bool batchTime = batch.TimestampType == TimestampType.LogAppendTime;
        var rest = new Record.FieldReader(unpacked.WrittenSpan);
        for (int i = 0; i < batch.RecordCount; i++)
        {
            var record = Record.Skim(ref rest, out bool hasKey);
            if (record.OffsetDelta != i) return Invalid($"offset delta {record.OffsetDelta} of record {i} in a compressed batch");
            check.Add(batchTime ? batch.MaxTimestamp : batch.BaseTimestamp + record.TimestampDelta, hasKey);
        }
        if (!rest.Rest.IsEmpty) return Invalid($"{rest.Rest.Length} bytes behind the last record of a batch");
        return check.Result(batch.SizeInBytes);
    }

    private static RecordValidation Repack(RecordBatch batch, CompressionCodec codec, ValidationRules rules, long nowMs)
    {
        var check = new RecordCheck(rules, nowMs);
        using var builder = BuilderFor(rules, codec, nowMs);
        builder.ProducerId = batch.ProducerId;
        builder.ProducerEpoch = batch.ProducerEpoch;
        builder.BaseSequence = batch.BaseSequence;
        builder.IsTransactional = batch.IsTransactional;
        using var reader = new RecordReader(batch, rules.UnpackedBytesMax);
        while (reader.MoveNext())
        {
            var record = reader.Current;
            check.Add(record.TimestampMs, record.HasKey);
            builder.AppendCopy(record, builder.Count, record.TimestampMs);
        }
        var result = check.Result(batch.SizeInBytes);
        return result.Error == ErrorCode.None ? Rewritten(result, builder, rules) : result;
    }

    internal static RecordBatchBuilder BuilderFor(ValidationRules rules, CompressionCodec codec, long nowMs) => new()
    {
        Codec = codec,
        Level = codec == rules.Compression ? rules.Level : Compression.DefaultLevel,
        LogAppendTimeMs = rules.TimestampType == TimestampType.LogAppendTime ? nowMs : null,
    };

    internal static RecordValidation Rewritten(RecordValidation result, RecordBatchBuilder builder, ValidationRules rules)
    {
        byte[] bytes = builder.BuildArray();
        return bytes.Length > rules.MessageBytesMax ? TooLarge(bytes.Length, rules) : result with { Rewritten = bytes, SizeBytes = bytes.Length };
    }

    internal static RecordValidation Invalid(string message) => RecordValidation.Refused(ErrorCode.InvalidRecord, message);

    internal static RecordValidation Corrupt(string message) => RecordValidation.Refused(ErrorCode.CorruptMessage, message);

    internal static RecordValidation TooLarge(int size, ValidationRules rules) =>
        RecordValidation.Refused(ErrorCode.MessageTooLarge, $"a batch of {size} bytes where {rules.MessageBytesMax} are allowed");
}
