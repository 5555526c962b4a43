using Ouzel.Client.Connections;
using Ouzel.Client.Producing;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;

namespace Ouzel.Client.Tests.Producing;

/// <summary>A partition's leader as far as its producers can tell: checks numbers as Kafka does, remembers the last five batches, keeps the log.</summary>
internal sealed class ModelLeader
{
    private const int RememberedBatches = 5;

    private readonly List<(int First, int Last, long Offset)> _recent = [];
    private short _epoch = -1;

    /// <summary>The records' names, in the order of the log.</summary>
    public List<long> Log { get; } = [];

    public (ErrorCode Error, long BaseOffset) Append(SentCopy batch)
    {
        if (_epoch >= 0)
        {
            var repeated = batch.Epoch == _epoch ? _recent.FindIndex(r => r.First == batch.Sequence && r.Last == batch.LastSequence) : -1;
            if (repeated >= 0)
            {
                return (ErrorCode.None, _recent[repeated].Offset);
            }

            if (batch.Epoch < _epoch)
            {
                return (ErrorCode.InvalidProducerEpoch, -1);
            }

            var expected = batch.Epoch > _epoch ? 0 : RecordBatch.AddSequence(_recent[^1].Last, 1);
            if (batch.Sequence != expected)
            {
                return (ErrorCode.OutOfOrderSequenceNumber, -1);
            }
        }

        if (batch.Epoch > _epoch)
        {
            _recent.Clear();
            _epoch = batch.Epoch;
        }

        var offset = Log.Count;
        Log.AddRange(batch.Records);
        _recent.Add((batch.Sequence, batch.LastSequence, offset));
        if (_recent.Count > RememberedBatches)
        {
            _recent.RemoveAt(0);
        }

        return (ErrorCode.None, offset);
    }
}

/// <summary>A batch as the network carries it: it stays as it was when it left.</summary>
internal sealed record SentCopy(ProducerBatch Batch, short Epoch, int Sequence, int LastSequence, IReadOnlyList<long> Records)
{
    public static SentCopy Of(ProducerBatch batch)
    {
        Assert.True(RecordBatch.TryRead(batch.Bytes(CompressionCodec.None, Compression.DefaultLevel).Span, out var bytes, out _));
        List<long> records = [];
        foreach (var record in bytes.Records())
        {
            records.Add(BitConverter.ToInt64(record.Value));
        }

        return new SentCopy(batch, bytes.ProducerEpoch, bytes.BaseSequence, bytes.LastSequence, records);
    }
}

/// <summary>Plays a queue against a leader over a network that loses, delays and repeats, by chance from a seed.</summary>
internal sealed class QueuePlay
{
    private const int DeliveryTimeoutMs = 1000;

    private readonly Random _random;
    private readonly PartitionQueue _queue;
    private readonly ModelLeader _leader = new();
    private readonly DeliveryPool _deliveries = new(allowSynchronousContinuations: true);
    private readonly List<SentCopy> _underWay = [];
    private readonly List<SentCopy> _stale = [];
    private readonly List<(long Name, ValueTask<RecordMetadata> Done)> _sent = [];
    private readonly HashSet<long> _maybeWritten = [];
    private long _nowMs;

    public QueuePlay(int seed)
    {
        _random = new Random(seed);
        var rules = new QueueRules(IsIdempotent: true, InFlightMax: _random.Next(1, 6), BatchBytes: 200, LingerMs: 5, DeliveryTimeoutMs, new Backoff(20, 80));
        _queue = new PartitionQueue(rules, () => new ProducerBatch());
    }

    public void Run(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            Step(isCalm: false);
        }

        // Then nothing goes wrong any more, and everything must come to an end.
        for (var i = 0; !_queue.IsEmpty; i++)
        {
            Assert.True(i < 10_000, "the queue does not come to an end");
            Step(isCalm: true);
            _nowMs += 1;
        }

