using Ouzel.Protocol.Records.Codecs;
using Ouzel.Protocol.Wire;

namespace Ouzel.Protocol.Records.Validation;

/// <summary>A batch for a topic that has its own codec: its records are packed anew. A packed batch has been walked over before, so its stream is whole.</summary>
internal sealed class RepackCheck : RewritingCheck
{
    private readonly PooledBytes _unread = new();
    private RecordCheck _check;
    private Unpacker? _unpacker;
    private int _at;
    private int _recordsLeft;
    private long _bytesLeft;

    /// <exception cref="RecordFormatException">The count is negative.</exception>
    public RepackCheck(RecordBatch batch, CompressionCodec target, ValidationRules rules, long nowMs, long recordsBytes)
        : base(rules, nowMs)
    {
        _recordsLeft = RecordReader.CountOf(batch);
        _bytesLeft = recordsBytes;
        _check = new RecordCheck(rules, nowMs);
        var builder = Begin(target);
        builder.ProducerId = batch.ProducerId;
        builder.ProducerEpoch = batch.ProducerEpoch;
        builder.BaseSequence = batch.BaseSequence;
        builder.IsTransactional = batch.IsTransactional;
        _unpacker = batch.Codec == CompressionCodec.None || _recordsLeft == 0 ? null : Unpacker.Rent(batch.Codec);
    }

    public override long HeldBytes => base.HeldBytes + _unread.HeldBytes + (_unpacker?.HeldBytes ?? 0);

    protected override bool TryCopy(ReadOnlySpan<byte> sent, ref long budget, out RecordValidation result)
    {
        RecordBatch.Read(sent, out var batch, out _);
        result = default;
        while (_recordsLeft > 0)
        {
            if (budget <= 0 || !TryBody(batch.RecordsPayload, ref budget, out var body))
            {
                return false;
            }

            var record = Record.Parse(body);
            var timestampMs = batch.TimestampType == TimestampType.LogAppendTime ? batch.MaxTimestamp : batch.BaseTimestamp + record.TimestampDelta;
            _check.Add(timestampMs, record.HasKey, batch.TimestampType == TimestampType.LogAppendTime);
            Builder.AppendCopy(record, Builder.Count, timestampMs);
            budget -= body.Length + RecordCost;
        }

        result = _check.Result(batch.SizeInBytes);
        return true;
    }

    protected override void ReleaseSource()
    {
        _unread.Dispose();
        _at = 0;
        _unpacker?.Dispose();
        _unpacker = null;
    }

    /// <summary>Takes the next record, behind its length; false when the budget is spent before it is there as a whole.</summary>
    private bool TryBody(ReadOnlySpan<byte> payload, ref long budget, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (!TryHave(payload, (int)Math.Min(VarInt.Size32Max, _bytesLeft), ref budget))
        {
            return false;
        }

        var length = RecordReader.LengthAt(Unread(payload), _bytesLeft, out var taken);
        if (!TryHave(payload, taken + length, ref budget))
        {
            return false;
        }

        body = Unread(payload).Slice(taken, length);
        _at += taken + length;
        _bytesLeft -= taken + length;
        _recordsLeft--;
        return _recordsLeft > 0 || _bytesLeft == 0 ? true : throw RecordReader.Behind(_bytesLeft);
    }

    private ReadOnlySpan<byte> Unread(ReadOnlySpan<byte> payload) => (_unpacker is null ? payload : _unread.WrittenSpan)[_at..];

    private bool TryHave(ReadOnlySpan<byte> payload, int bytes, ref long budget)
    {
        while (Unread(payload).Length < bytes)
        {
            if (budget <= 0)
            {
                return false;
            }

            // What was read makes room, not more often than as much again has come.
            if (_at > _unread.Length / 2)
            {
                _unread.WritableSpan[_at..].CopyTo(_unread.WritableSpan);
                _unread.Truncate(_unread.Length - _at);
                _at = 0;
            }

            if (_unpacker is null || !_unpacker.Fill(payload))
            {
                throw new InvalidOperationException($"a batch that gave {_bytesLeft} bytes more when it was walked over");
            }

            budget -= _unpacker.Unread.Length + RecordCost;
            _unread.Write(_unpacker.Unread);
            _unpacker.Consume(_unpacker.Unread.Length);
        }

        return true;
    }
}
