using Ouzel.Protocol.Records.Codecs;

namespace Ouzel.Protocol.Records.Validation;

/// <summary>The check of one packed batch. What it holds between two steps is the codec's window; where the topic has another codec, then what is packed anew.</summary>
internal sealed class PackedCheck : SlicedCheck
{
    /// <summary>Kept for batches that are checked within their first slice, which are nearly all: as many as can be at work at a time, on machines of ordinary size.</summary>
    private const int SparesMax = 16;

    private static readonly Spares<PackedCheck> Kept = new(Math.Min(Environment.ProcessorCount, SparesMax));

    private readonly PackedRecords _records = new();
    private ValidationRules _rules = null!;
    private long _nowMs;
    private CompressionCodec _target;
    private RecordCheck _check;
    private int _index;
    private RepackCheck? _repack;

    private PackedCheck()
    {
    }

    public override long HeldBytes => _records.HeldBytes + (_repack?.HeldBytes ?? 0);

    /// <summary>Does the first slice; null when that was enough.</summary>
    internal static SlicedCheck? Begin(ReadOnlySpan<byte> sent, RecordBatch batch, CompressionCodec target, ValidationRules rules, long nowMs, long bytes, out RecordValidation result)
    {
        var check = Kept.Take() ?? new PackedCheck();
        check.Begin(batch, target, rules, nowMs);
        if (!check.Step(sent, bytes))
        {
            result = default;
            return check;
        }

        // Nobody else has seen it.
        result = check.Result;
        check.Result = default;
        check._check = default;
        Kept.Keep(check);
        return null;
    }

    public override bool Step(ReadOnlySpan<byte> sent, long bytes = long.MaxValue)
    {
        RecordBatch.Read(sent, out var batch, out _);
        try
        {
            if (_repack is null && !Walk(batch, ref bytes))
            {
                return false;
            }

            if (_repack is not null)
            {
                if (!_repack.Step(sent, bytes))
                {
                    return false;
                }

                Result = _repack.Result;
            }
        }
        catch (RecordTooLargeException)
        {
            // Kafka says no more than the code.
            Result = RecordValidation.Refused(ErrorCode.InvalidRecord, null);
        }
        catch (RecordFormatException e)
        {
            Result = RecordValidator.Invalid(e.Message);
        }

        Release();
        return true;
    }

    protected override void Release()
    {
        _records.Dispose();
        _repack?.Dispose();
        _repack = null;
    }

    private void Begin(RecordBatch batch, CompressionCodec target, ValidationRules rules, long nowMs)
    {
        (_rules, _nowMs, _target, _index) = (rules, nowMs, target, 0);
        _check = new RecordCheck(rules, nowMs);
        _records.Begin(batch.Codec, rules.DecompressedRecordBytesMax);
    }

    private bool Walk(RecordBatch batch, ref long budget)
    {
        var payload = batch.RecordsPayload;
        var count = batch.RecordCount;
        var baseTimestamp = batch.BaseTimestamp;
        long? batchTime = batch.TimestampType == TimestampType.LogAppendTime ? batch.MaxTimestamp : null;
        var keepsOffsets = _target == batch.Codec;
        for (; _index < count; _index++)
        {
            if (!_records.TryNext(payload, ref budget))
            {
                return false;
            }

            if (keepsOffsets && _records.OffsetDelta != _index)
            {
                throw new RecordFormatException($"offset delta {_records.OffsetDelta} of record {_index} in a compressed batch");
            }

            _check.Add(batchTime ?? (baseTimestamp + _records.TimestampDelta), _records.HasKey, batchTime is not null);
        }

        if (!_records.TryEnd(payload, ref budget))
        {
            return false;
        }

        Result = _check.Result(batch.SizeInBytes);
        if (keepsOffsets || Result.Error != ErrorCode.None)
        {
            return true;
        }

        if (_records.UnpackedBytes > RecordValidator.RepackBytesMax)
        {
            Result = RecordValidator.TooLargeToRepack(_records.UnpackedBytes);
            return true;
        }

        _repack = new RepackCheck(batch, _target, _rules, _nowMs, _records.UnpackedBytes);
        _records.Dispose();
        return true;
    }
}
