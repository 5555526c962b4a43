using Ouzel.Protocol.Records;

namespace Ouzel.Client;

/// <summary>The options of a producer. Times are milliseconds; Kafka's name of each setting stands in its text.</summary>
public sealed class ProducerOptions
{
    /// <summary>So many requests to one broker may be without a response. A broker remembers five batches of an idempotent producer (KIP-98).</summary>
    internal const int IdempotentInFlightMax = 5;

    /// <summary>The topic of records that name none. Null: each has to name one.</summary>
    public string? Topic { get; init; }

    /// <summary>The point from which a record counts as written (acks).</summary>
    public Acks Acks { get; init; } = Acks.All;

    /// <summary>
    /// True when retries write each record once and in order (enable.idempotence). Null: yes, when <see cref="Acks"/> is All, which it needs.
    /// </summary>
    public bool? Idempotent { get; init; }

    /// <summary>The packing of batches (compression.type).</summary>
    public CompressionCodec Compression { get; init; } = CompressionCodec.None;

    /// <summary>On the codec's own scale; null for its default (compression.*.level).</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>The longest that a batch that is not full waits for more records (linger.ms). Kafka's default.</summary>
    public int LingerMs { get; init; } = 5;

    /// <summary>A batch is full with so many bytes, before compression (batch.size). A larger record has a batch of its own. Kafka's default.</summary>
    public int BatchBytes { get; init; } = 16 * 1024;

    /// <summary>Bytes of records that are buffered (buffer.memory); further sends wait. Kafka's default.</summary>
    public long BufferBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>The largest request and the largest record, before compression (max.request.size). Kafka's default.</summary>
    public int RequestBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Requests to one broker without a response (max.in.flight.requests.per.connection). Kafka's default, and the most for an idempotent producer.
    /// Without idempotence, a value above 1 lets retries change the order.</summary>
    public int InFlightMax { get; init; } = IdempotentInFlightMax;

    /// <summary>From a record's batch being begun to its failure (delivery.timeout.ms); an attempt under way is still awaited. Kafka's default.</summary>
    public int DeliveryTimeoutMs { get; init; } = 120_000;

    /// <summary>The longest that a send waits for room in the buffer and for the topic to be known (max.block.ms). Kafka's default.</summary>
    public int BlockMs { get; init; } = 60_000;

    /// <summary>
    /// The longest that <see cref="IAsyncDisposable.DisposeAsync"/> goes on sending what is buffered. The smallest that outlasts one request that fails and is
    /// repeated.
    /// </summary>
    public int CloseTimeoutMs { get; init; } = 60_000;

    /// <summary>
    /// True when code that awaits an acknowledgement may run on the producer's own thread. Saves an object and a switch of threads for each record; such code
    /// must not block.
    /// </summary>
    public bool AllowSynchronousContinuations { get; init; }

    internal bool IsIdempotent => Idempotent ?? Acks == Acks.All;

    internal void Validate(int requestTimeoutMs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(LingerMs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BatchBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BufferBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(RequestBytesMax);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(InFlightMax);
        ArgumentOutOfRangeException.ThrowIfNegative(BlockMs);
        ArgumentOutOfRangeException.ThrowIfNegative(CloseTimeoutMs);
        if (DeliveryTimeoutMs < LingerMs + requestTimeoutMs)
        {
            throw new ArgumentException($"DeliveryTimeoutMs ({DeliveryTimeoutMs}) must be at least LingerMs ({LingerMs}) and RequestTimeoutMs ({requestTimeoutMs}) together.");
        }

        if (IsIdempotent && Acks != Acks.All)
        {
            throw new ArgumentException("An idempotent producer needs Acks.All.");
        }

        if (IsIdempotent && InFlightMax > IdempotentInFlightMax)
        {
            throw new ArgumentException($"An idempotent producer may have {IdempotentInFlightMax} requests in flight at most.");
        }
    }
}
