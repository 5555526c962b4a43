using System.Runtime.CompilerServices;

namespace Ouzel.Protocol.Records.Validation;

/// <summary>Collects what is wrong with single records, and their largest timestamp.</summary>
internal struct RecordCheck(ValidationRules rules, long nowMs)
{
    private const long NoTimestamp = -1;

    /// <summary>Records at fault that are named; a batch of kilobytes may hold millions.</summary>
    private const int ErrorsMax = 10_000;

    private long _maxTimestampMs = NoTimestamp;
    private int _index;
    private bool _timestampRefused;
    private List<RecordError>? _errors;

    /// <summary>Looks at the next record. A missing key is told before a bad timestamp.</summary>
    /// <param name="timestampMs">The record's time.</param>
    /// <param name="hasKey">It has a key.</param>
    /// <param name="isLogAppendTime">Its batch says that a broker gave the time, which no producer may say where no time of its own is looked at.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(long timestampMs, bool hasKey, bool isLogAppendTime)
    {
        if (rules.KeyRequired && !hasKey)
        {
            Tell("a compacted topic does not take records without a key");
        }
        else if (rules.TimestampType == TimestampType.CreateTime && timestampMs != NoTimestamp)
        {
            if (IsOutOfBounds(timestampMs))
            {
                RefuseTimestamp(HasRoom ? $"timestamp {timestampMs} is too far from the broker's {nowMs}" : "");
            }
        }
        else if (isLogAppendTime)
        {
            RefuseTimestamp("a producer does not say that a broker gave the time");
        }

        _maxTimestampMs = Math.Max(_maxTimestampMs, timestampMs);
        _index++;
    }

    private readonly bool HasRoom => _errors is null || _errors.Count < ErrorsMax;

    private void RefuseTimestamp(string message)
    {
        _timestampRefused = true;
        Tell(message);
    }

    private void Tell(string message)
    {
        if (HasRoom)
        {
            (_errors ??= []).Add(new RecordError(_index, message));
        }
    }

    /// <summary>The verdict: one bad timestamp among the errors decides the code.</summary>
    internal readonly RecordValidation Result(int sizeBytes)
    {
        if (_errors is not null)
        {
            return _timestampRefused
                ? RecordValidation.Refused(ErrorCode.InvalidTimestamp, "one or more records were refused for their timestamp", _errors)
                : RecordValidation.Refused(ErrorCode.InvalidRecord, $"{_errors.Count} records were refused: {_errors[0].Message}", _errors);
        }

        return new RecordValidation
        {
            RecordErrors = [],
            SizeBytes = sizeBytes,
            TimestampType = rules.TimestampType,
            MaxTimestampMs = rules.TimestampType == TimestampType.LogAppendTime ? nowMs : _maxTimestampMs,
        };
    }

    /// <summary>Distances may overflow; they then come out on the refused side, as in Kafka.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool IsOutOfBounds(long timestampMs)
    {
        var age = unchecked(nowMs - timestampMs);
        return age > rules.TimestampBeforeMaxMs || unchecked(-age) > rules.TimestampAfterMaxMs;
    }
}
