using Ouzel.Client.Metadata;
using Ouzel.Client.Telemetry;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;

namespace Ouzel.Client.Producing;

/// <summary>The partitions of one topic, and the records that wait for the topic to be known or for room in the buffer; these keep their order.</summary>
internal sealed class TopicQueues(string name, RecordAccumulator accumulator)
{
    /// <summary>The cost of a small record in a batch beside its parts, about: so that a batch's worth of bytes is a batch.</summary>
    private const int OverheadUsual = 12;

    private readonly StickyPartitioner _sticky = new(accumulator.Rules.BatchBytes);
    private readonly Lock _gate = new();
    private readonly Queue<WaitingRecord> _waiting = new();
    private PartitionSlot[] _slots = [];
    private bool _isWaiting;

    public string Name => name;

    public PartitionSlot[] Slots => Volatile.Read(ref _slots);

    /// <summary>Buffers a record if that can be done at once; nothing has happened otherwise.</summary>
    public bool TryAppend(int? partition, in EncodedRecord record, Delivery? delivery)
    {
        var slots = Slots;
        if (slots.Length == 0 || partition >= slots.Length || Volatile.Read(ref _isWaiting) || !accumulator.Budget.TryTake(record.SizeMax))
        {
            return false;
        }

        Append(slots, partition, record, delivery);
        return true;
    }

    /// <summary>Lets a record wait in line.</summary>
    public void Wait(WaitingRecord record)
    {
        bool starts;
        lock (_gate)
        {
            _waiting.Enqueue(record);
            starts = !_isWaiting;
            Volatile.Write(ref _isWaiting, true);
        }

        if (starts)
        {
            _ = accumulator.World.Start(ServeWaitingAsync);
        }
    }

    /// <summary>Has <paramref name="ticket"/> wait until what waits now is buffered.</summary>
    public void AddTicket(FlushTicket ticket)
    {
        lock (_gate)
        {
            foreach (var record in _waiting)
            {
                if (record.Ticket is null)
                {
                    ticket.Add();
                    record.Ticket = ticket;
                }
                else
                {
                    // Two flushes at a time: the later also waits for the earlier one's records.
                    var earlier = record.Ticket;
                    ticket.Add();
                    _ = earlier.Done.ContinueWith(static (_, state) => ((FlushTicket)state!).End(), ticket, TaskScheduler.Default);
                }
            }
        }
    }

    /// <summary>Takes in the number of partitions, which only grows.</summary>
    public void Renew(TopicMetadata topic)
    {
        lock (_gate)
        {
            if (topic.Partitions.Length > _slots.Length)
            {
                PartitionSlot[] added = [.. Enumerable.Range(_slots.Length, topic.Partitions.Length - _slots.Length).Select(i => accumulator.NewSlot(new TopicPartition(name, i)))];
                Volatile.Write(ref _slots, [.. _slots, .. added]);
            }
        }
    }

    private void Append(PartitionSlot[] slots, int? partition, in EncodedRecord record, Delivery? delivery)
    {
        var isSticky = partition is null && !record.HasKey;
        var index = partition ?? (record.HasKey ? Murmur2.Partition(record.Key, slots.Length) : StickyIndex(slots));
        var moves = isSticky && _sticky.OnAppended(index, record.SizeMax - EncodedRecord.OverheadMax + OverheadUsual);
        accumulator.Append(slots[index], record, delivery, closes: moves);
        if (moves)
        {
            MoveOn(slots);
        }
    }

    private int StickyIndex(PartitionSlot[] slots)
    {
        var current = _sticky.Current;
        return (uint)current < (uint)slots.Length ? current : MoveOn(slots);
    }

    private int MoveOn(PartitionSlot[] slots)
    {
        var cluster = accumulator.Metadata.Current;
        var waiting = new int[slots.Length];
        for (var i = 0; i < slots.Length; i++)
        {
            waiting[i] = cluster.Partition(slots[i].Name) is { LeaderId: < 0 } ? -1 : slots[i].Waiting;
        }

        return _sticky.Next(waiting, accumulator.World.Chance());
    }

    private async Task ServeWaitingAsync()
    {
        for (var isMore = true; isMore;)
        {
            var record = Head();
            Exception? refused = null;
            try
            {
                await MakeRoomAsync(record);
                Append(Slots, record.Partition, record.Record, record.Delivery);
            }
            catch (Exception fault)
            {
                ClientTelemetry.OnSent(name, -1, 1, accumulator.World.NowMs + accumulator.BlockMs - record.DueMs, (fault as KafkaException)?.Error ?? ErrorCode.UnknownServerError);
                refused = fault;
            }

            isMore = Retire(record);
            Tell(record, refused);
        }
    }

    private WaitingRecord Head()
    {
        lock (_gate)
        {
            return _waiting.Peek();
        }
    }

    /// <summary>True when more records wait. Comes before anybody is told: whoever goes on with the next record shall not find that one still waits.</summary>
    private bool Retire(WaitingRecord record)
    {
        bool isMore;
        lock (_gate)
        {
            _waiting.Dequeue();
            isMore = _waiting.Count > 0;
            Volatile.Write(ref _isWaiting, isMore);
        }

        accumulator.OnWaitingEnded(record.SizeMax);
        return isMore;
    }

    private static void Tell(WaitingRecord record, Exception? refused)
    {
        if (refused is null)
        {
            record.Buffered?.TrySetResult();
        }
        else
        {
            record.Fail(refused);
        }

        record.Ticket?.End();
    }

    private async Task MakeRoomAsync(WaitingRecord record)
    {
        record.Cancellation.ThrowIfCancellationRequested();
        accumulator.ThrowIfClosed();
        if (Slots.Length == 0 || record.Partition >= Slots.Length)
        {
            Renew(await accumulator.Metadata.TopicAsync(name, mayCreate: true, LeftMs(record), record.Cancellation));
        }

        if (record.Partition >= Slots.Length)
        {
            await accumulator.Metadata.RefreshAsync();
            Renew(await accumulator.Metadata.TopicAsync(name, mayCreate: true, LeftMs(record), record.Cancellation));
        }

        if (record.Partition >= Slots.Length)
        {
            throw new KafkaException(ErrorCode.UnknownTopicOrPartition, $"Topic {name} has {Slots.Length} partitions, a record names partition {record.Partition}") { Topic = name, Partition = record.Partition };
        }

        try
        {
            await accumulator.Budget.TakeAsync(record.SizeMax, LeftMs(record), record.Cancellation);
        }
        catch (TimeoutException late)
        {
            throw new KafkaException(ErrorCode.RequestTimedOut, $"The producer's buffer stayed full until a record for {name} had waited too long", late) { Topic = name };
        }
    }

    private int LeftMs(WaitingRecord record) => (int)Math.Max(1, record.DueMs - accumulator.World.NowMs);
}
