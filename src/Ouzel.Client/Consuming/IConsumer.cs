using Ouzel.Protocol;

namespace Ouzel.Client;

/// <summary>Reads records. One enumeration at a time; everything else may be called from any thread.</summary>
/// <typeparam name="TKey">Type of the keys.</typeparam>
/// <typeparam name="TValue">Type of the values.</typeparam>
public interface IConsumer<TKey, TValue> : IAsyncDisposable
{
    /// <summary>The group whose offsets are used; null for none.</summary>
    string? GroupId { get; }

    /// <summary>The id that the coordinator gave; empty outside of the group.</summary>
    string MemberId { get; }

    /// <summary>The partitions that are read now.</summary>
    IReadOnlyCollection<TopicPartition> Assignment { get; }

    /// <summary>
    /// Reads record after record; in a group, the first read joins it. Asking for the next record says that the one before is finished. Leaving the loop leaves the
    /// last record unfinished until the consumer is read again or <see cref="CommitAsync(CancellationToken)"/> is called. Ends when the consumer is disposed.
    /// </summary>
    /// <param name="cancellation">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="KafkaException">A partition cannot be read, or the consumer cannot be a member. Unless <see cref="KafkaException.IsFatal"/>, reading may begin anew.</exception>
    IAsyncEnumerable<ConsumerRecord<TKey, TValue>> ReadAsync(CancellationToken cancellation = default);

    /// <summary>As <see cref="ReadAsync"/>, several records of one partition at a time: as many as lie there, they are not waited for.</summary>
    /// <param name="maxRecords">The most in one batch.</param>
    /// <param name="cancellation">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="KafkaException">As in <see cref="ReadAsync"/>.</exception>
    IAsyncEnumerable<ConsumerBatch<TKey, TValue>> ReadBatchesAsync(int maxRecords = 500, CancellationToken cancellation = default);

    /// <summary>Commits everything that was delivered, the record or batch in hand included: calling it says that it is finished.</summary>
    /// <exception cref="KafkaException">Something was not stored: <see cref="ErrorCode.IllegalGeneration"/> when a partition was taken away meanwhile.</exception>
    Task CommitAsync(CancellationToken cancellation = default);

    /// <summary>Commits offsets, which are those of the next records to be read.</summary>
    /// <exception cref="KafkaException">As in <see cref="CommitAsync(CancellationToken)"/>.</exception>
    Task CommitAsync(IReadOnlyCollection<TopicPartitionOffset> offsets, CancellationToken cancellation = default);

    /// <summary>Asks for the offsets that the group committed. Partitions without a commit are left out.</summary>
    /// <exception cref="KafkaException">The coordinator could not be asked in time, or refused.</exception>
    Task<IReadOnlyList<TopicPartitionOffset>> CommittedAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation = default);

    /// <summary>The offset of the next record to be delivered, waited for while it is being looked up.</summary>
    Task<long> PositionAsync(TopicPartition partition, CancellationToken cancellation = default);

    /// <summary>Reads on from an offset. Records that were read ahead are dropped; what is in hand stays valid.</summary>
    /// <param name="partition">An assigned partition.</param>
    /// <param name="offset">Of the next record.</param>
    void Seek(TopicPartition partition, long offset);

    /// <summary>Reads on from an end or a time, which is looked up when the next records are fetched.</summary>
    void Seek(TopicPartition partition, StartPosition position);

    /// <summary>Delivers nothing of a partition until <see cref="Resume"/>. It stays assigned.</summary>
    void Pause(TopicPartition partition);

    /// <summary>Ends a pause.</summary>
    void Resume(TopicPartition partition);

    /// <summary>Replaces the partitions of a consumer that was made without topics. What is finished of those that go is committed first, under <see cref="ConsumerOptions.AutoCommit"/>.</summary>
    Task AssignAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation = default);

    /// <summary>Tells the consumer's place in each of its partitions, and how far it lags.</summary>
    IReadOnlyList<PartitionStatus> Status();
}
