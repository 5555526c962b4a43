using System.Collections.Concurrent;
using Ouzel.Client.Connections;
using Ouzel.Client.Metadata;
using Ouzel.Protocol;

namespace Ouzel.Client.Producing;

/// <summary>
/// The place where records wait between the call that sends them and the request that carries them. Appending takes the lock of one partition, for a copy.
/// </summary>
internal sealed class RecordAccumulator
{
    private readonly ConcurrentDictionary<string, TopicQueues> _topics = new(StringComparer.Ordinal);
    private readonly ProducerOptions _options;
    private readonly BatchPool _batches;
    private readonly Action<PartitionSlot?> _wake;
    private ClosedReason? _closed;
    private long _waitingBytes;

    /// <param name="options">Sizes and times.</param>
    /// <param name="rules">The same, for the queues.</param>
    /// <param name="metadata">The cluster.</param>
    /// <param name="world">Clock, chance, scheduler.</param>
    /// <param name="batches">Empty batches.</param>
    /// <param name="wake">There is something to do, at a partition that had nothing before if one is given.</param>
    public RecordAccumulator(ProducerOptions options, QueueRules rules, MetadataCache metadata, ClientSurroundings world, BatchPool batches, Action<PartitionSlot?> wake)
    {
        (_options, _batches, _wake) = (options, batches, wake);
        (Rules, Metadata, World) = (rules, metadata, world);
        Budget = new BufferBudget(options.BufferBytes, world);
    }

    public QueueRules Rules { get; }

    public MetadataCache Metadata { get; }

    public ClientSurroundings World { get; }

    public BufferBudget Budget { get; }

    public int BlockMs => _options.BlockMs;

    public IEnumerable<TopicQueues> Topics => _topics.Values;

    /// <summary>Buffers a record, now or when its topic is known and there is room. Never blocks; what goes wrong later is told to the delivery.</summary>
    /// <returns>Null when the record is buffered already; otherwise what ends when it is, if <paramref name="tellsBuffered"/>.</returns>
    /// <exception cref="KafkaException">The record is too large, too many wait already, or the producer is closed.</exception>
    public Task? Add(string topic, int? partition, in EncodedRecord record, Delivery? delivery, bool tellsBuffered, CancellationToken cancellation)
    {
        ThrowIfClosed();
        if (record.SizeMax > _options.RequestBytesMax)
        {
            throw new KafkaException(ErrorCode.MessageTooLarge, $"A record for {topic} takes {record.SizeMax} bytes, RequestBytesMax is {_options.RequestBytesMax}") { Topic = topic };
        }

        var queues = _topics.TryGetValue(topic, out var known) ? known : Find(topic);
        if (queues.TryAppend(partition, record, delivery))
        {
            return null;
        }

        if (Interlocked.Add(ref _waitingBytes, record.SizeMax) > _options.BufferBytes)
        {
            Interlocked.Add(ref _waitingBytes, -record.SizeMax);
            throw new KafkaException(ErrorCode.RequestTimedOut, $"The buffer is full and as much again waits for it: await the sends, or wait with EnqueueAsync (a record for {topic})") { Topic = topic };
        }

        var buffered = tellsBuffered ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        queues.Wait(new WaitingRecord(record)
        {
            Partition = partition,
            Delivery = delivery,
            Buffered = buffered,
            DueMs = World.NowMs + _options.BlockMs,
            Cancellation = cancellation,
        });
        return buffered?.Task ?? Task.CompletedTask;
    }

    /// <summary>Puts a record whose bytes are granted into its partition's queue.</summary>
    /// <param name="slot">The partition.</param>
    /// <param name="record">Copied.</param>
    /// <param name="delivery">Who waits for it.</param>
    /// <param name="closes">The batch that it joins is full enough.</param>
    public void Append(PartitionSlot slot, in EncodedRecord record, Delivery? delivery, bool closes)
    {
        AppendOutcome outcome;
        bool activates;
        lock (slot.Gate)
        {
            if (_closed is not null)
            {
                Budget.Return(record.SizeMax);
                ThrowIfClosed();
            }

            outcome = slot.Queue.TryJoin(record, delivery) ? AppendOutcome.Joined : slot.Queue.Append(record, delivery, World.NowMs);
            if (closes)
            {
                slot.Queue.CloseOpen();
            }

            slot.NoteWaiting();
            activates = !slot.IsActive;
            slot.IsActive = true;
        }

        if (activates)
        {
            _wake(slot);
        }
        else if (closes || outcome != AppendOutcome.Joined)
        {
            _wake(null);
        }
    }

    public PartitionSlot NewSlot(TopicPartition partition) => new(partition, new PartitionQueue(Rules, _batches.Rent));

    public void OnWaitingEnded(int bytes) => Interlocked.Add(ref _waitingBytes, -bytes);

    /// <summary>From now on nothing is taken.</summary>
    public void Close(ClosedReason reason) => Interlocked.CompareExchange(ref _closed, reason, null);

    public void ThrowIfClosed()
    {
        if (Volatile.Read(ref _closed) is { } closed)
        {
            throw closed.Exception();
        }
    }

    private TopicQueues Find(string topic)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        var queues = _topics.GetOrAdd(topic, static (name, accumulator) => new TopicQueues(name, accumulator), this);
        if (Metadata.Current.Topics.TryGetValue(topic, out var known) && known.Error == ErrorCode.None)
        {
            Metadata.Use(topic, mayCreate: true);
            queues.Renew(known);
        }

        return queues;
    }
}

/// <summary>The reason why a producer takes no records any more.</summary>
internal sealed record ClosedReason(ErrorCode Error, string What, Exception? Cause = null)
{
    public KafkaException Exception() => new(Error, What, Cause) { IsFatal = true };
}
