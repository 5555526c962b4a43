using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Ouzel.Client.Tests.Consuming.Support;
using Ouzel.Client.Tests.Support;
using Ouzel.Protocol;

namespace Ouzel.Client.Tests.Telemetry;

/// <summary>Traces and metrics after OpenTelemetry's conventions. Whoever listens hears the whole process: these tests run when no other does.</summary>
[Collection(Listening.Name)]
public sealed class TelemetryTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _measured = new();
    private readonly ActivityListener _tracing = new() { ShouldListenTo = s => s.Name == OuzelTelemetry.SourceName };
    private readonly MeterListener _metering = new();
    private ServerUnderTest _server = null!;
    private OuzelClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ServerUnderTest.StartAsync();
        _client = await _server.ConnectAsync();
        _tracing.Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded;
        _tracing.ActivityStopped = _spans.Enqueue;
        ActivitySource.AddActivityListener(_tracing);
        _metering.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == OuzelTelemetry.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _metering.SetMeasurementEventCallback<long>((i, value, tags, _) => _measured.Enqueue((i.Name, value, new Dictionary<string, object?>(tags.ToArray()))));
        _metering.SetMeasurementEventCallback<double>((i, value, tags, _) => _measured.Enqueue((i.Name, value, new Dictionary<string, object?>(tags.ToArray()))));
        _metering.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _tracing.Dispose();
        _metering.Dispose();
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_record_carries_the_context_of_the_span_that_sent_it()
    {
        using var around = new Activity("request").Start();
        await using var producer = _client.CreateProducer<string, string>();
        var written = await producer.SendAsync("orders", "k", "v");

        var span = Assert.Single(_spans);
        Assert.Equal(("send orders", ActivityKind.Producer, around.SpanId), (span.DisplayName, span.Kind, span.ParentSpanId));
        Assert.Equal("kafka", span.GetTagItem("messaging.system"));
        Assert.Equal(("send", "send"), (span.GetTagItem("messaging.operation.name"), span.GetTagItem("messaging.operation.type")));
        Assert.Equal(("orders", "0", written.Offset), (span.GetTagItem("messaging.destination.name"), span.GetTagItem("messaging.destination.partition.id"), span.GetTagItem("messaging.kafka.offset")));
        Assert.Equal("ouzel", span.GetTagItem("messaging.client.id"));
        Assert.Equal(span.Id, Text((await ReadOneAsync("orders")).Headers, "traceparent"));
        Assert.Same(around, Activity.Current);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_record_that_has_a_context_keeps_it()
    {
        await using var producer = _client.CreateProducer<string, string>();
        const string given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        await producer.SendAsync(new ProducerRecord<string, string>("orders", "k", "v") { Headers = [new Header("traceparent", Encoding.UTF8.GetBytes(given))] });

        var record = await ReadOneAsync("orders");
        Assert.Equal(given, Text(Assert.Single(record.Headers) is var only ? [only] : [], "traceparent"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_record_that_nobody_waits_for_has_a_span_of_being_made()
    {
        await using var producer = _client.CreateProducer<string, string>();
        await producer.EnqueueAsync(new ProducerRecord<string, string>("orders", "k", "v"));
        await producer.FlushAsync();

        var span = Assert.Single(_spans);
        Assert.Equal(("create orders", "create"), (span.DisplayName, span.GetTagItem("messaging.operation.type")));
        Assert.Equal(span.Id, Text((await ReadOneAsync("orders")).Headers, "traceparent"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_send_that_fails_says_so_in_span_and_metric()
    {
        await _client.CreateTopicAsync("small", 1);
        await _client.Admin.Configs.AlterAsync(ConfigResource.Topic("small"), [ConfigChange.Set("max.message.bytes", "1000")]);
        await using var producer = _client.CreateProducer<string, string>();

        await Assert.ThrowsAsync<KafkaException>(async () => await producer.SendAsync("small", "k", new string('x', 5000)));

        var span = Assert.Single(_spans);
        Assert.Equal((ActivityStatusCode.Error, "MessageTooLarge"), (span.Status, span.GetTagItem("error.type")));
        Assert.Equal("MessageTooLarge", Assert.Single(_measured, m => m.Name == "messaging.client.sent.messages").Tags["error.type"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_batch_that_comes_is_linked_with_the_spans_that_sent_it()
    {
        await using var producer = _client.CreateProducer<string, string>();
        await producer.SendAsync("orders", "a", "1");
        await producer.SendAsync("orders", "b", "2");
        List<Activity> sent = [.. _spans];

        await using var consumer = _client.CreateConsumer<string, string>([new TopicPartition("orders", 0)], "report", new ConsumerOptions { OffsetReset = StartPosition.Earliest });
        var received = 0;
        await foreach (var batch in consumer.ReadBatchesAsync())
        {
            Assert.Null(Activity.Current);
            received += batch.Count;
            if (received == 2)
            {
                break;
            }
        }

        List<Activity> polls = [.. _spans.Where(s => s.DisplayName == "poll orders")];
        Assert.Equal(sent.Select(s => s.SpanId), polls.SelectMany(p => p.Links).Select(l => l.Context.SpanId));
        Assert.Equal(2, polls.Sum(p => (int)p.GetTagItem("messaging.batch.message_count")!));
        Assert.All(polls, p => Assert.Equal((ActivityKind.Client, "receive", "report"), (p.Kind, p.GetTagItem("messaging.operation.type"), p.GetTagItem("messaging.consumer.group.name"))));
    }

    [Fact(Timeout = 60_000)]
    public async Task Handling_a_record_goes_on_with_its_senders_trace()
    {
        await using var producer = _client.CreateProducer<string, string>();
        await producer.SendAsync("orders", "a", "1");
        var sent = Assert.Single(_spans);
        var record = await ReadOneAsync("orders");

        using (var processing = OuzelTelemetry.BeginProcessing(record, "billing"))
        {
            Assert.Same(processing!.Activity, Activity.Current);
            processing.Fail(new FormatException("no such order"));
        }

        var span = Assert.Single(_spans, s => s.DisplayName == "process orders");
        Assert.Equal((sent.TraceId, sent.SpanId, ActivityKind.Consumer), (span.TraceId, span.ParentSpanId, span.Kind));
        Assert.Equal(sent.SpanId, Assert.Single(span.Links).Context.SpanId);
        Assert.Equal((ActivityStatusCode.Error, "System.FormatException"), (span.Status, span.GetTagItem("error.type")));
        var took = Assert.Single(_measured, m => m.Name == "messaging.process.duration");
        Assert.Equal(("process", "billing", "System.FormatException"), (took.Tags["messaging.operation.name"], took.Tags["messaging.consumer.group.name"], took.Tags["error.type"]));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_span_around_the_handling_is_its_parent_and_the_sender_a_link()
    {
        await using var producer = _client.CreateProducer<string, string>();
        await producer.SendAsync("orders", "a", "1");
        var sent = Assert.Single(_spans);
        var record = await ReadOneAsync("orders");

        using var around = new Activity("loop").Start();
        OuzelTelemetry.BeginProcessing(record)!.Dispose();

        var span = Assert.Single(_spans, s => s.DisplayName == "process orders");
        Assert.Equal((around.SpanId, sent.SpanId), (span.ParentSpanId, Assert.Single(span.Links).Context.SpanId));
    }

    [Fact(Timeout = 60_000)]
    public async Task Records_and_operations_are_counted_and_timed()
    {
        await using var producer = _client.CreateProducer<string, string>();
        for (var i = 0; i < 7; i++)
        {
            await producer.EnqueueAsync(new ProducerRecord<string, string>("orders", null, "v"));
        }

        await producer.FlushAsync();
        var received = 0;
        await using (var consumer = _client.CreateConsumer<string, string>([new TopicPartition("orders", 0)], "report", new ConsumerOptions { OffsetReset = StartPosition.Earliest }))
        {
            await foreach (var _ in consumer.ReadAsync())
            {
                if (++received == 7)
                {
                    break;
                }
            }

            await consumer.CommitAsync();
        }

        Assert.Equal((7, 7), (Sum("messaging.client.sent.messages"), Sum("messaging.client.consumed.messages")));
        var operations = _measured.Where(m => m.Name == "messaging.client.operation.duration").Select(m => (m.Tags["messaging.operation.name"], m.Tags["messaging.operation.type"])).Distinct();
        Assert.Equal([("commit", "settle"), ("poll", "receive"), ("send", "send")], operations.Order());
        Assert.All(_measured, m => Assert.Equal("kafka", m.Tags["messaging.system"]));
        Assert.All(_measured, m => Assert.True(m.Value >= 0));
    }

    private double Sum(string name) => _measured.Where(m => m.Name == name).Sum(m => m.Value);

    private async Task<Record<string, string>> ReadOneAsync(string topic)
    {
        await using var consumer = _client.CreateConsumer<string, string>([new TopicPartition(topic, 0)], null, new ConsumerOptions { OffsetReset = StartPosition.Earliest });
        await foreach (var record in consumer.ReadAsync())
        {
            return record.ToOwned();
        }

        throw new InvalidOperationException("the consumer ended");
    }

    private static string? Text(IReadOnlyList<Header> headers, string name) =>
        headers.FirstOrDefault(h => h.Name == name).Value is { } value ? Encoding.UTF8.GetString(value.Span) : null;
}

/// <summary>Tests that listen to the process: they run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Listening
{
    public const string Name = "listening to the process";
}
