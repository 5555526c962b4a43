using System.Diagnostics;
using Ouzel.Client.Producing;
using Ouzel.Client.Telemetry;
using Ouzel.Protocol;

namespace Ouzel.Client;

/// <summary>Sends records: batches them by partition, packs them, sends them to the leaders, repeats what failed, keeps the order. Safe for threads.</summary>
/// <typeparam name="TKey">Type of the keys.</typeparam>
/// <typeparam name="TValue">Type of the values.</typeparam>
public sealed class Producer<TKey, TValue> : IProducer<TKey, TValue>
{
    private readonly OuzelClient _client;
    private readonly ISerializer<TKey> _keys;
    private readonly ISerializer<TValue> _values;
    private readonly ProducerOptions _options;
    private readonly DeliveryPool _deliveries;
    private readonly Sender _sender;
    private int _isDisposed;

    internal Producer(OuzelClient client, ISerializer<TKey> keys, ISerializer<TValue> values, ProducerOptions options)
    {
        options.Validate(client.Options.RequestTimeoutMs);
        (_client, _keys, _values, _options) = (client, keys, values, options);
        _deliveries = new DeliveryPool(options.AllowSynchronousContinuations);
        var rules = new QueueRules(options.IsIdempotent, options.InFlightMax, options.BatchBytes, options.LingerMs, options.DeliveryTimeoutMs, client.Options.Retry);
        var batches = new BatchPool(keptMax: (int)Math.Clamp(options.BufferBytes / options.BatchBytes, 1, int.MaxValue), keptBytesMax: 2 * Math.Min(options.BatchBytes, int.MaxValue / 2));
        _sender = new Sender(client, options, rules, batches);
        _sender.Start();
    }

    /// <inheritdoc/>
    public string? Topic => _options.Topic;

    /// <inheritdoc/>
    public ValueTask<RecordMetadata> SendAsync(in ProducerRecord<TKey, TValue> record, CancellationToken cancellation = default) =>
        ClientTelemetry.IsTraced ? SendTracedAsync(record, cancellation) : Send(record, cancellation);

    /// <summary>Sends a record of key and value; see <see cref="SendAsync(in ProducerRecord{TKey, TValue}, CancellationToken)"/>.</summary>
    public ValueTask<RecordMetadata> SendAsync(string topic, TKey? key, TValue? value, CancellationToken cancellation = default) =>
        SendAsync(new ProducerRecord<TKey, TValue>(topic, key, value), cancellation);

    /// <inheritdoc/>
    public ValueTask<RecordMetadata> SendAsync(TKey? key, TValue? value, CancellationToken cancellation = default) =>
        SendAsync(new ProducerRecord<TKey, TValue>(Topic ?? throw new InvalidOperationException("This producer has no topic of its own: set ProducerOptions.Topic, or name one with the record."), key, value), cancellation);

    /// <inheritdoc/>
    public ValueTask EnqueueAsync(in ProducerRecord<TKey, TValue> record, CancellationToken cancellation = default) =>
        ClientTelemetry.IsTraced ? EnqueueTracedAsync(record, cancellation) : Enqueue(record, cancellation);

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancellation = default) => _sender.FlushAsync(cancellation);

    /// <summary>Sends what is buffered, for <see cref="ProducerOptions.CloseTimeoutMs"/> at most; what is left then fails.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        var reason = new ClosedReason(ErrorCode.NetworkException, "The producer was closed");
        try
        {
            await FlushAsync().WaitAsync(TimeSpan.FromMilliseconds(_options.CloseTimeoutMs), _client.World.Clock);
        }
        catch (TimeoutException)
        {
            reason = reason with { Error = ErrorCode.RequestTimedOut, What = $"The producer was closed, and {_options.CloseTimeoutMs} ms went by" };
        }
        finally
        {
            await _sender.CloseAsync(reason);
            _client.Release(this);
        }
    }

    private ValueTask<RecordMetadata> Send(in ProducerRecord<TKey, TValue> record, CancellationToken cancellation)
    {
        var delivery = _deliveries.Rent();
        var acknowledged = delivery.Task;
        Add(record, delivery, tellsBuffered: false, cancellation);
        return acknowledged;
    }

    private ValueTask Enqueue(in ProducerRecord<TKey, TValue> record, CancellationToken cancellation) =>
        Add(record, null, tellsBuffered: true, cancellation) is { } buffered ? new ValueTask(buffered) : ValueTask.CompletedTask;

    private async ValueTask<RecordMetadata> SendTracedAsync(ProducerRecord<TKey, TValue> record, CancellationToken cancellation)
    {
        using var span = ClientTelemetry.StartSend(record.Topic, isAwaited: true, _client.Options.ClientId);
        try
        {
            var written = await Send(Traced(record, span), cancellation);
            if (span is not null)
            {
                ClientTelemetry.OnWritten(span, written);
            }

            return written;
        }
        catch (Exception fault)
        {
            ClientTelemetry.OnFailed(span, fault);
            throw;
        }
    }

    private async ValueTask EnqueueTracedAsync(ProducerRecord<TKey, TValue> record, CancellationToken cancellation)
    {
        using var span = ClientTelemetry.StartSend(record.Topic, isAwaited: false, _client.Options.ClientId);
        try
        {
            await Enqueue(Traced(record, span), cancellation);
        }
        catch (Exception fault)
        {
            ClientTelemetry.OnFailed(span, fault);
            throw;
        }
    }

    /// <summary>The record with the context of its span; without one of its own, because that was not sampled, with the one around.</summary>
    private static ProducerRecord<TKey, TValue> Traced(in ProducerRecord<TKey, TValue> record, Activity? span) =>
        (span ?? Activity.Current) is { } context ? record with { Headers = TraceHeaders.Inject(context, record.Headers) } : record;

    private Task? Add(in ProducerRecord<TKey, TValue> record, Delivery? delivery, bool tellsBuffered, CancellationToken cancellation)
    {
        if (record.Partition < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(record), record.Partition, "A partition is 0 or more; leave it out to have it chosen.");
        }

        var scratch = RecordScratch.Rent();
        try
        {
            scratch.WriteKey(record.Key, _keys);
            scratch.WriteValue(record.Value, _values);
            scratch.WriteHeaders(record.Headers);
            var encoded = scratch.Record(record.TimestampMs ?? _client.World.Clock.GetUtcNow().ToUnixTimeMilliseconds());
            return _sender.Accumulator.Add(record.Topic, record.Partition, encoded, delivery, tellsBuffered, cancellation);
        }
        finally
        {
            RecordScratch.Return(scratch);
        }
    }
}
