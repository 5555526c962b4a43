namespace Ouzel.Client;

/// <summary>Sends records.</summary>
/// <typeparam name="TKey">Type of the keys.</typeparam>
/// <typeparam name="TValue">Type of the values.</typeparam>
public interface IProducer<TKey, TValue> : IAsyncDisposable
{
    /// <summary>The topic of records that name none; null when each has to name one.</summary>
    string? Topic { get; }

    /// <summary>Sends a record and ends with its acknowledgement.</summary>
    /// <remarks>
    /// The record is encoded before the call returns and may be changed then. Records of one topic go out in the order of the calls. Await the result once; not
    /// awaiting it at once lets many records be under way, see <see cref="EnqueueAsync"/> for a bound on them.
    /// </remarks>
    /// <param name="record">What to send.</param>
    /// <param name="cancellation">Ends the wait for room in the buffer; a record that is buffered is sent.</param>
    /// <exception cref="KafkaException">It was not written, or nobody knows: <see cref="KafkaException.Error"/> and the message say which.</exception>
    ValueTask<RecordMetadata> SendAsync(in ProducerRecord<TKey, TValue> record, CancellationToken cancellation = default);

    /// <summary>Sends a record of key and value to the producer's own topic; see <see cref="SendAsync(in ProducerRecord{TKey, TValue}, CancellationToken)"/>.</summary>
    /// <param name="key">Records with equal keys go to the same partition; null for none.</param>
    /// <param name="value">Null writes a tombstone.</param>
    /// <param name="cancellation">Ends the wait for room in the buffer; a record that is buffered is sent.</param>
    /// <exception cref="KafkaException">It was not written, or nobody knows.</exception>
    /// <exception cref="InvalidOperationException">The producer has no topic of its own: <see cref="ProducerOptions.Topic"/>.</exception>
    ValueTask<RecordMetadata> SendAsync(TKey? key, TValue? value, CancellationToken cancellation = default);

    /// <summary>Buffers a record and ends when it is buffered: at once, unless the buffer is full. Nobody waits for its acknowledgement; <see cref="FlushAsync"/> tells of failures.</summary>
    /// <param name="record">What to send.</param>
    /// <param name="cancellation">Ends the wait for room in the buffer.</param>
    /// <exception cref="KafkaException">It could not be buffered.</exception>
    ValueTask EnqueueAsync(in ProducerRecord<TKey, TValue> record, CancellationToken cancellation = default);

    /// <summary>Sends what is buffered without waiting for more, and ends when all of it is acknowledged or has failed.</summary>
    /// <exception cref="KafkaException">Records given to <see cref="EnqueueAsync"/> since the last flush were not written; what was sent by <see cref="SendAsync(in ProducerRecord{TKey, TValue}, CancellationToken)"/> fails there.</exception>
    Task FlushAsync(CancellationToken cancellation = default);
}
