namespace Ouzel.Protocol.Records.Validation;

/// <summary>A check after which the leader stores other bytes than were sent: the records are copied into a new batch, which is then packed, all in slices.</summary>
internal abstract class RewritingCheck(ValidationRules rules, long nowMs) : SlicedCheck
{
    /// <summary>The share of a slice that a record takes beside its bytes.</summary>
    protected const int RecordCost = 64;

    private RecordBatchBuilder? _builder;
    private RecordValidation? _copied;

    public override long HeldBytes => _builder?.HeldBytes ?? 0;

    protected RecordBatchBuilder Builder => _builder ?? throw new ObjectDisposedException(GetType().Name);

    public sealed override bool Step(ReadOnlySpan<byte> sent, long bytes = long.MaxValue)
    {
        try
        {
            if (_copied is null)
            {
                if (!TryCopy(sent, ref bytes, out var result))
                {
                    return false;
                }

                _copied = result;
                ReleaseSource();
            }

            if (_copied.Value.Error != ErrorCode.None)
            {
                Result = _copied.Value;
            }
            else if (Builder.TryBuild(ref bytes, out var batch))
            {
                Result = batch.Length > rules.MessageBytesMax ? RecordValidator.TooLarge(batch.Length, rules)
                    : _copied.Value with { Rewritten = batch.ToArray(), SizeBytes = batch.Length };
            }
            else
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

        Release();
        return true;
    }

    /// <summary>Copies records into the new batch as far as the budget goes; true when all are there, or one was refused.</summary>
    /// <param name="sent">As for <see cref="Step"/>.</param>
    /// <param name="budget">What the slice may still do.</param>
    /// <param name="result">Whether the records are taken, when true is returned.</param>
    protected abstract bool TryCopy(ReadOnlySpan<byte> sent, ref long budget, out RecordValidation result);

    /// <summary>Lets go of the bytes that records are read from.</summary>
    protected abstract void ReleaseSource();

    /// <summary>Begins the new batch.</summary>
    protected RecordBatchBuilder Begin(CompressionCodec codec) => _builder = new()
    {
        Codec = codec,
        Level = codec == rules.Compression ? rules.Level : Compression.DefaultLevel,
        LogAppendTimeMs = rules.TimestampType == TimestampType.LogAppendTime ? nowMs : null,
    };

    protected sealed override void Release()
    {
        ReleaseSource();
        _builder?.Dispose();
        _builder = null;
    }
}
