using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Time.Testing;

namespace Ouzel.Testing.Tests;

/// <summary>librdkafka, unchanged.</summary>
public sealed class KafkaClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task It_produces_consumes_in_a_group_and_administers()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders", partitions: 3));
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = "made", NumPartitions = 2, ReplicationFactor = 1 }]);
        var topics = admin.GetMetadata(Patience).Topics.Where(topic => !topic.Topic.StartsWith('_')).Select(topic => (topic.Topic, topic.Partitions.Count)).Order();
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = broker.BootstrapServers, EnableIdempotence = true }).Build();
        for (var i = 0; i < 20; i++)
        {
            producer.Produce("orders", new Message<string, string> { Key = $"order-{i}", Value = $"{i}" });
        }

        producer.Flush(Patience);
        var seen = Consume(broker, 20);
        var committed = await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions("billing", null)]);

        Assert.Equal([("made", 2), ("orders", 3)], topics);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"order-{i}").Order(), seen.Order());
        Assert.Equal(20, committed[0].Partitions.Sum(partition => partition.Offset.Value));
        Assert.Equal(seen.Count, broker.Read("orders").Count);
    }

    [Fact]
    public async Task A_member_whose_session_ends_in_virtual_time_is_put_out()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var broker = await OuzelTestBroker.StartAsync(o =>
        {
            o.Time = clock;
            o.Topic("orders");
        });

        // From the beginning: the record may be there before the member that came back looks where the log ends.
        var settings = new ConsumerConfig { BootstrapServers = broker.BootstrapServers, GroupId = "billing", SessionTimeoutMs = 45_000, AutoOffsetReset = AutoOffsetReset.Earliest };
        using var consumer = new ConsumerBuilder<string, string>(settings).Build();
        consumer.Subscribe("orders");
        var polling = Task.Factory.StartNew(() => consumer.Consume(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await broker.Groups.WaitForStableAsync("billing", members: 1, TestContext.Current.CancellationToken);
        broker.Freeze();

        // A heartbeat that had arrived before the broker froze may be handled after the clock moved, and begins one more session: the first of a member comes at once.
        var sessions = 0;
        while ((await broker.Groups.StateAsync("billing")).Members > 0)
        {
            Assert.InRange(++sessions, 1, 3);
            clock.Advance(TimeSpan.FromSeconds(46));
        }

        broker.Thaw();
        await broker.Groups.WaitForStableAsync("billing", members: 1, TestContext.Current.CancellationToken);
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).Build();
        await producer.ProduceAsync("orders", new Message<Null, string> { Value = "for the member that came back" }, TestContext.Current.CancellationToken);
        Assert.Equal("for the member that came back", (await polling.WaitAsync(Patience, TestContext.Current.CancellationToken)).Message.Value);
    }

    private static List<string> Consume(OuzelTestBroker broker, int count)
    {
        var settings = new ConsumerConfig { BootstrapServers = broker.BootstrapServers, GroupId = "billing", AutoOffsetReset = AutoOffsetReset.Earliest, EnableAutoCommit = false };
        using var consumer = new ConsumerBuilder<string, string>(settings).Build();
        consumer.Subscribe("orders");
        List<string> seen = [];
        while (seen.Count < count && consumer.Consume(Patience) is { } result)
        {
            seen.Add(result.Message.Key);
        }

        consumer.Commit();
        return seen;
    }
}
