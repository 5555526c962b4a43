using Ouzel.Protocol;

namespace Ouzel.Client.Producing;

/// <summary>The outcomes of batches that were sent.</summary>
internal sealed partial class PartitionQueue
{
    /// <summary>Retries of one partition need no spread: there is one producer behind them.</summary>
    private const double MiddleChance = 0.5;

    /// <summary>The batch is in the log; the queue has dropped it.</summary>
    public void OnAcknowledged(ProducerBatch batch, long nowMs)
    {
        _inFlight.Remove(batch);
        _acknowledgedMs = nowMs;
        if (batch.Order > _openHole)
        {
            // The broker took what comes behind, so it had what comes before.
            _openHole = null;
        }

        Settle();
    }

    /// <summary>The batch did not leave this process.</summary>
    public void OnNotSent(ProducerBatch batch, long nowMs)
    {
        _inFlight.Remove(batch);
        batch.Attempts--;
        Requeue(batch, nowMs);
        Settle();
    }

    /// <summary>No response came: the batch may be in the log or not.</summary>
    public Verdict OnLost(ProducerBatch batch, long nowMs)
    {
        batch.IsUncertain = true;
        return RetryOrFail(batch, nowMs);
    }

    /// <summary>A broker answered with an error.</summary>
    /// <param name="batch">One that is under way.</param>
    /// <param name="error">Not None, and not that it is a repetition: that is an acknowledgement.</param>
    /// <param name="nowMs">Now.</param>
    public Verdict OnRefused(ProducerBatch batch, ErrorCode error, long nowMs)
    {
        if (rules.IsIdempotent && DeniesNumbers(error))
        {
            return OnNumbersDenied(batch, nowMs);
        }

        if (error is ErrorCode.MessageTooLarge && batch.Count > 1)
        {
            return Split(batch, nowMs);
        }

        batch.IsUncertain |= LeavesDoubt(error);
        return error.IsRetriable() ? RetryOrFail(batch, nowMs) : Fail(batch);
    }

    /// <summary>The partition's leader expects other numbers, or has forgotten the producer.</summary>
    private static bool DeniesNumbers(ErrorCode error) =>
        error is ErrorCode.OutOfOrderSequenceNumber or ErrorCode.UnknownProducerId or ErrorCode.InvalidProducerEpoch;

    /// <summary>Errors that can come after the leader has appended the batch: it waited for followers, lost the leadership, or failed at something else.</summary>
    private static bool LeavesDoubt(ErrorCode error) =>
        error is ErrorCode.UnknownServerError || (error.IsRetriable() && error is not (ErrorCode.NotEnoughReplicas or ErrorCode.CorruptMessage or ErrorCode.LeaderNotAvailable));

    private Verdict OnNumbersDenied(ProducerBatch batch, long nowMs)
    {
        if (IsFirst(batch) && !(_sureHole < batch.Order))
        {
            if (batch.IsUncertain)
            {
                return Fail(batch);
            }

            // Every attempt was answered and none was taken: what should lie before it does not. With new numbers it can be sent again.
            NoteSureHole(batch.Order - 1);
        }

        return RetryOrFail(batch, nowMs);
    }

    private Verdict RetryOrFail(ProducerBatch batch, long nowMs)
    {
        if (ExpiryMs(batch) <= nowMs)
        {
            return Fail(batch);
        }

        _inFlight.Remove(batch);
        Requeue(batch, nowMs + rules.Retry.DelayMs(batch.Attempts, MiddleChance));
        Settle();
        return Verdict.Retry;
    }

    private Verdict Fail(ProducerBatch batch)
    {
        _inFlight.Remove(batch);
        NoteHole(batch);
        Settle();
        return Verdict.Fail;
    }

    private Verdict Split(ProducerBatch batch, long nowMs)
    {
        var (first, second) = (rent(), rent());
        batch.SplitInto(first, second);
        _inFlight.Remove(batch);
        Requeue(first, nowMs);
        Requeue(second, nowMs);
        Settle();
        return Verdict.Split;
    }

    private void Requeue(ProducerBatch batch, long notBeforeMs)
    {
        batch.NotBeforeMs = notBeforeMs;
        var at = _retry.Count;
        while (at > 0 && _retry[at - 1].Order > batch.Order)
        {
            at--;
        }

        _retry.Insert(at, batch);
    }

    private void NoteHole(ProducerBatch failed)
    {
        if (!failed.HasSequence)
        {
            return;
        }

        if (failed.IsUncertain && !(_sureHole < failed.Order))
        {
            _openHole = Math.Min(_openHole ?? long.MaxValue, failed.Order);
        }
        else
        {
            NoteSureHole(failed.Order);
        }
    }

    private void NoteSureHole(long order) => _sureHole = Math.Min(_sureHole ?? long.MaxValue, order);

    /// <summary>Once nothing is under way and nothing before the hole is to be sent any more, the rest begins anew.</summary>
    private void Settle()
    {
        if (!HasHole || _inFlight.Count > 0)
        {
            return;
        }

        if (_retry.Count == 0 || _sureHole < _retry[0].Order)
        {
            BeginAnew();
        }
    }

    private void BeginAnew()
    {
        foreach (var batch in _retry)
        {
            batch.SetSequence(-1, -1, -1);
            batch.IsUncertain = false;
        }

        _ready.InsertRange(0, _retry);
        _retry.Clear();
        (_sureHole, _openHole, _nextSequence) = (null, null, 0);
        if (_identity is { Epoch: < short.MaxValue } identity)
        {
            _identity = identity with { Epoch = (short)(identity.Epoch + 1) };
        }
        else
        {
            (_exhaustedId, _identity) = (_identity?.Id ?? -1, null);
        }
    }
}
