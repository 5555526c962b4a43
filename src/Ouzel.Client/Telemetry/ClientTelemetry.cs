using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Ouzel.Protocol;

namespace Ouzel.Client.Telemetry;

/// <summary>The client's one source of spans and its instruments. One for the process, as listeners find them by name; they hold nothing of a client.</summary>
internal static class ClientTelemetry
{
    private const string Send = "send";
    private const string Create = "create";
    private const string Poll = "poll";
    private const string Process = "process";
    private const string Commit = "commit";

    /// <summary>As many links as OpenTelemetry keeps of one span.</summary>
    private const int LinksMax = 128;

    private static readonly ActivitySource Source = new(OuzelTelemetry.SourceName, Version());
    private static readonly Meter Meter = new(OuzelTelemetry.MeterName, Version());

    /// <summary>The bounds that the conventions recommend for durations, in seconds.</summary>
    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] };

    private static readonly Counter<long> Sent = Meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Records that a producer tried to send.");

    private static readonly Counter<long> Consumed = Meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Records that were delivered to the application.");

    private static readonly Histogram<double> OperationDuration = Meter.CreateHistogram("messaging.client.operation.duration", "s", "Duration of sending, polling and committing.", advice: Seconds);

    private static readonly Histogram<double> ProcessDuration = Meter.CreateHistogram("messaging.process.duration", "s", "Duration of handling a record.", advice: Seconds);

    /// <summary>True when anybody wants spans.</summary>
    public static bool IsTraced => Source.HasListeners();

    public static bool IsProcessMeasured => ProcessDuration.Enabled;

    public static bool AreOperationsMeasured => OperationDuration.Enabled;

    /// <summary>True when anybody wants to know of polls.</summary>
    public static bool ArePollsObserved => IsTraced || AreOperationsMeasured;

    /// <summary>The span of a record on its way to the broker; null when it is not wanted. Current until it is stopped.</summary>
    /// <param name="topic">Where to.</param>
    /// <param name="isAwaited">Whether it ends with the acknowledgement; otherwise with the record being buffered.</param>
    /// <param name="clientId">client.id.</param>
    public static Activity? StartSend(string topic, bool isAwaited, string clientId)
    {
        var operation = isAwaited ? Send : Create;
        if (Source.StartActivity($"{operation} {topic}", ActivityKind.Producer) is not { } span)
        {
            return null;
        }

        Describe(span, operation, operation, topic);
        span.SetTag(Tags.ClientId, clientId);
        return span;
    }

    /// <summary>Notes where a record of a span came to lie.</summary>
    public static void OnWritten(Activity span, in RecordMetadata written)
    {
        span.SetTag(Tags.Partition, written.Partition.ToString(CultureInfo.InvariantCulture));
        if (written.Offset >= 0)
        {
            span.SetTag(Tags.Offset, written.Offset);
        }
    }

    /// <summary>Notes at the span what went wrong.</summary>
    public static void OnFailed(Activity? span, Exception fault)
    {
        span?.SetStatus(ActivityStatusCode.Error, fault.Message);
        span?.SetTag(Tags.ErrorType, fault is KafkaException kafka ? kafka.Error.ToString() : fault.GetType().FullName);
    }

    /// <summary>The fate of a batch is known.</summary>
    /// <param name="topic">Where to.</param>
    /// <param name="partition">Negative when none was chosen.</param>
    /// <param name="records">How many.</param>
    /// <param name="elapsedMs">Since the first of them was buffered.</param>
    /// <param name="error">None when they are written.</param>
    public static void OnSent(string topic, int partition, int records, long elapsedMs, ErrorCode error)
    {
        if (!Sent.Enabled && !OperationDuration.Enabled)
        {
            return;
        }

        var tags = TagsOf(Send, topic, partition, null, error == ErrorCode.None ? null : error.ToString());
        Sent.Add(records, tags);
        tags.Add(Tags.OperationType, Send);
        OperationDuration.Record(elapsedMs / 1000.0, tags);
    }

    /// <summary>Records were given to the application.</summary>
    public static void OnConsumed(TopicPartition partition, string? group, int records)
    {
        if (Consumed.Enabled)
        {
            Consumed.Add(records, TagsOf(Poll, partition.Topic, partition.Partition, group, null));
        }
    }

    /// <summary>Records were waited for and came.</summary>
    public static void OnPolled(TopicPartition partition, string? group, TimeSpan elapsed)
    {
        if (OperationDuration.Enabled)
        {
            var tags = TagsOf(Poll, partition.Topic, partition.Partition, group, null);
            tags.Add(Tags.OperationType, "receive");
            OperationDuration.Record(elapsed.TotalSeconds, tags);
        }
    }

    /// <summary>An attempt to commit ended.</summary>
    public static void OnCommitted(string? group, TimeSpan elapsed, ErrorCode error)
    {
        if (OperationDuration.Enabled)
        {
            var tags = new TagList { { Tags.System, Tags.Kafka }, { Tags.OperationName, Commit }, { Tags.OperationType, "settle" }, { Tags.Group, group } };
            if (error != ErrorCode.None)
            {
                tags.Add(Tags.ErrorType, error.ToString());
            }

            OperationDuration.Record(elapsed.TotalSeconds, tags);
        }
    }

    /// <summary>A record was handled.</summary>
    public static void OnProcessed(TopicPartition partition, string? group, TimeSpan elapsed, string? errorType) =>
        ProcessDuration.Record(elapsed.TotalSeconds, TagsOf(Process, partition.Topic, partition.Partition, group, errorType));

    /// <summary>The span of a batch that came, linked with those that sent its records. It has ended when this returns.</summary>
    /// <param name="partition">Whose records.</param>
    /// <param name="group">Null for none.</param>
    /// <param name="began">When the records were asked for.</param>
    /// <param name="ended">When they came.</param>
    /// <param name="records">How many.</param>
    /// <param name="headers">Of a record.</param>
    public static void TraceReceive(TopicPartition partition, string? group, DateTimeOffset began, DateTimeOffset ended, int records, Func<int, IReadOnlyList<Header>> headers)
    {
        var links = new List<ActivityLink>();
        for (var i = 0; i < records && links.Count < LinksMax; i++)
        {
            if (TraceHeaders.Extract(headers(i)) is { } sender && sender != default)
            {
                links.Add(new ActivityLink(sender));
            }
        }

        using var span = Source.StartActivity($"{Poll} {partition.Topic}", ActivityKind.Client, default(ActivityContext), links: links, startTime: began);
        if (span is null)
        {
            return;
        }

        Describe(span, Poll, "receive", partition.Topic);
        DescribeSource(span, partition, group);
        span.SetTag(Tags.BatchCount, records);
        span.SetEndTime(ended.UtcDateTime);
    }

    /// <summary>The span of handling a record; null when it is not wanted.</summary>
    public static Activity? StartProcess(ActivityContext sender, TopicPartition partition, long offset, string? group)
    {
        if (!IsTraced)
        {
            return null;
        }

        ActivityLink[]? links = sender == default ? null : [new ActivityLink(sender)];
        var parent = Activity.Current is { } around ? around.Context : sender;
        if (Source.StartActivity($"{Process} {partition.Topic}", ActivityKind.Consumer, parent, links: links) is not { } span)
        {
            return null;
        }

        Describe(span, Process, Process, partition.Topic);
        DescribeSource(span, partition, group);
        span.SetTag(Tags.Offset, offset);
        return span;
    }

    private static void Describe(Activity span, string operation, string type, string topic)
    {
        span.SetTag(Tags.System, Tags.Kafka);
        span.SetTag(Tags.OperationName, operation);
        span.SetTag(Tags.OperationType, type);
        span.SetTag(Tags.Destination, topic);
    }

    private static void DescribeSource(Activity span, TopicPartition partition, string? group)
    {
        span.SetTag(Tags.Partition, partition.Partition.ToString(CultureInfo.InvariantCulture));
        if (group is not null)
        {
            span.SetTag(Tags.Group, group);
        }
    }

    private static TagList TagsOf(string operation, string topic, int partition, string? group, string? errorType)
    {
        var tags = new TagList { { Tags.System, Tags.Kafka }, { Tags.OperationName, operation }, { Tags.Destination, topic } };
        if (partition >= 0)
        {
            tags.Add(Tags.Partition, partition.ToString(CultureInfo.InvariantCulture));
        }

        if (group is not null)
        {
            tags.Add(Tags.Group, group);
        }

        if (errorType is not null)
        {
            tags.Add(Tags.ErrorType, errorType);
        }

        return tags;
    }

    private static string? Version() => typeof(ClientTelemetry).Assembly.GetName().Version?.ToString(3);
}
