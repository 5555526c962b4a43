using Ouzel.Protocol;
using Ouzel.Protocol.Records;

namespace Ouzel.Client.Producing;

/// <summary>
/// The batches of one partition, from the first record's arrival to the acknowledgement: a state machine without clock, lock and network. Whoever holds it
/// tells what happens (append, taken, acknowledged, refused, lost) and when, and does what it answers. In whatever order these come, each record is written
/// at most once and in the order of the appends, and is acknowledged or failed exactly once, as long as the producer is idempotent.
/// </summary>
/// <remarks>
/// Numbered batches go on with their number until the broker says that they are in the log or cannot be. When one of them fails, there is a hole before those
/// behind it. If it certainly was not written (a <em>sure</em> hole), neither can those behind it have been: they wait until nothing is under way and
/// get new numbers under the next epoch, which also shuts out attempts that the network still holds. If it may have been written (an <em>open</em> hole), those behind it
/// find out by trying with their old numbers. A batch of which an attempt may have been written never gets new numbers: better failed than written twice.
/// Each partition counts its own epochs: brokers keep them by partition.
/// </remarks>
/// <param name="rules">Sizes and times.</param>
/// <param name="rent">An empty batch.</param>
internal sealed partial class PartitionQueue(QueueRules rules, Func<ProducerBatch> rent)
{
    /// <summary>Closed, not sent yet, without numbers.</summary>
    private readonly List<ProducerBatch> _ready = [];

    /// <summary>Sent before, to be sent again; ascending by order.</summary>
    private readonly List<ProducerBatch> _retry = [];

    /// <summary>Sent, without a response yet; in the order of sending.</summary>
    private readonly List<ProducerBatch> _inFlight = [];

    /// <summary>A broker that acknowledged lately knows the producer. One that does not takes any number as the first: then batches go one at a time.</summary>
    private const long KnownForMs = 600_000;

    private ProducerBatch? _open;
    private ProducerIdentity? _identity;
    private long _exhaustedId = -1;
    private long _acknowledgedMs = long.MinValue / 2;
    private int _nextSequence;
    private long _nextOrder;

    /// <summary>Batches behind this order certainly are not in the log.</summary>
    private long? _sureHole;

    /// <summary>A batch of this order may be in the log or not, and nobody will send it again.</summary>
    private long? _openHole;

    public bool IsEmpty => _open is null && _ready.Count == 0 && _retry.Count == 0 && _inFlight.Count == 0;

    /// <summary>Batches that wait to be sent: what the partitioner weighs partitions by.</summary>
    public int Waiting => _ready.Count + _retry.Count + (_open is null ? 0 : 1);

    public int InFlight => _inFlight.Count;

    /// <summary>All epochs of this producer id are used up: it needs another id before it goes on.</summary>
    public long ExhaustedProducerId => _exhaustedId;

    /// <summary>Adds a record behind all others.</summary>
    /// <param name="record">Copied.</param>
    /// <param name="delivery">Who waits for it; null when nobody does.</param>
    /// <param name="nowMs">Now.</param>
    public AppendOutcome Append(in EncodedRecord record, Delivery? delivery, long nowMs)
    {
        if (TryJoin(record, delivery))
        {
            return AppendOutcome.Joined;
        }

        var outcome = _open is null ? AppendOutcome.Began : AppendOutcome.Filled;
        CloseOpen();
        _open = rent();
        _open.Open(nowMs);
        _open.Append(record, delivery);
        return outcome;
    }

    /// <summary>Adds a record to the open batch, if there is one with room: what most records do, and without asking for the time.</summary>
    public bool TryJoin(in EncodedRecord record, Delivery? delivery)
    {
        if (_open is null || _open.SizeBytes + record.SizeMax > rules.BatchBytes)
        {
            return false;
        }

        _open.Append(record, delivery);
        return true;
    }

    /// <summary>Ends the open batch's wait for more records.</summary>
    public void CloseOpen()
    {
        if (_open is not null)
        {
            _ready.Add(_open);
            _open = null;
        }
    }

    /// <summary>Gives a ticket to every batch there is.</summary>
    public void AddTicket(FlushTicket ticket)
    {
        CloseOpen();
        _ready.ForEach(b => b.AddTicket(ticket));
        _retry.ForEach(b => b.AddTicket(ticket));
        _inFlight.ForEach(b => b.AddTicket(ticket));
    }

    /// <summary>The batch to send now, numbered; null when there is none. It counts as under way until one of the On methods says what became of it.</summary>
    /// <param name="identity">The producer's, null while it has none.</param>
    /// <param name="bytesMax">A larger batch stays.</param>
    /// <param name="nowMs">Now.</param>
    public ProducerBatch? TryTake(ProducerIdentity? identity, int bytesMax, long nowMs)
    {
        var batch = _retry.Count > 0 ? NextRetry(nowMs) : NextNew(identity, nowMs);
        if (batch is null || batch.SizeBytes > bytesMax)
        {
            return null;
        }

        if (_retry.Count > 0)
        {
            _retry.RemoveAt(0);
        }
        else
        {
            _ready.RemoveAt(0);
            Number(batch);
        }

        batch.Attempts++;
        _inFlight.Add(batch);
        return batch;
    }

