namespace Ouzel.Protocol.Records.Validation;

/// <summary>
/// Decides what a leader does with produced bytes: Kafka's checks in Kafka's order. Size comes before the checksum, the
/// checksum before what the header claims, that before the records. An uncompressed batch costs no allocation.
/// </summary>
public static class RecordValidator
{
    /// <summary>A batch that is packed anew, or converted from an older format, is held unpacked meanwhile: no more than this.</summary>
    public const int RepackBytesMax = 32 << 20;

    /// <summary>Checks the records of one partition.</summary>
    /// <param name="sent">All bytes that were sent for the partition.</param>
    /// <param name="rules">The topic's.</param>
    /// <param name="nowMs">The broker's time, milliseconds since 1970.</param>
    public static RecordValidation Validate(ReadOnlySpan<byte> sent, ValidationRules rules, long nowMs)
    {
        using var rest = Begin(sent, rules, nowMs, long.MaxValue, out var validation);
        return validation;
    }

    /// <summary>Checks the records of one partition as far as a slice goes.</summary>
    /// <param name="sent">All bytes that were sent for the partition.</param>
    /// <param name="rules">The topic's.</param>
    /// <param name="nowMs">The broker's time, milliseconds since 1970.</param>
    /// <param name="sliceBytes">What may be unpacked at once.</param>
    /// <param name="validation">The verdict, when null is returned.</param>
    /// <returns>What is still to be done; null when the verdict is there.</returns>
    public static SlicedCheck? Begin(ReadOnlySpan<byte> sent, ValidationRules rules, long nowMs, long sliceBytes, out RecordValidation validation)
    {
        if (RecordBatch.Read(sent, out var batch, out _) == BatchReadStatus.Whole && batch.Magic != 2 && rules.OldFormatsAllowed)
        {
            return Begin(new OldSetCheck(rules, nowMs), sent, sliceBytes, out validation);
        }

        if (CheckShape(sent, batch) is { } shape)
        {
            validation = shape;
            return null;
        }

        if (CheckHeader(batch, rules) is { } header)
        {
            validation = header;
            return null;
        }
        // Control batches stay as they are, whatever the topic's codec.
        var codec = batch.IsControl ? batch.Codec : rules.Compression ?? batch.Codec;
        if (batch.Codec != CompressionCodec.None && batch.RecordCount > 0)
        {
            return PackedCheck.Begin(sent, batch, codec, rules, nowMs, sliceBytes, out validation);
        }

        if (batch.Codec == codec || batch.RecordCount < 0)
        {
            validation = CheckPlain(batch, rules, nowMs);
            return null;
        }

        return Begin(new RepackCheck(batch, codec, rules, nowMs, batch.RecordsPayload.Length), sent, sliceBytes, out validation);
    }

    /// <summary>Does the first slice.</summary>
    private static SlicedCheck? Begin(SlicedCheck check, ReadOnlySpan<byte> sent, long sliceBytes, out RecordValidation validation)
    {
        var isDone = check.Step(sent, sliceBytes);
        validation = isDone ? check.Result : default;
        return isDone ? null : check;
    }

    private static RecordValidation? CheckShape(ReadOnlySpan<byte> sent, RecordBatch batch)
    {
        switch (RecordBatch.Read(sent, out _, out _))
        {
            case BatchReadStatus.Damaged:
                return Corrupt("an impossible length or an unknown magic");
            case BatchReadStatus.Partial:
                return Invalid("no whole record batch was sent");
        }

        if (batch.Magic != 2)
        {
            return Invalid($"records of magic {batch.Magic} where magic 2 is needed");
        }

        return RecordBatch.Read(sent[batch.SizeInBytes..], out _, out _) switch
        {
            BatchReadStatus.Damaged => Corrupt("bytes behind the batch that are none"),
            BatchReadStatus.Whole => Invalid("more than one record batch"),
            _ => null,
        };
    }

    private static RecordValidation? CheckHeader(RecordBatch batch, ValidationRules rules)
    {
        if (rules.FromClient && batch.BaseOffset != 0)
        {
            return Invalid($"the base offset of a sent batch must be 0, not {batch.BaseOffset}");
        }

        if (batch.SizeInBytes > rules.MessageBytesMax)
        {
            return TooLarge(batch.SizeInBytes, rules);
        }

        if (!batch.IsCrcValid())
        {
            return Corrupt("the batch's checksum is wrong");
        }

        if (batch.Codec > CompressionCodec.Zstd)
        {
            return Invalid($"unknown compression codec {(int)batch.Codec}");
        }

        if (!rules.FromClient)
        {
            return null;
        }

        var span = (long)batch.LastOffsetDelta + 1;
        if (span <= 0)
        {
            return Invalid("the batch has an invalid range of offsets");
        }

        if (batch.RecordCount <= 0)
        {
            return Invalid($"the batch says it has {batch.RecordCount} records");
        }

        if (span != batch.RecordCount)
        {
            return Invalid($"the batch says it has {batch.RecordCount} records for {span} offsets");
        }

        if (batch.IsControl)
        {
            return Invalid("clients may not write control batches");
        }

        if (batch.HasProducerId && batch.BaseSequence < 0)
        {
            return Invalid($"sequence {batch.BaseSequence} with a producer id");
        }

        return null;
    }

    private static RecordValidation CheckPlain(RecordBatch batch, ValidationRules rules, long nowMs)
    {
        try
        {
            var check = new RecordCheck(rules, nowMs);
            var records = new PlainRecords(batch);
            var (isBatchTime, batchMs, baseMs) = (batch.TimestampType == TimestampType.LogAppendTime, batch.MaxTimestamp, batch.BaseTimestamp);
            while (records.MoveNext())
            {
                check.Add(isBatchTime ? batchMs : baseMs + records.TimestampDelta, records.HasKey, isBatchTime);
            }

            return check.Result(batch.SizeInBytes);
        }
        catch (RecordFormatException e)
        {
            return Invalid(e.Message);
        }
    }

    internal static RecordValidation Invalid(string message) => RecordValidation.Refused(ErrorCode.InvalidRecord, message);

    internal static RecordValidation Corrupt(string message) => RecordValidation.Refused(ErrorCode.CorruptMessage, message);

    internal static RecordValidation TooLargeToRepack(long bytes) =>
        RecordValidation.Refused(ErrorCode.MessageTooLarge, $"a batch of {bytes} bytes unpacked where {RepackBytesMax} may be packed anew: let the producer use the topic's compression.type");

    internal static RecordValidation TooLarge(int size, ValidationRules rules) =>
        RecordValidation.Refused(ErrorCode.MessageTooLarge, $"a batch of {size} bytes where {rules.MessageBytesMax} are allowed");
}
