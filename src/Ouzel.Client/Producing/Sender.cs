using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ouzel.Client.Connections;
using Ouzel.Client.Metadata;
using Ouzel.Protocol;

namespace Ouzel.Client.Producing;

/// <summary>
/// Carries batches from the queues to the leaders: one loop that looks at the partitions that have something (<see cref="RunOnce"/>), and for each request
/// a wait for its response, which tells the queues what became of their batches.
/// </summary>
internal sealed partial class Sender : IAsyncDisposable
{
    /// <summary>The loop looks around at least so often while there is something to send.</summary>
    private const int RoundMsMax = 1000;

    private readonly OuzelClient _client;
    private readonly ProducerOptions _options;
    private readonly BatchPool _batches;
    private readonly ILogger _logger;
    private readonly Lane _lane = new("producer");
    private readonly WakeSignal _signal;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<PartitionSlot> _arrived = new();
    private readonly List<PartitionSlot> _active = [];
    private readonly Dictionary<int, BrokerTurn> _turns = [];
    private readonly List<ProducerBatch> _expired = [];
    private readonly FlushTicket _underWay = new();
    private readonly ProducerIdSource? _identities;
    private ClusterMetadata _seen = ClusterMetadata.Empty;
    private Task _loop = Task.CompletedTask;
    private int _firstTurn;
    private int _unawaitedFailures;
    private KafkaException? _unawaitedFault;

    public Sender(OuzelClient client, ProducerOptions options, QueueRules rules, BatchPool batches)
    {
        (_client, _options, _batches) = (client, options, batches);
        _logger = client.World.Loggers.CreateLogger<Sender>();
        _signal = new WakeSignal(client.World.Clock);
        _identities = rules.IsIdempotent ? new ProducerIdSource(client, _signal.Set, _stop.Token) : null;
        Accumulator = new RecordAccumulator(options, rules, client.Metadata, client.World, batches, Wake);
    }

    public RecordAccumulator Accumulator { get; }

    private ClientSurroundings World => _client.World;

    public void Start() => _loop = World.Start(RunAsync);

    /// <summary>Sends what is buffered now without waiting for more, and waits for it.</summary>
    /// <exception cref="KafkaException">A record that nobody awaited has failed since the last flush.</exception>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        var buffered = new FlushTicket();
        foreach (var topic in Accumulator.Topics)
        {
            topic.AddTicket(buffered);
        }

        buffered.End();
        await buffered.Done.WaitAsync(cancellation);

        var written = new FlushTicket();
        foreach (var slot in Accumulator.Topics.SelectMany(t => t.Slots))
        {
            lock (slot.Gate)
            {
                slot.Queue.AddTicket(written);
            }
        }

