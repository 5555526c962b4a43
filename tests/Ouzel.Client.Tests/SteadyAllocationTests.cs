using Ouzel.Client.Tests.Support;
using Ouzel.Protocol;

namespace Ouzel.Client.Tests;

/// <summary>The application's thread allocates something for a batch once everything is warm, and nothing for a record.</summary>
public sealed class SteadyAllocationTests
{
    private const int Records = 20_000;

    /// <summary>The smallest object of the runtime has 24 bytes: with less than this for each record, none was made for it.</summary>
    private const int BytesForEachMax = 8;

    /// <summary>The round that allocated least counts: in the others a pool may have grown, because the thread beside came late.</summary>
    private const int Rounds = 5;

    [Fact]
    public async Task A_record_that_is_sent_makes_no_object()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var producer = client.CreateProducer<string, ReadOnlyMemory<byte>>();
        ReadOnlyMemory<byte> value = new byte[100];
        await producer.SendAsync("t", "key", value);
        await producer.FlushAsync(); // from here on the topic is known and nothing waits for it
        for (var round = 0; round < 2; round++)
        {
            SendAll();
            await producer.FlushAsync();
        }

        var allocated = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            allocated = Math.Min(allocated, SendAll());
            await producer.FlushAsync();
        }

        Assert.InRange(allocated, 0, Records * BytesForEachMax);

        // All fits into the buffer, so nothing waits and all of it runs on this thread.
        long SendAll()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Records; i++)
            {
#pragma warning disable CA2012 // Looked at only: an await would be a change of threads that the count cannot cross.
                Assert.True(producer.EnqueueAsync(new ProducerRecord<string, ReadOnlyMemory<byte>>("t", "key", value) { Partition = 0 }).IsCompletedSuccessfully);
#pragma warning restore CA2012
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public async Task A_record_that_is_read_makes_no_object()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var producer = client.CreateProducer<long, long>();
        for (var i = 0; i < Records; i++)
        {
            await producer.EnqueueAsync(new ProducerRecord<long, long>("t", i, i) { Partition = 0 });
        }

        await producer.FlushAsync();
        await using var consumer = client.CreateConsumer<long, long>([new TopicPartition("t", 0)], null, new ConsumerOptions { OffsetReset = StartPosition.Earliest });
        var allocated = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            allocated = Math.Min(allocated, await ReadAllAsync());
            consumer.Seek(new TopicPartition("t", 0), StartPosition.Earliest);
        }

        Assert.InRange(allocated, 0, Records * BytesForEachMax);

        async Task<long> ReadAllAsync()
        {
            long seen = 0, allocatedNow = 0;
            await foreach (var batch in consumer.ReadBatchesAsync())
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                var sum = 0L;
                foreach (var record in batch.Records)
                {
                    sum += record.Key - record.Value + record.Offset - seen++ + record.ValueBytes.Length - sizeof(long);
                }

                allocatedNow += GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.Equal(0, sum);
                if (seen == Records)
                {
                    break;
                }
            }

            return allocatedNow;
        }
    }
}
