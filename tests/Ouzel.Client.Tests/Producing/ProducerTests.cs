using Ouzel.Client.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Client.Tests.Producing;

/// <summary>The producer against a broker of this process.</summary>
public sealed class ProducerTests
{
    [Fact]
    public async Task A_record_is_read_back_as_it_was_sent()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var producer = client.CreateProducer<string, string>();

        var written = await producer.SendAsync(new ProducerRecord<string, string>("orders", "order-1", "a book")
        {
            TimestampMs = 1_700_000_000_000,
            Headers = [new("trace", "42"u8.ToArray()), new("empty", ReadOnlyMemory<byte>.Empty), new("none", null)],
        });

        Assert.Equal(new RecordMetadata("orders", 0, 0, 1_700_000_000_000), written);
        var record = Assert.Single(await client.ReadAllAsync("orders"));
        Assert.Equal(("order-1", "a book", 1_700_000_000_000), (record.Key, record.Value, record.TimestampMs));
        Assert.Equal([new("trace", "42"), new("empty", ""), new("none", null)], record.Headers);
    }

    [Fact]
    public async Task Null_keys_and_values_are_none_and_empty_ones_are_empty()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var producer = client.CreateProducer<string, string>();

        await producer.SendAsync("t", null, "v");
        await producer.SendAsync("t", "k", null);
        await producer.SendAsync("t", "", "");

        Assert.Equal([(null, "v"), ("k", null), ("", "")], (await client.ReadAllAsync("t")).Select(r => (r.Key, r.Value)));
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public async Task Many_records_keep_their_order_in_every_codec(CompressionCodec codec)
    {
        await using var server = await ServerUnderTest.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var producer = client.CreateProducer<string, string>(new ProducerOptions { Compression = codec, BatchBytes = 2000 });

        var sends = Enumerable.Range(0, 3000).Select(i => producer.SendAsync("t", null, $"value {i}").AsTask()).ToArray();
        var written = await Task.WhenAll(sends);

        var records = await client.ReadAllAsync("t");
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => $"value {i}"), records.Select(r => r.Value));
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => (long)i), written.Select(w => w.Offset));
        Assert.All(records, r => Assert.Equal(codec, r.Codec));
    }

    [Theory]
    [InlineData(Acks.None, -1)]
    [InlineData(Acks.Leader, 0)]
    [InlineData(Acks.All, 0)]
    public async Task An_acknowledgement_says_as_much_as_was_asked_for(Acks acks, long offset)
    {
        await using var server = await ServerUnderTest.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var producer = client.CreateProducer<string, string>(new ProducerOptions { Acks = acks });

        Assert.Equal(offset, (await producer.SendAsync("t", "k", "v")).Offset);
        await producer.FlushAsync();

        // With acks=0 the broker may still be at it: this request follows on another connection.
        var deadline = TimeProvider.System.GetTimestamp();
        while ((await client.ReadAllAsync("t")).Count == 0)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromSeconds(30));
        }
    }

    [Fact]
    public async Task Records_with_a_key_go_where_Kafka_sends_them_and_a_named_partition_is_obeyed()
    {
        await using var server = await ServerUnderTest.StartAsync(("num.partitions", "7"));
        await using var client = await server.ConnectAsync();
        await using var producer = client.CreateProducer<string, string>();

        for (var i = 0; i < 50; i++)
        {
            var written = await producer.SendAsync("t", $"key-{i}", "v");
            Assert.Equal(Murmur2.Partition(System.Text.Encoding.UTF8.GetBytes($"key-{i}"), 7), written.Partition);
        }

        Assert.Equal(3, (await producer.SendAsync(new ProducerRecord<string, string>("t", "key-1", "v") { Partition = 3 })).Partition);
        var fault = await Assert.ThrowsAsync<KafkaException>(async () => await producer.SendAsync(new ProducerRecord<string, string>("t", "key-1", "v") { Partition = 7 }));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, fault.Error);
    }

    [Fact]
    public async Task Records_without_a_key_use_every_partition_in_whole_batches()
    {
        await using var server = await ServerUnderTest.StartAsync(("num.partitions", "4"));
        await using var client = await server.ConnectAsync();
        await using var producer = client.CreateProducer<string, string>(new ProducerOptions { BatchBytes = 1000 });

        for (var i = 0; i < 2000; i++)
        {
            await producer.EnqueueAsync(new ProducerRecord<string, string>("t", null, "some value of a record"));
        }

        await producer.FlushAsync();

        var counts = (await client.ReadAllAsync("t")).CountBy(r => r.Partition).ToDictionary();
        Assert.Equal(4, counts.Count);
        Assert.Equal(2000, counts.Values.Sum());
    }

    [Fact]
    public async Task Disposing_sends_what_is_buffered()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await using var client = await server.ConnectAsync();
        var producer = client.CreateProducer<string, string>(new ProducerOptions { LingerMs = 60_000, DeliveryTimeoutMs = 100_000 });
        var sends = Enumerable.Range(0, 100).Select(i => producer.SendAsync("t", null, $"{i}").AsTask()).ToArray();

        await producer.DisposeAsync();

        Assert.Equal(100, (await Task.WhenAll(sends)).DistinctBy(w => w.Offset).Count());
        await Assert.ThrowsAsync<KafkaException>(async () => await producer.SendAsync("t", null, "late"));
    }

    [Fact]
    public async Task A_full_buffer_makes_sends_wait_and_keeps_their_order()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var producer = client.CreateProducer<string, string>(new ProducerOptions { BufferBytes = 10_000, BatchBytes = 1000 });

        for (var i = 0; i < 2000; i++)
        {
            await producer.EnqueueAsync(new ProducerRecord<string, string>("t", null, $"value {i} with some more text in it"));
        }

        await producer.FlushAsync();

        Assert.Equal(Enumerable.Range(0, 2000), (await client.ReadAllAsync("t")).Select(r => int.Parse(r.Value!.Split(' ')[1])));
    }

    [Fact]
    public async Task A_batch_too_large_for_the_topic_is_split_and_a_record_too_large_fails_alone()
    {
        await using var server = await ServerUnderTest.StartAsync(("message.max.bytes", "2000"));
        await using var client = await server.ConnectAsync();
        await using var producer = client.CreateProducer<string, string>(new ProducerOptions { LingerMs = 1000 });

        var sends = Enumerable.Range(0, 20).Select(i => producer.SendAsync("t", null, i == 7 ? new string('x', 3000) : new string('y', 500)).AsTask()).ToArray();
        await producer.FlushAsync();

        var fault = await Assert.ThrowsAsync<KafkaException>(() => sends[7]);
        Assert.Equal((ErrorCode.MessageTooLarge, "t", 0), (fault.Error, fault.Topic, fault.Partition));
        await Task.WhenAll(sends.Where((_, i) => i != 7));
        Assert.Equal(19, (await client.ReadAllAsync("t")).Count);
    }

    [Fact]
    public async Task Sending_makes_no_object_for_a_record_once_it_is_warm()
    {
        const int Records = 2000;
        await using var server = await ServerUnderTest.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var producer = client.CreateProducer<string, ReadOnlyMemory<byte>>();
        var record = new ProducerRecord<string, ReadOnlyMemory<byte>>("t", "key", new byte[100]);
        var sends = new ValueTask<RecordMetadata>[Records];
        var leastBytes = long.MaxValue;
        for (var round = 0; round < 20; round++)
        {
            leastBytes = Math.Min(leastBytes, Send());
            foreach (var send in sends)
            {
                await send;
            }
        }

        // A handful of objects for each batch of 150 records is left.
        Assert.InRange((double)leastBytes / Records, 0, 8);

        long Send()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Records; i++)
            {
#pragma warning disable CA2012 // Each is awaited once, after the counting.
                sends[i] = producer.SendAsync(record);
#pragma warning restore CA2012
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public async Task A_failure_that_nobody_awaited_is_told_by_the_next_flush()
    {
        await using var server = await ServerUnderTest.StartAsync(("message.max.bytes", "2000"));
        await using var client = await server.ConnectAsync();
        await using var producer = client.CreateProducer<string, string>();

        await producer.EnqueueAsync(new ProducerRecord<string, string>("t", null, new string('x', 3000)));

        Assert.Equal(ErrorCode.MessageTooLarge, (await Assert.ThrowsAsync<KafkaException>(() => producer.FlushAsync())).Error);
        await producer.FlushAsync();
    }

    [Fact]
    public async Task A_topic_that_is_not_there_and_may_not_be_made_fails_when_the_time_to_wait_is_over()
    {
        await using var server = await ServerUnderTest.StartAsync(("auto.create.topics.enable", "false"));
        await using var client = await server.ConnectAsync();
        await using var producer = client.CreateProducer<string, string>(new ProducerOptions { BlockMs = 200 });

        var fault = await Assert.ThrowsAsync<KafkaException>(async () => await producer.SendAsync("absent", "k", "v"));

        Assert.Equal((ErrorCode.UnknownTopicOrPartition, "absent"), (fault.Error, fault.Topic));
    }

    [Fact]
    public async Task Connections_that_break_all_the_time_lose_and_double_nothing()
    {
        await using var server = await ServerUnderTest.StartAsync();
        var faults = new BreakingStreams(seed: 5);
        await using var client = await server.ConnectAsync(faults.ConnectAsync);
        await using var producer = client.CreateProducer<string, string>(new ProducerOptions { BatchBytes = 500 });

        var sends = new List<Task<RecordMetadata>>();
        for (var i = 0; i < 2000; i++)
        {
            sends.Add(producer.SendAsync("t", null, $"{i}").AsTask());
            if (i % 100 == 0)
            {
                await sends[^1];
            }
        }

        await Task.WhenAll(sends);
        faults.Stop();

        Assert.True(faults.Broken > 5, $"only {faults.Broken} connections broke");
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => $"{i}"), (await client.ReadAllAsync("t")).Select(r => r.Value));
    }

}
