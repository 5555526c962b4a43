using Ouzel.Protocol;
using Ouzel.Protocol.Records;

namespace Ouzel.Client.Producing;

/// <summary>Records of one partition that travel together: their bytes, who waits for them, and what <see cref="PartitionQueue"/> has to know of their road.</summary>
internal sealed class ProducerBatch : IDisposable
{
    /// <summary>Orders of batches lie so far apart that a batch can be split down to single records.</summary>
    public const long OrderStep = 1L << 32;

    private readonly RecordBatchBuilder _builder = new() { PartitionLeaderEpoch = -1 };
    private readonly List<FlushTicket> _tickets = [];
    private Entry[] _entries = new Entry[64];
    private ReadOnlyMemory<byte> _built;

    public int Count => _builder.Count;

    /// <summary>Before compression.</summary>
    public int SizeBytes => _builder.SizeInBytes;

    /// <summary>The bytes that the buffer's bound counts for it.</summary>
    public long ChargedBytes { get; private set; }

    /// <summary>The time at which its first record came.</summary>
    public long CreatedMs { get; private set; }

    /// <summary>A failed attempt is not repeated before.</summary>
    public long NotBeforeMs { get; set; }

    public int Attempts { get; set; }

    /// <summary>Place among the batches of its partition, given when it is first taken.</summary>
    public long Order { get; set; }

    /// <summary>Room behind <see cref="Order"/> before the next batch's.</summary>
    public long OrderSpan { get; set; }

    /// <summary>An attempt ended in a way that leaves open whether the records were appended.</summary>
    public bool IsUncertain { get; set; }

    /// <summary>-1 while it has none.</summary>
    public int BaseSequence { get; private set; } = -1;

    public bool HasSequence => BaseSequence >= 0;

    public void Open(long nowMs) => CreatedMs = nowMs;

    public void Append(in EncodedRecord record, Delivery? delivery)
    {
        var index = _builder.Count;
        _builder.AppendAt(index, record.TimestampMs, record.Key, record.HasKey, record.Value, record.HasValue, record.HeaderCount, record.Headers);
        Add(index, record.TimestampMs, record.SizeMax, delivery);
    }

    /// <summary>Numbers the records for a broker's check (KIP-98); -1 takes the number back.</summary>
    public void SetSequence(long producerId, short epoch, int sequence)
    {
        (_builder.ProducerId, _builder.ProducerEpoch, _builder.BaseSequence) = (producerId, epoch, sequence);
        BaseSequence = sequence;
        _built = default;
    }

    /// <summary>The batch as it goes over the wire; packed once as long as the numbers stay.</summary>
    public ReadOnlyMemory<byte> Bytes(CompressionCodec codec, int level)
    {
        if (_built.IsEmpty)
        {
            (_builder.Codec, _builder.Level) = (codec, level);
            _built = _builder.Build();
        }

        return _built;
    }

    /// <summary>Whoever flushes waits for this batch.</summary>
    public void AddTicket(FlushTicket ticket)
    {
        ticket.Add();
        _tickets.Add(ticket);
    }

    /// <summary>Moves the records into two batches, the first half into <paramref name="first"/>; numbers and what is known of their fate go with them.</summary>
    public void SplitInto(ProducerBatch first, ProducerBatch second)
    {
        var half = Count / 2;
        var index = 0;
        if (!RecordBatch.TryRead(Bytes(CompressionCodec.None, Compression.DefaultLevel).Span, out var batch, out _))
        {
            throw new InvalidOperationException("A batch that was built cannot be read: its builder is broken.");
        }

        foreach (var record in batch.Records())
        {
            var target = index < half ? first : second;
            target._builder.AppendCopy(record, target.Count, record.TimestampMs);
            var entry = _entries[index];
            target.Add(target.Count - 1, entry.TimestampMs, entry.Bytes, entry.Delivery);
            index++;
        }

        foreach (var part in (ReadOnlySpan<ProducerBatch>)[first, second])
        {
            (part.CreatedMs, part.IsUncertain, part.Attempts) = (CreatedMs, IsUncertain, Attempts);
            part.OrderSpan = OrderSpan / 2;
            _tickets.ForEach(part.AddTicket);
        }

        EndTickets();
        (first.Order, second.Order) = (Order, Order + (OrderSpan / 2));
        if (HasSequence)
        {
            first.SetSequence(_builder.ProducerId, _builder.ProducerEpoch, BaseSequence);
            second.SetSequence(_builder.ProducerId, _builder.ProducerEpoch, RecordBatch.AddSequence(BaseSequence, half));
        }
    }

    /// <summary>Tells whoever waits where the records are.</summary>
    /// <param name="partition">Its partition.</param>
    /// <param name="baseOffset">-1 when unknown.</param>
    /// <param name="logAppendTimeMs">-1 when the records keep their own times.</param>
    public void Complete(TopicPartition partition, long baseOffset, long logAppendTimeMs)
    {
        for (var i = 0; i < Count; i++)
        {
            var entry = _entries[i];
            entry.Delivery?.Complete(new RecordMetadata(
                partition.Topic, partition.Partition, baseOffset < 0 ? -1 : baseOffset + i, logAppendTimeMs >= 0 ? logAppendTimeMs : entry.TimestampMs));
        }

        EndTickets();
    }

    /// <summary>Tells whoever waits that the records are not written, or that nobody knows.</summary>
    public void Fail(Func<KafkaException> fault)
    {
        for (var i = 0; i < Count; i++)
        {
            _entries[i].Delivery?.Fail(fault());
        }

        EndTickets();
    }

    /// <summary>Counts the records that nobody waits for.</summary>
    public int CountUnawaited()
    {
        var unawaited = 0;
        for (var i = 0; i < Count; i++)
        {
            unawaited += _entries[i].Delivery is null ? 1 : 0;
        }

        return unawaited;
    }

    /// <summary>Empties it for other records. The arrays stay.</summary>
    public void Reset()
    {
        SetSequence(-1, -1, -1);
        Array.Clear(_entries, 0, Count);
        _builder.Reset();
        _tickets.Clear();
        (ChargedBytes, NotBeforeMs, Attempts, Order, OrderSpan, IsUncertain) = (0, 0, 0, 0, 0, false);
    }

    /// <summary>Gives its arrays back; it is not used again.</summary>
    public void Dispose() => _builder.Dispose();

    private void Add(int index, long timestampMs, int bytes, Delivery? delivery)
    {
        if (index == _entries.Length)
        {
            Array.Resize(ref _entries, 2 * _entries.Length);
        }

        _entries[index] = new Entry(delivery, timestampMs, bytes);
        ChargedBytes += bytes;
    }

    private void EndTickets()
    {
        foreach (var ticket in _tickets)
        {
            ticket.End();
        }

        _tickets.Clear();
    }

    private readonly record struct Entry(Delivery? Delivery, long TimestampMs, int Bytes);
}
