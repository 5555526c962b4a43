using Ouzel.Protocol;
using Ouzel.Storage.Tests.Support;

namespace Ouzel.Storage.Tests;

public sealed class ProducerStateTests
{
    private LogBed _bed = new();

    private (ErrorCode, long) Send(int sequence, int count = 1, short epoch = 0, long id = 9)
    {
        var result = _bed.Append(Batches.Sequenced(id, epoch, sequence, count, timestampMs: Batches.Start + (sequence % 1000)));
        return (result.Error, result.BaseOffset);
    }

    [Fact]
    public void A_gap_is_refused_and_changes_nothing()
    {
        Assert.Equal((ErrorCode.None, 0), Send(0, 3));
        Assert.Equal((ErrorCode.None, 3), Send(3));
        Assert.Equal((ErrorCode.OutOfOrderSequenceNumber, -1), Send(5));
        Assert.Equal((ErrorCode.None, 4), Send(4));
    }

    [Fact]
    public void The_last_five_batches_are_answered_with_their_first_offset()
    {
        for (var sequence = 0; sequence < 14; sequence += 2)
        {
            Send(sequence, 2);
        }

        var again = _bed.Append(Batches.Sequenced(9, 0, 12, 2));
        Assert.True(again.IsDuplicate);
        Assert.Equal((12, 13, Batches.Start + 12, 0), (again.BaseOffset, again.LastOffset, again.LogAppendTimeMs, again.LogStartOffset));
        Assert.Equal((ErrorCode.None, 4), Send(4, 2));
        Assert.Equal((ErrorCode.OutOfOrderSequenceNumber, -1), Send(2, 2));
        Assert.Equal(14, _bed.Log.LogEndOffset);
        Assert.Equal((ErrorCode.None, 14), Send(14));
    }

    [Fact]
    public void The_last_five_batches_are_recognised_after_a_clean_stop_too()
    {
        _bed = new LogBed(LogOptions.Default with { SegmentBytes = 200 });
        for (var sequence = 0; sequence < 14; sequence += 2)
        {
            Send(sequence, 2);
            Send(sequence / 2, 1, id: 10);
        }

        var end = _bed.Log.LogEndOffset;
        Assert.True(_bed.Log.Segments.Length > 2);
        _bed.Reopen();
        Assert.Equal((ErrorCode.None, 6), Send(4, 2));
        Assert.Equal((ErrorCode.None, 18), Send(12, 2));
        Assert.Equal((ErrorCode.OutOfOrderSequenceNumber, -1), Send(2, 2));
        Assert.Equal(end, _bed.Log.LogEndOffset);
        Assert.Equal((ErrorCode.None, end), Send(14));
    }

    [Fact]
    public void A_new_epoch_starts_at_zero_and_the_old_one_is_fenced()
    {
        Send(0);
        Assert.Equal((ErrorCode.OutOfOrderSequenceNumber, -1), Send(1, epoch: 1));
        Assert.Equal((ErrorCode.None, 1), Send(0, epoch: 1));
        Assert.Equal((ErrorCode.InvalidProducerEpoch, -1), Send(1));
        Assert.Equal((ErrorCode.None, 2), Send(1, epoch: 1));
    }

    [Fact]
    public void An_unknown_producer_may_start_anywhere()
    {
        Assert.Equal((ErrorCode.None, 0), Send(40));
        Assert.Equal((ErrorCode.OutOfOrderSequenceNumber, -1), Send(42));
        Assert.Equal((ErrorCode.None, 1), Send(41));
    }

    [Fact]
    public void Sequence_numbers_go_on_at_zero_after_the_greatest()
    {
        Assert.Equal((ErrorCode.None, 0), Send(int.MaxValue - 1));
        Assert.Equal((ErrorCode.None, 1), Send(int.MaxValue, 2));
        Assert.Equal((ErrorCode.None, 3), Send(1));
        Assert.Equal((ErrorCode.None, 1), Send(int.MaxValue, 2));
    }

