using System.Runtime.CompilerServices;
using Ouzel.Client.Consuming;
using Ouzel.Client.Telemetry;
using Ouzel.Protocol;

namespace Ouzel.Client;

/// <summary>A consumer of an <see cref="OuzelClient"/>. Disposing it commits what is finished, and leaves the group unless it is a static member.</summary>
/// <typeparam name="TKey">Type of the keys.</typeparam>
/// <typeparam name="TValue">Type of the values.</typeparam>
public sealed class Consumer<TKey, TValue> : IConsumer<TKey, TValue>
{
    /// <summary>Records that are found at a time when they are read one by one: the unit in which unpacking and locking are paid.</summary>
    private const int RecordsAtATime = 1000;

    private readonly OuzelClient _client;
    private readonly ConsumerCore _core;
    private readonly RecordSource<TKey, TValue> _source;

    internal Consumer(OuzelClient client, ConsumerCore core, IDeserializer<TKey> keys, IDeserializer<TValue> values)
    {
        _client = client;
        _core = core;
        _source = new RecordSource<TKey, TValue>(core, keys, values);
    }

    /// <inheritdoc/>
    public string? GroupId => _core.GroupId;

    /// <inheritdoc/>
    public string MemberId => _core.Identity.MemberId;

    /// <inheritdoc/>
    public IReadOnlyCollection<TopicPartition> Assignment => _core.Assignment;

    internal ConsumerCore Core => _core;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ConsumerRecord<TKey, TValue>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        _core.BeginReading();
        try
        {
            while (await NextAsync(RecordsAtATime, oneByOne: true, cancellation) is { } window)
            {
                for (var index = window.Start; index < window.End && _core.TryStep(window, index); index++)
                {
                    ClientTelemetry.OnConsumed(window.State.Partition, GroupId, 1);
                    yield return new ConsumerRecord<TKey, TValue>(_source, index, _source.Life);
                    cancellation.ThrowIfCancellationRequested();
                }
            }
        }
        finally
        {
            _core.EndReading();
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ConsumerBatch<TKey, TValue>> ReadBatchesAsync(int maxRecords = 500, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRecords);
        _core.BeginReading();
        try
        {
            while (await NextAsync(maxRecords, oneByOne: false, cancellation) is { } window)
            {
                ClientTelemetry.OnConsumed(window.State.Partition, GroupId, window.End - window.Start);
                yield return new ConsumerBatch<TKey, TValue>(_source, window);
            }
        }
        finally
        {
            _core.EndReading();
        }
    }

    /// <inheritdoc/>
    public Task CommitAsync(CancellationToken cancellation = default) => _core.CommitDeliveredAsync(cancellation);

    /// <inheritdoc/>
    public Task CommitAsync(IReadOnlyCollection<TopicPartitionOffset> offsets, CancellationToken cancellation = default) => _core.CommitAsync(offsets, cancellation);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TopicPartitionOffset>> CommittedAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation = default) =>
        [.. (await _core.ReadCommittedAsync(partitions, cancellation)).Where(c => c.Value.Offset >= 0)
            .Select(c => new TopicPartitionOffset(c.Key, c.Value.Offset, c.Value.LeaderEpoch, c.Value.Metadata))];

    /// <inheritdoc/>
    public Task<long> PositionAsync(TopicPartition partition, CancellationToken cancellation = default) => _core.PositionAsync(partition, cancellation);

    /// <inheritdoc/>
    public void Seek(TopicPartition partition, long offset) => _core.Seek(partition, offset, -1);

    /// <inheritdoc/>
    public void Seek(TopicPartition partition, StartPosition position) => _core.Seek(partition, position);

    /// <inheritdoc/>
    public void Pause(TopicPartition partition) => _core.Pause(partition);

    /// <inheritdoc/>
    public void Resume(TopicPartition partition) => _core.Resume(partition);

    /// <inheritdoc/>
    public Task AssignAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation = default) => _core.AssignAsync(partitions, cancellation);

    /// <inheritdoc/>
    public IReadOnlyList<PartitionStatus> Status() => _core.Status();

    /// <summary>Ends the enumeration, commits what is finished (under <see cref="ConsumerOptions.AutoCommit"/>) and leaves the group, within <see cref="ConsumerOptions.CloseTimeoutMs"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await _core.DisposeAsync();
        _client.Release(this);
    }

    private ValueTask<DeliveredWindow?> NextAsync(int recordsMax, bool oneByOne, CancellationToken cancellation) =>
        ClientTelemetry.ArePollsObserved ? NextObservedAsync(recordsMax, oneByOne, cancellation) : _core.NextAsync(recordsMax, oneByOne, cancellation);

    private async ValueTask<DeliveredWindow?> NextObservedAsync(int recordsMax, bool oneByOne, CancellationToken cancellation)
    {
        var clock = _client.World.Clock;
        var (began, start) = (clock.GetUtcNow(), clock.GetTimestamp());
        if (await _core.NextAsync(recordsMax, oneByOne, cancellation) is not { } window)
        {
            return null;
        }

        var elapsed = clock.GetElapsedTime(start);
        ClientTelemetry.OnPolled(window.State.Partition, GroupId, elapsed);
        if (ClientTelemetry.IsTraced)
        {
            var records = new ConsumerRecords<TKey, TValue>(_source, window.Start, window.End);
            ClientTelemetry.TraceReceive(window.State.Partition, GroupId, began, began + elapsed, records.Count, index => records[index].Headers());
        }

        return window;
    }
}