        _signal.Set();
        written.End();
        await written.Done.WaitAsync(cancellation);
        if (Interlocked.Exchange(ref _unawaitedFault, null) is { } fault)
        {
            var failed = Interlocked.Exchange(ref _unawaitedFailures, 0);
            throw new KafkaException(fault.Error, $"{failed} records that nobody awaited were not written; the first of them: {fault.Message.TrimEnd('.')}", fault)
            {
                Topic = fault.Topic,
                Partition = fault.Partition,
            };
        }
    }

    public ValueTask DisposeAsync() => CloseAsync(new ClosedReason(ErrorCode.NetworkException, "The producer was closed"));

    /// <summary>Stops. What is buffered or under way fails; flush before.</summary>
    public async ValueTask CloseAsync(ClosedReason reason)
    {
        Accumulator.Close(reason);
        await _stop.CancelAsync();
        _signal.Set();
        await _loop;
        await _client.Pool.CloseAsync(_lane);
        _underWay.End();
        await _underWay.Done;
        FailAll(reason);
        _signal.Dispose();
        _stop.Dispose();
    }

    private void Wake(PartitionSlot? slot)
    {
        if (slot is not null)
        {
            _arrived.Enqueue(slot);
        }

        _signal.Set();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var nowMs = World.NowMs;
            var dueMs = RunOnce(nowMs);
            await _signal.WaitAsync(_active.Count == 0 ? long.MaxValue : Math.Min(dueMs - nowMs, RoundMsMax));
        }
    }

    /// <summary>One look at all partitions that have something. Returns when the next is due if nothing happens before.</summary>
    private long RunOnce(long nowMs)
    {
        TakeArrived();
        var cluster = _client.Metadata.Current;
        if (!ReferenceEquals(cluster, _seen))
        {
            _seen = cluster;
            RenewTopics(cluster);
        }

        if (_identities is { Current: null })
        {
            _identities.Ask();
        }

        var dueMs = long.MaxValue;
        for (var i = 0; i < _active.Count;)
        {
            var slot = _active[i];
            var slotDueMs = Look(slot, nowMs, out var isEmpty);
            if (isEmpty)
            {
                _active[i] = _active[^1];
                _active.RemoveAt(_active.Count - 1);
                continue;
            }

            i++;
            dueMs = Math.Min(dueMs, slotDueMs > nowMs ? slotDueMs : GiveTurn(slot, cluster, nowMs));
        }

        foreach (var turn in _turns.Values)
        {
            if (turn.Slots.Count > 0)
            {
                dueMs = Math.Min(dueMs, Serve(turn, nowMs));
            }
        }

        _firstTurn++;
        return dueMs;
    }

    private void TakeArrived()
    {
        while (_arrived.TryDequeue(out var slot))
        {
            _active.Add(slot);
        }
    }

    private void RenewTopics(ClusterMetadata cluster)
    {
        foreach (var topic in Accumulator.Topics)
        {
            if (cluster.Topics.TryGetValue(topic.Name, out var known) && topic.Slots.Length > 0)
            {
                topic.Renew(known);
            }
        }
    }

    /// <summary>Fails what waited too long; says when the partition has something to send.</summary>
    private long Look(PartitionSlot slot, long nowMs, out bool isEmpty)
    {
        long dueMs;
        lock (slot.Gate)
        {
            slot.Queue.TakeExpired(nowMs, _expired);
            foreach (var batch in _expired)
            {
                NoteFailure(slot, batch, ErrorCode.RequestTimedOut, Expired(slot, batch));
            }

            isEmpty = slot.Queue.IsEmpty;
            slot.IsActive = !isEmpty;
            slot.NoteWaiting();
            dueMs = slot.Queue.NextDueMs(nowMs);
        }

        foreach (var batch in _expired)
        {
            Fail(slot, batch, ErrorCode.RequestTimedOut, Expired(slot, batch));
        }

        _expired.Clear();
        return dueMs;
    }

    private string Expired(PartitionSlot slot, ProducerBatch batch) => $"A record for {slot.Name} was not acknowledged within {_options.DeliveryTimeoutMs} ms{Doubt(batch)}";

    /// <summary>Puts the partition among those of its leader, if that can be sent to; otherwise says when to look again.</summary>
    private long GiveTurn(PartitionSlot slot, ClusterMetadata cluster, long nowMs)
    {
        if (cluster.Partition(slot.Name) is not { LeaderId: >= 0 } partition || _client.Pool.Find(partition.LeaderId, _lane) is not { } link)
        {
            _client.Metadata.Use(slot.Name.Topic, mayCreate: true);
            _client.Metadata.RequestRefresh();
            return nowMs + _client.Options.RetryBackoffMs;
        }

        if (!_turns.TryGetValue(partition.LeaderId, out var turn))
        {
            _turns[partition.LeaderId] = turn = new BrokerTurn(partition.LeaderId);
        }

        turn.Connection = link.Open;
        if (turn.Connection is null)
        {
            Open(turn, link);
            return long.MaxValue;
        }

        if (turn.Connection.QuietMs is > 0 and var quietMs)
        {
            return nowMs + quietMs;
        }

        if (_identities is { Current: null } || turn.InFlight >= _options.InFlightMax)
        {
            // The answer wakes the loop.
            return long.MaxValue;
        }

        turn.Slots.Add(slot);
        return long.MaxValue;
    }

    private void Open(BrokerTurn turn, BrokerLink link)
    {
        if (turn.TryBeginOpening())
        {
            _ = World.Start(async () =>
            {
                try
                {
                    await link.OpenAsync(_stop.Token);
                }
                catch (KafkaException)
                {
                    // The link has said so in the log. The leader may be elsewhere by now.
                    _client.Metadata.RequestRefresh();
                }
                catch (OperationCanceledException)
                {
                    // Closing: nobody waits for the connection.
                }

                turn.EndOpening();
                _signal.Set();
            });
        }
    }

    private void FailAll(ClosedReason reason)
    {
        foreach (var slot in Accumulator.Topics.SelectMany(t => t.Slots))
        {
            List<ProducerBatch> dropped = [];
            lock (slot.Gate)
            {
                slot.Queue.TakeAll(dropped);
                dropped.ForEach(batch => NoteFailure(slot, batch, reason.Error, Dropped(slot, batch)));
            }

            foreach (var batch in dropped)
            {
                Fail(slot, batch, reason.Error, Dropped(slot, batch));
            }
        }

        if (_unawaitedFault is { } fault)
        {
            ClientEvents.RecordsLost(_logger, _unawaitedFailures, fault.Message);
        }

        string Dropped(PartitionSlot slot, ProducerBatch batch) => $"{reason.What} before a record for {slot.Name} was acknowledged{Doubt(batch)}";
    }
}