    [Fact]
    public void State_survives_a_clean_stop_and_a_crash_for_the_last_five_batches()
    {
        for (var sequence = 0; sequence < 6; sequence++)
        {
            Send(sequence);
        }

        _bed.Reopen(clean: false, close: false);
        Assert.Equal((ErrorCode.None, 2), Send(2));
        _bed.Reopen();
        Assert.Equal((ErrorCode.None, 5), Send(5));
        Assert.Equal((ErrorCode.None, 2), Send(2));
        Assert.Equal((ErrorCode.OutOfOrderSequenceNumber, -1), Send(0));
        Assert.Equal((ErrorCode.None, 6), Send(6));
    }

    [Fact]
    public void Expiry_goes_by_the_time_of_the_last_record()
    {
        Send(0);
        Assert.Equal(0, _bed.Log.RemoveExpiredProducers(Batches.Start + 86_399_999, 86_400_000));
        Assert.Single(_bed.Log.ActiveProducers());
        Assert.Equal(1, _bed.Log.RemoveExpiredProducers(Batches.Start + 86_400_000, 86_400_000));
    }

    [Fact]
    public void Deleted_records_leave_the_producer_known()
    {
        Send(0);
        Send(1);
        _bed.Log.MaybeIncrementStart(2);
        Assert.Equal((ErrorCode.None, 1), Send(1));
        Assert.Equal((ErrorCode.OutOfOrderSequenceNumber, -1), Send(3));
    }

    [Fact]
    public void An_open_transaction_holds_the_last_stable_offset_until_its_marker()
    {
        _bed.AppendOk(Batches.Of("plain"));
        _bed.AppendOk(Batches.Sequenced(1, 0, 0, transactional: true));
        _bed.AppendOk(Batches.Sequenced(2, 0, 0, transactional: true));
        _bed.AppendOk(Batches.Of("plain"));
        Assert.Equal((1, 4), (_bed.Log.LastStableOffset, _bed.Log.HighWatermark));
        Assert.Equal(ErrorCode.InvalidTxnState, _bed.Append(Batches.Sequenced(1, 0, 1)).Error);
        _bed.AppendOk(Batches.Marker(1, 0, commit: true), LogAppendOrigin.Coordinator);
        Assert.Equal(2, _bed.Log.LastStableOffset);
        _bed.AppendOk(Batches.Marker(2, 0, commit: false), LogAppendOrigin.Coordinator);
        Assert.Equal(6, _bed.Log.LastStableOffset);
        Assert.Equal([new AbortedTransaction(2, 2, 5, 6)], _bed.Log.AbortedTransactions(0, 6));
        var read = _bed.Log.Read(3, 1000, FetchIsolation.Committed, true);
        Assert.Equal([new AbortedTransaction(2, 2, 5, 6)], read.AbortedTransactions);
        read.Records!.Dispose();
        Assert.Empty(_bed.Log.Read(6, 1000, FetchIsolation.Committed, true).AbortedTransactions!);
        _bed.Reopen(clean: false, close: false);
        _bed.Log.HighWatermark = 6;
        Assert.Equal([new AbortedTransaction(2, 2, 5, 6)], _bed.Log.AbortedTransactions(0, 6));
        Assert.Equal(6, _bed.Log.LastStableOffset);
    }

    [Fact]
    public void A_marker_not_yet_below_the_high_watermark_still_holds_the_last_stable_offset()
    {
        _bed.AppendOk(Batches.Sequenced(1, 0, 0, transactional: true));
        _bed.Log.AppendAsLeader(Batches.Marker(1, 0, commit: true), 0, LogAppendOrigin.Coordinator, _bed.NowMs);
        Assert.Equal((0, 1), (_bed.Log.LastStableOffset, _bed.Log.HighWatermark));
        _bed.Log.HighWatermark = 2;
        Assert.Equal(2, _bed.Log.LastStableOffset);
    }

    [Fact]
    public void An_older_coordinator_is_fenced()
    {
        _bed.AppendOk(Batches.Sequenced(1, 0, 0, transactional: true));
        _bed.AppendOk(Batches.Marker(1, 0, commit: true, coordinatorEpoch: 5), LogAppendOrigin.Coordinator);
        Assert.Equal(ErrorCode.TransactionCoordinatorFenced, _bed.Append(Batches.Marker(1, 0, commit: true, coordinatorEpoch: 4), LogAppendOrigin.Coordinator).Error);
    }
}
