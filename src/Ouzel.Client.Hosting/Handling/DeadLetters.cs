using System.Globalization;
using System.Text;

namespace Ouzel.Client.Hosting.Handling;

/// <summary>Writes records that could not be handled to another topic: their bytes, time and headers as they were, and headers that say where they came from and why they are there.</summary>
internal sealed class DeadLetters(OuzelClient client, ProducerOptions options, string topic, string group) : IAsyncDisposable
{
    private const string Prefix = "ouzel.dead-letter.";

    /// <summary>A longer message is cut: brokers bound the size of a record.</summary>
    private const int MessageCharsMax = 2000;

    private readonly Producer<byte[], byte[]> _producer = client.CreateProducer<byte[], byte[]>(options);

    public string Topic => topic;

    /// <summary>Ends when the record is written.</summary>
    /// <exception cref="KafkaException">It was not.</exception>
    public async Task WriteAsync(Record<byte[], byte[]> raw, Exception fault, int attempts, CancellationToken cancellation)
    {
        var cause = fault is UnreadableRecordException { InnerException: { } inner } ? inner : fault;
        var message = fault.Message.Length > MessageCharsMax ? fault.Message[..MessageCharsMax] : fault.Message;
        Header[] headers =
        [
            .. raw.Headers.Where(static h => !h.Name.StartsWith(Prefix, StringComparison.Ordinal)),
            Of("topic", raw.Position.Partition.Topic),
            Of("partition", Number(raw.Position.Partition.Partition)),
            Of("offset", Number(raw.Position.Offset)),
            Of("group", group),
            Of("attempts", Number(attempts)),
            Of("error.type", cause.GetType().FullName ?? cause.GetType().Name),
            Of("error.message", message),
        ];
        var timestampMs = raw.Timestamp.ToUnixTimeMilliseconds();
        await _producer.SendAsync(new ProducerRecord<byte[], byte[]>(topic, raw.Key, raw.Value) { Headers = headers, TimestampMs = timestampMs < 0 ? null : timestampMs }, cancellation);
    }

    public ValueTask DisposeAsync() => _producer.DisposeAsync();

    private static Header Of(string name, string value) => new(Prefix + name, Encoding.UTF8.GetBytes(value));

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
