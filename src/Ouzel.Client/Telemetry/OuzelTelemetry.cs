using Ouzel.Client.Telemetry;

namespace Ouzel.Client;

/// <summary>
/// Traces and metrics of the client, after OpenTelemetry's conventions for messaging: names to listen to, and the span of an application that handles a record. What nobody
/// listens to is not made.
/// </summary>
public static class OuzelTelemetry
{
    /// <summary>The name of the client's <see cref="System.Diagnostics.ActivitySource"/>: <c>tracing.AddSource(OuzelTelemetry.SourceName)</c>.</summary>
    public const string SourceName = "Ouzel.Client";

    /// <summary>The name of the client's <see cref="System.Diagnostics.Metrics.Meter"/>: <c>metrics.AddMeter(OuzelTelemetry.MeterName)</c>.</summary>
    public const string MeterName = "Ouzel.Client";

    /// <summary>
    /// Begins the span and the measurement of handling one record, linked with the span that sent it. Without a span around it, it goes on with the sender's trace.
    /// Dispose the result when the record is handled; it is null when nobody listens.
    /// </summary>
    /// <param name="record">What is handled.</param>
    /// <param name="group">The consumer group, if there is one.</param>
    /// <param name="clock">Measures the duration; null for the system's.</param>
    public static Processing? BeginProcessing<TKey, TValue>(ConsumerRecord<TKey, TValue> record, string? group = null, TimeProvider? clock = null) =>
        Processing.Begin(ClientTelemetry.IsTraced ? TraceHeaders.Extract(record.Headers()) : default, record.Partition, record.Offset, group, clock);

    /// <inheritdoc cref="BeginProcessing{TKey, TValue}(ConsumerRecord{TKey, TValue}, string?, TimeProvider?)"/>
    public static Processing? BeginProcessing<TKey, TValue>(Record<TKey, TValue> record, string? group = null, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(record);
        var context = ClientTelemetry.IsTraced ? TraceHeaders.Extract(record.Headers) : default;
        return Processing.Begin(context, record.Position.Partition, record.Position.Offset, group, clock);
    }
}
