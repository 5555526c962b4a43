using Ouzel.Client.Connections;
using Ouzel.Client.Producing;
using Ouzel.Protocol;

namespace Ouzel.Client.Tests.Producing;

public sealed class PartitionQueueTests
{
    private static readonly ProducerIdentity Identity = new(7, 0);

    private static readonly QueueRules Rules = new(IsIdempotent: true, InFlightMax: 5, BatchBytes: 200, LingerMs: 5, DeliveryTimeoutMs: 1000, new Backoff(20, 80));

    private readonly PartitionQueue _queue = new(Rules, () => new ProducerBatch());

    [Fact]
    public void Under_any_faults_nothing_is_lost_doubled_or_reordered()
    {
        for (var seed = 0; seed < 3000; seed++)
        {
            try
            {
                new QueuePlay(seed).Run(steps: 300);
            }
            catch (Exception fault)
            {
                Assert.Fail($"seed {seed}: {fault.Message}");
            }
        }
    }

    [Fact]
    public void A_batch_waits_for_the_linger_and_goes_at_once_when_it_is_full()
    {
        Append(nowMs: 0);
        Assert.Null(_queue.TryTake(Identity, int.MaxValue, 4));
        Assert.Equal(5, _queue.NextDueMs(4));
        var first = _queue.TryTake(Identity, int.MaxValue, 5)!;
        _queue.OnAcknowledged(first, 5);

        while (Append(nowMs: 6) != AppendOutcome.Filled)
        {
        }

        Assert.Equal(1, _queue.TryTake(Identity, int.MaxValue, 6)!.BaseSequence);
    }

    [Fact]
    public void Until_a_broker_knows_the_producer_batches_go_one_at_a_time()
    {
        FillBatches(3);

        var first = _queue.TryTake(Identity, int.MaxValue, 0)!;
        Assert.Null(_queue.TryTake(Identity, int.MaxValue, 0));
        _queue.OnAcknowledged(first, 0);

        Assert.NotNull(_queue.TryTake(Identity, int.MaxValue, 0));
        Assert.NotNull(_queue.TryTake(Identity, int.MaxValue, 0));
    }

    [Fact]
    public void A_repeated_batch_keeps_its_number_and_those_behind_it_wait()
    {
        var (first, second) = TwoUnderWay();

        Assert.Equal(Verdict.Retry, _queue.OnLost(first, 0));
        Assert.Equal(Verdict.Retry, _queue.OnRefused(second, ErrorCode.OutOfOrderSequenceNumber, 0));

        var again = _queue.TryTake(Identity, int.MaxValue, 100)!;
        Assert.Same(first, again);
        Assert.Null(_queue.TryTake(Identity, int.MaxValue, 100));
        _queue.OnAcknowledged(again, 100);
        Assert.Same(second, _queue.TryTake(Identity, int.MaxValue, 200));
    }

    [Fact]
    public void After_a_refusal_for_good_the_rest_goes_on_under_the_next_epoch()
    {
        var (first, second) = TwoUnderWay();

        Assert.Equal(Verdict.Fail, _queue.OnRefused(first, ErrorCode.InvalidTimestamp, 0));
        Assert.Equal(Verdict.Retry, _queue.OnRefused(second, ErrorCode.OutOfOrderSequenceNumber, 0));

        var again = SentCopy.Of(_queue.TryTake(Identity, int.MaxValue, 100)!);
        Assert.Same(second, again.Batch);
        Assert.Equal(1, again.Epoch);
        Assert.Equal(0, again.Sequence);
    }

    [Fact]
    public void A_batch_that_may_have_been_written_fails_rather_than_get_a_new_number()
    {
        var (first, second) = TwoUnderWay();
        _queue.OnLost(first, 0);
        _queue.OnLost(second, 0);
        var again = _queue.TryTake(Identity, int.MaxValue, 100)!;

        Assert.Equal(Verdict.Fail, _queue.OnRefused(again, ErrorCode.UnknownProducerId, 100));
    }

    [Fact]
    public void A_batch_too_large_for_the_topic_is_halved_until_single_records_are_left()
    {
        FillBatches(1);
        var batch = _queue.TryTake(Identity, int.MaxValue, 10)!;
        var records = batch.Count;
        Assert.Equal(Verdict.Split, _queue.OnRefused(batch, ErrorCode.MessageTooLarge, 10));

        List<int> sizes = [];
        while (_queue.TryTake(Identity, int.MaxValue, 100) is { } half)
        {
            if (half.Count > 1 && sizes.Count == 0)
            {
                Assert.Equal(Verdict.Split, _queue.OnRefused(half, ErrorCode.MessageTooLarge, 100));
                continue;
            }

            sizes.Add(half.Count);
            if (sizes.Count == 1)
            {
                Assert.Equal(Verdict.Fail, _queue.OnRefused(half, ErrorCode.MessageTooLarge, 100));
            }
            else
            {
                _queue.OnAcknowledged(half, 100);
            }
        }

        Assert.Equal(records, sizes.Sum());
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void A_batch_is_given_up_when_its_time_is_over()
    {
        Append(nowMs: 0);
        List<ProducerBatch> expired = [];

        _queue.TakeExpired(999, expired);
        Assert.Empty(expired);
        _queue.TakeExpired(1000, expired);

        Assert.Single(expired);
        Assert.True(_queue.IsEmpty);
    }

    private (ProducerBatch First, ProducerBatch Second) TwoUnderWay()
    {
        FillBatches(3);
        _queue.OnAcknowledged(_queue.TryTake(Identity, int.MaxValue, 0)!, 0);
        return (_queue.TryTake(Identity, int.MaxValue, 0)!, _queue.TryTake(Identity, int.MaxValue, 0)!);
    }

    private void FillBatches(int count)
    {
        for (var i = 0; i < count; i++)
        {
            for (var record = 0; record < 4; record++)
            {
                Append(nowMs: 0);
            }

            _queue.CloseOpen();
        }
    }

    private AppendOutcome Append(long nowMs) => _queue.Append(new EncodedRecord { TimestampMs = nowMs, HasValue = true, Value = new byte[8] }, null, nowMs);
}
