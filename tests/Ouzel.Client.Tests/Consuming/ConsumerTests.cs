using Ouzel.Client.Tests.Consuming.Support;
using Ouzel.Client.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;

namespace Ouzel.Client.Tests.Consuming;

/// <summary>A consumer without membership against a broker in this process.</summary>
public sealed class ConsumerTests : IAsyncLifetime
{
    private static readonly TopicPartition Partition0 = new("t", 0);
    private static readonly TopicPartition Other = new("t", 1);
    private ServerUnderTest _server = null!;
    private OuzelClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ServerUnderTest.StartAsync();
        _client = await _server.ConnectAsync();
        await _client.CreateTopicAsync("t", 2);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_record_has_all_that_was_sent()
    {
        await _client.ProduceAsync("t", 0, "a", "b");
        await using var consumer = Reader([Partition0]);

        var record = (await TakeAsync(consumer, 2))[1];

        Assert.Equal(new TopicPartitionOffset(Partition0, 1, 0), record.Position with { LeaderEpoch = 0 });
        Assert.Equal(("key of b", "b"), (record.Key, record.Value));
        Assert.Equal(1001, record.Timestamp.ToUnixTimeMilliseconds());
        Assert.Equal(TimestampType.CreateTime, record.TimestampType);
        Assert.Equal(["first=one", "empty=none"], record.Headers.Select(h => $"{h.Name}={(h.Value is { } v ? System.Text.Encoding.UTF8.GetString(v.Span) : "none")}"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public async Task Packed_batches_are_read(CompressionCodec codec)
    {
        await _client.ProduceAsync("t", 0, codec, Topics.Numbered("v", 100));
        await using var consumer = Reader([Partition0]);

        Assert.Equal(Topics.Numbered("v", 100), (await TakeAsync(consumer, 100)).Select(r => r.Value));
    }

    [Fact(Timeout = 60_000)]
    public async Task Batches_have_at_most_the_records_that_were_asked_for_and_lose_none()
    {
        await _client.ProduceAsync("t", 0, Topics.Numbered("a", 7));
        await _client.ProduceAsync("t", 0, Topics.Numbered("b", 7));
        await using var consumer = Reader([Partition0]);

        List<string?> values = [];
        await foreach (var batch in consumer.ReadBatchesAsync(maxRecords: 5))
        {
            Assert.InRange(batch.Count, 1, 5);
            foreach (var record in batch.Records)
            {
                values.Add(record.Value);
            }

            Assert.Equal(values.Count, batch.NextOffset);
            if (values.Count == 14)
            {
                break;
            }
        }

        Assert.Equal([.. Topics.Numbered("a", 7), .. Topics.Numbered("b", 7)], values);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_record_that_was_kept_too_long_says_so()
    {
        await _client.ProduceAsync("t", 0, "a");
        await _client.ProduceAsync("t", 1, "b");
        await using var consumer = Reader([Partition0, Other]);
        List<ConsumerRecord<string, string>> kept = [];
        await foreach (var record in consumer.ReadAsync())
        {
            kept.Add(record);
            if (kept.Count == 2)
            {
                break;
            }
        }

        Assert.Throws<InvalidOperationException>(() => kept[0].Value);
        Assert.NotNull(kept[1].Value);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_loop_that_was_left_goes_on_behind_the_last_record()
    {
        await _client.ProduceAsync("t", 0, Topics.Numbered("v", 10));
        await using var consumer = Reader([Partition0]);

        Assert.Equal(Topics.Numbered("v", 3), (await TakeAsync(consumer, 3)).Select(r => r.Value));
        Assert.Equal(Topics.Numbered("v", 7, from: 3), (await TakeAsync(consumer, 7)).Select(r => r.Value));
    }

    [Fact(Timeout = 60_000)]
    public async Task Seeking_takes_effect_with_the_next_record()
    {
        await _client.ProduceAsync("t", 0, Topics.Numbered("v", 10));
        await using var consumer = Reader([Partition0]);
        List<string?> values = [];

        await foreach (var record in consumer.ReadAsync())
        {
            values.Add(record.Value);
            switch (values.Count)
            {
                case 2:
                    consumer.Seek(Partition0, 8);
                    break;
                case 4:
                    consumer.Seek(Partition0, StartPosition.At(DateTimeOffset.FromUnixTimeMilliseconds(1005)));
                    break;
                case 5:
                    consumer.Seek(Partition0, StartPosition.Earliest);
                    break;
            }

            if (values.Count == 6)
            {
                break;
            }
        }

        Assert.Equal(["v0", "v1", "v8", "v9", "v5", "v0"], values);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_end_and_times_are_looked_up()
    {
        await _client.ProduceAsync("t", 0, Topics.Numbered("v", 10));
        await using var consumer = Reader([Partition0]);

        consumer.Seek(Partition0, StartPosition.Latest);
        Assert.Equal(10, await consumer.PositionAsync(Partition0));
        consumer.Seek(Partition0, StartPosition.At(DateTimeOffset.FromUnixTimeMilliseconds(5_000_000)));
        Assert.Equal(10, await consumer.PositionAsync(Partition0));
        consumer.Seek(Partition0, StartPosition.Earliest);
        Assert.Equal(0, await consumer.PositionAsync(Partition0));
        consumer.Seek(Partition0, StartPosition.Ago(TimeSpan.FromDays(40_000)));
        Assert.Equal(0, await consumer.PositionAsync(Partition0));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_paused_partition_gives_nothing_until_it_is_resumed()
    {
        await _client.ProduceAsync("t", 0, Topics.Numbered("a", 3));
        await using var consumer = Reader([Partition0, Other]);
        consumer.Pause(Partition0);
        await _client.ProduceAsync("t", 1, Topics.Numbered("b", 2));

        Assert.Equal(["b0", "b1"], (await TakeAsync(consumer, 2)).Select(r => r.Value));
        consumer.Resume(Partition0);
        Assert.Equal(["a0", "a1", "a2"], (await TakeAsync(consumer, 3)).Select(r => r.Value));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_offset_out_of_range_goes_where_the_options_say_or_is_an_error()
    {
        await _client.ProduceAsync("t", 0, "a");
        await using var forgiving = Reader([Partition0]);
        forgiving.Seek(Partition0, 999);
        Assert.Equal("a", (await TakeAsync(forgiving, 1))[0].Value);

        await using var strict = Reader([Partition0], StartPosition.None);
        strict.Seek(Partition0, 999);
        var fault = await Assert.ThrowsAsync<KafkaException>(() => TakeAsync(strict, 1));
        Assert.Equal(ErrorCode.OffsetOutOfRange, fault.Error);
        Assert.Equal(("t", 0), (fault.Topic, fault.Partition));
        strict.Seek(Partition0, 0);
        Assert.Equal("a", (await TakeAsync(strict, 1))[0].Value);
    }

    [Fact(Timeout = 60_000)]
    public async Task Read_ahead_is_bounded_by_bytes_and_nothing_is_lost()
    {
        var value = new string('x', 1000);
        for (var i = 0; i < 40; i++)
        {
            await _client.ProduceAsync("t", i % 2, $"{i} {value}");
        }

        await using var consumer = Reader([Partition0, Other], options: new ConsumerOptions { OffsetReset = StartPosition.Earliest, PrefetchMaxBytes = 2500 });

        var records = await TakeAsync(consumer, 40);

        Assert.Equal(Enumerable.Range(0, 40), records.Select(r => int.Parse(r.Value!.Split(' ')[0])).Order());
        Assert.All(records.GroupBy(r => r.Position.Partition), p => Assert.Equal(Enumerable.Range(0, 20).Select(i => (long)i), p.Select(r => r.Position.Offset)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Lag_is_what_lies_behind_the_position()
    {
        await _client.ProduceAsync("t", 0, Topics.Numbered("v", 10));
        await using var consumer = Reader([Partition0]);
        Assert.Null(consumer.Status().Single().Lag);

        await TakeAsync(consumer, 4);

        var status = consumer.Status().Single();
        Assert.Equal((4, 3, 10, 6), (status.Position, status.Handled, status.EndOffset, status.Lag));
    }

    [Fact(Timeout = 60_000)]
    public async Task Offsets_are_kept_for_a_group_without_being_a_member()
    {
        await _client.ProduceAsync("t", 0, Topics.Numbered("v", 10));
        await using (var first = _client.CreateConsumer<string, string>([Partition0], "manual", new ConsumerOptions { OffsetReset = StartPosition.Earliest }))
        {
            await TakeAsync(first, 4);
            await first.CommitAsync();
            Assert.Equal([new TopicPartitionOffset(Partition0, 4, 0, "")], (await first.CommittedAsync([Partition0, Other])).Select(c => c with { LeaderEpoch = 0 }));
        }

        await using var second = _client.CreateConsumer<string, string>([Partition0], "manual", new ConsumerOptions { OffsetReset = StartPosition.None });
        Assert.Equal("v4", (await TakeAsync(second, 1))[0].Value);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_in_hand_when_the_consumer_ends_is_not_committed_by_itself()
    {
        await _client.ProduceAsync("t", 0, Topics.Numbered("v", 10));
        await using (var first = _client.CreateConsumer<string, string>([Partition0], "auto", new ConsumerOptions { OffsetReset = StartPosition.Earliest }))
        {
            await TakeAsync(first, 4);
        }

        await using var second = _client.CreateConsumer<string, string>([Partition0], "auto");
        Assert.Equal(3, await second.PositionAsync(Partition0));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_value_that_cannot_be_decoded_names_its_place_and_can_be_passed_over()
    {
        await _client.ProduceAsync("t", 0, "no number", "12345678");
        await using var consumer = _client.CreateConsumer<string, long>([Partition0], options: new ConsumerOptions { OffsetReset = StartPosition.Earliest });
        List<object> got = [];

        await foreach (var record in consumer.ReadAsync())
        {
            try
            {
                got.Add(record.Value);
            }
            catch (FormatException fault)
            {
                got.Add(fault.Message);
            }

            if (got.Count == 2)
            {
                break;
            }
        }

        Assert.Contains("t-0@0", Assert.IsType<string>(got[0]), StringComparison.Ordinal);
        Assert.IsType<long>(got[1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Disposing_ends_the_loop_that_waits()
    {
        var consumer = Reader([Partition0]);
        var reading = TakeAsync(consumer, 1);
        await consumer.DisposeAsync();

        Assert.Empty(await reading);
    }

    [Fact(Timeout = 60_000)]
    public async Task Only_one_loop_reads_at_a_time()
    {
        await using var consumer = Reader([Partition0]);
        using var stop = new CancellationTokenSource();
        var reading = TakeAsync(consumer, 1, stop.Token);

        await Assert.ThrowsAsync<InvalidOperationException>(() => TakeAsync(consumer, 1));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact(Timeout = 60_000)]
    public async Task Going_over_records_allocates_nothing_for_each()
    {
        await _client.ProduceAsync("t", 0, Topics.Numbered("v", 5000));
        await using var consumer = Reader([Partition0]);
        await foreach (var batch in consumer.ReadBatchesAsync(maxRecords: 5000))
        {
            Assert.Equal(5000, batch.Count);
            Assert.True(Sum(batch) > 0);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Sum(batch);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            break;
        }

        static long Sum(ConsumerBatch<string, string> batch)
        {
            long sum = 0;
            foreach (var record in batch.Records)
            {
                sum += record.Offset + record.KeyBytes.Length + record.ValueBytes.Span[0];
            }

            return sum;
        }
    }

    private Consumer<string, string> Reader(TopicPartition[] partitions, StartPosition? reset = null, ConsumerOptions? options = null) =>
        _client.CreateConsumer<string, string>(partitions, options: options ?? new ConsumerOptions { OffsetReset = reset ?? StartPosition.Earliest });

    private static async Task<List<Record<string, string>>> TakeAsync(Consumer<string, string> consumer, int count, CancellationToken cancellation = default)
    {
        List<Record<string, string>> records = [];
        await foreach (var record in consumer.ReadAsync(cancellation))
        {
            records.Add(record.ToOwned());
            if (records.Count == count)
            {
                break;
            }
        }

        return records;
    }
}
