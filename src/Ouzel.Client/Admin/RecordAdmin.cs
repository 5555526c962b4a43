using Ouzel.Client.Admin;
using Ouzel.Client.Connections;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client;

/// <summary>The offset of a partition that is asked for.</summary>
public readonly record struct OffsetSpec
{
    private OffsetSpec(long wire, short versionMin) => (Wire, VersionMin) = (wire, versionMin);

    /// <summary>The offset after the last record that consumers may see.</summary>
    public static OffsetSpec Latest { get; } = new(-1, 1);

    /// <summary>The first offset that is left.</summary>
    public static OffsetSpec Earliest { get; } = new(-2, 1);

    /// <summary>The record with the largest timestamp (KIP-734; Kafka 3.0).</summary>
    public static OffsetSpec MaxTimestamp { get; } = new(-3, 7);

    internal long Wire { get; }

    internal short VersionMin { get; }

    /// <summary>The first record whose timestamp is not before a time.</summary>
    /// <param name="timestampMs">Milliseconds since 1970.</param>
    public static OffsetSpec At(long timestampMs) =>
        timestampMs >= 0 ? new OffsetSpec(timestampMs, 1) : throw new ArgumentOutOfRangeException(nameof(timestampMs), timestampMs, "A time is not negative.");
}

/// <summary>An offset that was asked for.</summary>
/// <param name="Offset">-1 when no record fits.</param>
/// <param name="TimestampMs">The record's time where a record was looked for, else -1.</param>
/// <param name="LeaderEpoch">-1 when the broker does not say.</param>
public readonly record struct ListedOffset(long Offset, long TimestampMs, int LeaderEpoch);

/// <summary>A producer that a partition remembers.</summary>
/// <param name="ProducerId">Its id.</param>
/// <param name="ProducerEpoch">Its epoch.</param>
/// <param name="LastSequence">Number of its last record here.</param>
/// <param name="LastTimestampMs">Time of its last record here.</param>
/// <param name="CoordinatorEpoch">Of its last transaction's marker; -1 for none.</param>
/// <param name="TransactionStartOffset">First offset of its open transaction, -1 for none.</param>
public sealed record ProducerDescription(long ProducerId, int ProducerEpoch, int LastSequence, long LastTimestampMs, int CoordinatorEpoch, long TransactionStartOffset);

/// <summary>Offsets of partitions, deletion of records, producers at work. Each leader is asked for its own partitions.</summary>
public sealed class RecordAdmin
{
    private const int ConsumerReplicaId = -1;

    private readonly AdminCalls _calls;

    internal RecordAdmin(AdminCalls calls) => _calls = calls;

    /// <summary>Looks offsets up.</summary>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<TopicPartition, ItemResult<ListedOffset>>> ListOffsetsAsync(
        IReadOnlyDictionary<TopicPartition, OffsetSpec> partitions, CancellationToken cancellation = default) =>
        _calls.LeadersAsync<ListedOffset>(partitions.Keys, (connection, asked) => ListAsync(connection, asked, partitions, cancellation), cancellation);

    /// <summary>Deletes what lies before an offset, on all replicas.</summary>
    /// <param name="before">The first offset that stays, by partition; -1 deletes all there is.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The first offset that is left, by partition.</returns>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<TopicPartition, ItemResult<long>>> DeleteAsync(IReadOnlyDictionary<TopicPartition, long> before, CancellationToken cancellation = default) =>
        _calls.LeadersAsync<long>(before.Keys, (connection, asked) => DeleteAsync(connection, asked, before, cancellation), cancellation);

    /// <summary>Says which producers partitions remember: those that wrote lately.</summary>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<TopicPartition, ItemResult<IReadOnlyList<ProducerDescription>>>> DescribeProducersAsync(
        IEnumerable<TopicPartition> partitions, CancellationToken cancellation = default) =>
        _calls.LeadersAsync<IReadOnlyList<ProducerDescription>>(partitions, (connection, asked) => DescribeAsync(connection, asked, cancellation), cancellation);

    private async Task<List<KeyValuePair<TopicPartition, ItemResult<ListedOffset>>>> ListAsync(
        Connection connection, List<TopicPartition> asked, IReadOnlyDictionary<TopicPartition, OffsetSpec> specs, CancellationToken cancellation)
    {
        var request = new ListOffsetsRequest
        {
            ReplicaId = ConsumerReplicaId,
            TimeoutMs = _calls.TimeoutMs,
            Topics = [.. asked.GroupBy(p => p.Topic).Select(t => new ListOffsetsRequest.ListOffsetsTopic
            {
                Name = t.Key,
                Partitions = [.. t.Select(p => new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = p.Partition, Timestamp = specs[p].Wire })],
            })],
        };
        var version = connection.Served.Choose<ListOffsetsResponse>(lowest: asked.Max(p => specs[p].VersionMin));
        var response = await connection.CallAsync(request, version, _calls.TimeoutMs, cancellation);
        return [.. response.Topics.SelectMany(t => t.Partitions.Select(p => KeyValuePair.Create(
            new TopicPartition(t.Name, p.PartitionIndex), TopicAdmin.Result(p.ErrorCode, null, new ListedOffset(p.Offset, p.Timestamp, p.LeaderEpoch)))))];
    }

    private async Task<List<KeyValuePair<TopicPartition, ItemResult<long>>>> DeleteAsync(
        Connection connection, List<TopicPartition> asked, IReadOnlyDictionary<TopicPartition, long> before, CancellationToken cancellation)
    {
        var request = new DeleteRecordsRequest
        {
            TimeoutMs = _calls.TimeoutMs,
            Topics = [.. asked.GroupBy(p => p.Topic).Select(t => new DeleteRecordsRequest.DeleteRecordsTopic
            {
                Name = t.Key,
                Partitions = [.. t.Select(p => new DeleteRecordsRequest.DeleteRecordsPartition { PartitionIndex = p.Partition, Offset = before[p] })],
            })],
        };
        var response = await connection.CallAsync(request, _calls.TimeoutMs, cancellation);
        return [.. response.Topics.SelectMany(t => t.Partitions.Select(p => KeyValuePair.Create(
            new TopicPartition(t.Name, p.PartitionIndex), TopicAdmin.Result(p.ErrorCode, null, p.LowWatermark))))];
    }

    private async Task<List<KeyValuePair<TopicPartition, ItemResult<IReadOnlyList<ProducerDescription>>>>> DescribeAsync(
        Connection connection, List<TopicPartition> asked, CancellationToken cancellation)
    {
        var request = new DescribeProducersRequest
        {
            Topics = [.. asked.GroupBy(p => p.Topic).Select(t => new DescribeProducersRequest.TopicRequest { Name = t.Key, PartitionIndexes = [.. t.Select(p => p.Partition)] })],
        };
        var response = await connection.CallAsync(request, _calls.TimeoutMs, cancellation);
        return [.. response.Topics.SelectMany(t => t.Partitions.Select(p => KeyValuePair.Create(
            new TopicPartition(t.Name, p.PartitionIndex), TopicAdmin.Result<IReadOnlyList<ProducerDescription>>(p.ErrorCode, p.ErrorMessage, [.. p.ActiveProducers.Select(Describe)]))))];
    }

    private static ProducerDescription Describe(DescribeProducersResponse.ProducerState producer) =>
        new(producer.ProducerId, producer.ProducerEpoch, producer.LastSequence, producer.LastTimestamp, producer.CoordinatorEpoch, producer.CurrentTxnStartOffset);
}
