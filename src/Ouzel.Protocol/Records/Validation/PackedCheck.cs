using Ouzel.Protocol.Records.Codecs;

namespace Ouzel.Protocol.Records.Validation;

/// <summary>
/// The check of one packed batch in slices, for whoever must not be held up by gigabytes behind a few kilobytes: <see cref="RecordValidator.Begin"/> does the
/// first slice and gives one of these when there is more to do; <see cref="Step"/> goes on until it is true; then <see cref="Result"/> is the verdict.
/// What it holds between two steps is the codec's window. One thread at a time; the sent bytes must stay as they are.
/// </summary>
public sealed class PackedCheck : IDisposable
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

    private PackedCheck()
    {
    }

    /// <summary>The verdict, once <see cref="Step"/> was true.</summary>
    public RecordValidation Result { get; private set; }

    /// <summary>The bytes it holds until the next step.</summary>
    public int HeldBytes => _records.HeldBytes;

    /// <summary>Does the first slice; null when that was enough.</summary>
    internal static PackedCheck? Begin(ReadOnlySpan<byte> sent, RecordBatch batch, CompressionCodec target, ValidationRules rules, long nowMs, long bytes, out RecordValidation result)
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

    /// <summary>Unpacks about so many bytes more; true when the verdict is there.</summary>
    /// <param name="sent">All bytes that were sent for the partition, the same with each call.</param>
    /// <param name="bytes">What a slice may unpack; one block may overdraw it.</param>
    public bool Step(ReadOnlySpan<byte> sent, long bytes = long.MaxValue)
    {
        RecordBatch.Read(sent, out var batch, out _);
        try
        {
            if (!Walk(batch, bytes))
            {
                return false;
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

        _records.Dispose();
        return true;
    }

    public void Dispose() => _records.Dispose();

    private void Begin(RecordBatch batch, CompressionCodec target, ValidationRules rules, long nowMs)
    {
        (_rules, _nowMs, _target, _index) = (rules, nowMs, target, 0);
        _check = new RecordCheck(rules, nowMs);
        _records.Begin(batch.Codec, rules.DecompressedRecordBytesMax);
    }

    private bool Walk(RecordBatch batch, long budget)
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

            _check.Add(batchTime ?? (baseTimestamp + _records.TimestampDelta), _records.HasKey);
        }

        if (!_records.TryEnd(payload, ref budget))
        {
            return false;
        }

        Result = _check.Result(batch.SizeInBytes);
        if (!keepsOffsets && Result.Error == ErrorCode.None)
        {
            Result = _records.UnpackedBytes > RecordValidator.RepackBytesMax
                ? RecordValidator.TooLargeToRepack(_records.UnpackedBytes)
                : RecordValidator.Repack(batch, _target, _rules, _nowMs);
        }

        return true;
    }
}