    /// <summary>Tells when <see cref="TryTake"/> or <see cref="TakeExpired"/> can give something if nothing else happens; long.MaxValue for never.</summary>
    public long NextDueMs(long nowMs)
    {
        var due = ExpiryMs(_open);
        due = Math.Min(due, _ready.Count > 0 ? ExpiryMs(_ready[0]) : long.MaxValue);
        foreach (var batch in _retry)
        {
            due = Math.Min(due, ExpiryMs(batch));
        }

        if (!HasRoom(nowMs))
        {
            return due;
        }

        if (_retry.Count > 0)
        {
            return MaySendRetry(_retry[0]) ? Math.Min(due, Math.Max(nowMs, _retry[0].NotBeforeMs)) : due;
        }

        if (HasHole)
        {
            return due;
        }

        return _ready.Count > 0 ? Math.Min(due, Math.Max(nowMs, _ready[0].NotBeforeMs)) : _open is null ? due : Math.Min(due, _open.CreatedMs + rules.LingerMs);
    }

    /// <summary>The batches that waited too long: dropped, to be failed by the caller. Those under way are not among them.</summary>
    public void TakeExpired(long nowMs, List<ProducerBatch> expired)
    {
        if (ExpiryMs(_open) <= nowMs)
        {
            CloseOpen();
        }

        while (_ready.Count > 0 && ExpiryMs(_ready[0]) <= nowMs)
        {
            expired.Add(_ready[0]);
            _ready.RemoveAt(0);
        }

        for (var i = 0; i < _retry.Count;)
        {
            if (ExpiryMs(_retry[i]) > nowMs)
            {
                i++;
                continue;
            }

            expired.Add(_retry[i]);
            NoteHole(_retry[i]);
            _retry.RemoveAt(i);
        }

        Settle();
    }

    /// <summary>Everything that is not under way, dropped: the producer is closing.</summary>
    public void TakeAll(List<ProducerBatch> dropped)
    {
        CloseOpen();
        dropped.AddRange(_retry);
        dropped.AddRange(_ready);
        _retry.Clear();
        _ready.Clear();
    }

    private bool HasHole => _sureHole is not null || _openHole is not null;

    private ProducerBatch? NextRetry(long nowMs)
    {
        var head = _retry[0];
        return head.NotBeforeMs <= nowMs && HasRoom(nowMs) && MaySendRetry(head) ? head : null;
    }

    /// <summary>While a batch before it is under way, or certainly missing, an attempt of a numbered batch could only be refused.</summary>
    private bool MaySendRetry(ProducerBatch head) =>
        !rules.IsIdempotent || (!(_sureHole < head.Order) && IsFirst(head));

    private ProducerBatch? NextNew(ProducerIdentity? identity, long nowMs)
    {
        if (HasHole || !HasIdentity(identity) || !HasRoom(nowMs))
        {
            return null;
        }

        if (_ready.Count == 0 && _open is not null && _open.CreatedMs + rules.LingerMs <= nowMs)
        {
            CloseOpen();
        }

        return _ready.Count > 0 && _ready[0].NotBeforeMs <= nowMs ? _ready[0] : null;
    }

    private bool HasRoom(long nowMs) => _inFlight.Count < (rules.IsIdempotent && nowMs - _acknowledgedMs > KnownForMs ? 1 : rules.InFlightMax);

    private bool HasIdentity(ProducerIdentity? offered)
    {
        if (rules.IsIdempotent && _identity is null && offered is { } identity && identity.Id != _exhaustedId)
        {
            (_identity, _nextSequence, _exhaustedId, _acknowledgedMs) = (identity, 0, -1, long.MinValue / 2);
        }

        return !rules.IsIdempotent || _identity is not null;
    }

    private void Number(ProducerBatch batch)
    {
        batch.Order = _nextOrder;
        batch.OrderSpan = ProducerBatch.OrderStep;
        _nextOrder += ProducerBatch.OrderStep;
        if (_identity is { } identity)
        {
            batch.SetSequence(identity.Id, identity.Epoch, _nextSequence);
            _nextSequence = RecordBatch.AddSequence(_nextSequence, batch.Count);
        }
    }

    /// <summary>True when no batch before it is outstanding.</summary>
    private bool IsFirst(ProducerBatch batch)
    {
        foreach (var other in _inFlight)
        {
            if (other.Order < batch.Order)
            {
                return false;
            }
        }

        return _retry.Count == 0 || _retry[0].Order >= batch.Order;
    }

    private long ExpiryMs(ProducerBatch? batch) => batch is null ? long.MaxValue : batch.CreatedMs + rules.DeliveryTimeoutMs;
}