        DeliverStale(all: true);
        Check();
    }

    private void Step(bool isCalm)
    {
        switch (_random.Next(isCalm ? 4 : 7))
        {
            case 0:
                Take();
                break;
            case 1:
            case 2:
                Answer(isCalm);
                break;
            case 3:
                _nowMs += _random.Next(isCalm ? 100 : 30);
                Expire();
                break;
            case 4:
            case 5:
                Append();
                break;
            case 6:
                DeliverStale(all: false);
                break;
        }
    }

    private void Append()
    {
        var name = (long)_sent.Count;
        var delivery = _deliveries.Rent();
        _sent.Add((name, delivery.Task));
        _queue.Append(new EncodedRecord { TimestampMs = _nowMs, HasValue = true, Value = BitConverter.GetBytes(name) }, delivery, _nowMs);
    }

    private void Take()
    {
        if (_queue.TryTake(new ProducerIdentity(7, 0), int.MaxValue, _nowMs) is { } batch)
        {
            _underWay.Add(SentCopy.Of(batch));
        }
    }

    private void Answer(bool isCalm)
    {
        if (_underWay.Count == 0)
        {
            return;
        }

        var sent = _underWay[0];
        _underWay.RemoveAt(0);
        switch (isCalm ? int.MaxValue : _random.Next(12))
        {
            case 0: // lost before it arrived, though it may yet arrive
                _stale.Add(sent);
                Told(sent, _queue.OnLost(sent.Batch, _nowMs), isDoubtful: true);
                break;
            case 1: // arrived, the response is lost
                _leader.Append(sent);
                Told(sent, _queue.OnLost(sent.Batch, _nowMs), isDoubtful: true);
                break;
            case 2: // refused before the append
                Told(sent, _queue.OnRefused(sent.Batch, _random.Next(2) == 0 ? ErrorCode.NotEnoughReplicas : ErrorCode.NotLeaderOrFollower, _nowMs), isDoubtful: false);
                break;
            case 3: // appended, but not in time
                Refused(sent, _leader.Append(sent).Error is ErrorCode.None ? ErrorCode.RequestTimedOut : ErrorCode.NotLeaderOrFollower, isDoubtful: true);
                break;
            case 4:
                Refused(sent, sent.Records.Count > 2 ? ErrorCode.MessageTooLarge : ErrorCode.InvalidRecord, isDoubtful: false);
                break;
            case 5:
                _queue.OnNotSent(sent.Batch, _nowMs);
                break;
            default:
                var (error, offset) = _leader.Append(sent);
                if (error == ErrorCode.None)
                {
                    _queue.OnAcknowledged(sent.Batch, _nowMs);
                    sent.Batch.Complete(new TopicPartition("t", 0), offset, -1);
                }
                else
                {
                    Refused(sent, error, isDoubtful: false);
                }

                break;
        }
    }

    private void Refused(SentCopy sent, ErrorCode error, bool isDoubtful) => Told(sent, _queue.OnRefused(sent.Batch, error, _nowMs), isDoubtful);

    private void Told(SentCopy sent, Verdict verdict, bool isDoubtful)
    {
        if (isDoubtful || sent.Batch.IsUncertain)
        {
            _maybeWritten.UnionWith(sent.Records);
        }

        if (verdict == Verdict.Fail)
        {
            sent.Batch.Fail(() => new KafkaException(ErrorCode.RequestTimedOut, "failed"));
        }
    }

    private void Expire()
    {
        List<ProducerBatch> expired = [];
        _queue.TakeExpired(_nowMs, expired);
        expired.ForEach(b => b.Fail(() => new KafkaException(ErrorCode.RequestTimedOut, "expired")));
    }

    /// <summary>Requests whose connection broke long ago reach the leader after all.</summary>
    private void DeliverStale(bool all)
    {
        while (_stale.Count > 0)
        {
            var at = _random.Next(_stale.Count);
            _leader.Append(_stale[at]);
            _stale.RemoveAt(at);
            if (!all)
            {
                return;
            }
        }
    }

    private void Check()
    {
        Assert.Equal(_leader.Log.Distinct(), _leader.Log);
        Assert.Equal(_leader.Log.Order(), _leader.Log);
        foreach (var (name, done) in _sent)
        {
            Assert.True(done.IsCompleted, $"record {name} is neither acknowledged nor failed");
            if (done.IsCompletedSuccessfully)
            {
                Assert.Equal(name, _leader.Log[(int)done.Result.Offset]);
            }
            else
            {
                Assert.True(!_leader.Log.Contains(name) || _maybeWritten.Contains(name), $"record {name} is said not to be written, and is");
            }
        }
    }
}
