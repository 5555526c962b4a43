using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Ouzel.Client.Tests.Support;
using Ouzel.Protocol;

namespace Ouzel.Client.Tests.Documents;

/// <summary>Every piece of code on docs/client.md stands here, and runs.</summary>
public sealed partial class ClientPageTests
{
    [Fact]
    public async Task The_pages_code_runs()
    {
        await using var server = await ServerUnderTest.StartAsync();
        var address = server.Address;

        // Connect
        await using var client = await OuzelClient.ConnectAsync(address); // such as "localhost:9092"

        // Send
        await using var producer = client.CreateProducer<string, string>();
        var written = await producer.SendAsync("orders", "order-1", "a book");
        Console.WriteLine($"partition {written.Partition}, offset {written.Offset}");

        Assert.Equal(0, written.Offset);

        // Many
        for (var i = 0; i < 100_000; i++)
        {
            await producer.EnqueueAsync(new ProducerRecord<string, string>("clicks", null, $"click {i}"));
        }

        await producer.FlushAsync(); // throws if one of them was not written

        // Record
        await producer.SendAsync(new ProducerRecord<string, string>("orders", "order-2", null)
        {
            Partition = 0,
            TimestampMs = 1_700_000_000_000,
            Headers = [new Header("trace", "42"u8.ToArray())],
        });

        // Json
        await using var orders = client.CreateProducer(Serdes.Text, Serdes.Json(ShopJson.Default.Order));
        await orders.SendAsync("orders", "order-3", new Order("order-3", 12.5m));

        // Errors
        try
        {
            await producer.SendAsync("orders", "order-4", new string('x', 2_000_000));
        }
        catch (KafkaException fault) when (fault.Error == ErrorCode.MessageTooLarge)
        {
            Console.WriteLine(fault.Message);
        }

        // Administer
        var made = await client.Admin.Topics.CreateAsync([new NewTopic("payments", Partitions: 6), new NewTopic("orders")]);
        foreach (var (topic, result) in made)
        {
            Console.WriteLine($"{topic}: {(result.IsOk ? "made" : result.Error)}"); // payments: made, orders: TopicAlreadyExists
        }

        await client.Admin.Configs.AlterAsync(ConfigResource.Topic("payments"), [ConfigChange.Set("retention.ms", "86400000")]);
        var end = await client.Admin.Records.ListOffsetsAsync(new Dictionary<TopicPartition, OffsetSpec> { [new("orders", 0)] = OffsetSpec.Latest });

        // Consume
        await using var consumer = client.CreateConsumer<string, string>("report", ["orders"], new ConsumerOptions { OffsetReset = StartPosition.Earliest });
        await foreach (var batch in consumer.ReadBatchesAsync(maxRecords: 500))
        {
            foreach (var record in batch.Records)
            {
                Console.WriteLine($"{record.Position}: {record.Key} = {record.Value}");
            }

            await batch.CommitAsync();
            break; // or read on
        }

        Assert.Equal([ErrorCode.None, ErrorCode.TopicAlreadyExists], [made["payments"].Error, made["orders"].Error]);
        Assert.Equal(3, end[new("orders", 0)].ValueOrThrow().Offset);
    }

    [Fact]
    public async Task The_pages_code_of_handling_runs()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var producer = client.CreateProducer<string, string>();
        await producer.SendAsync("orders", "order-1", "a book");
        await using var consumer = client.CreateConsumer<string, string>("billing", ["orders"], new ConsumerOptions { OffsetReset = StartPosition.Earliest });
        CancellationToken cancellation = default;

        await Assert.ThrowsAsync<NotSupportedException>(HandleAsync);

        async Task HandleAsync()
        {
            await foreach (var record in consumer.ReadAsync(cancellation))
            {
                using var processing = OuzelTelemetry.BeginProcessing(record, consumer.GroupId);
                try
                {
                    await BillAsync(record.Value);
                }
                catch (Exception fault)
                {
                    processing?.Fail(fault);
                    throw;
                }
            }
        }

        static Task BillAsync(string? order) => throw new NotSupportedException($"nobody pays for {order}");
    }

    [Fact]
    public void The_pages_code_is_the_code_above()
    {
        var source = Lines(File.ReadAllText(Path.Combine(CheckoutTree.Root, "tests/Ouzel.Client.Tests/Documents/ClientPageTests.cs")));
        var blocks = CodeBlock().Matches(File.ReadAllText(Path.Combine(CheckoutTree.Root, "docs/client.md"))).Select(m => m.Groups[1].Value).ToArray();

        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.Contains(Lines(block), source, StringComparison.Ordinal));
    }

    private static string Lines(string text) => string.Join('\n', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}

internal sealed record Order(string Id, decimal Total);

[JsonSerializable(typeof(Order))]
internal sealed partial class ShopJson : JsonSerializerContext;
