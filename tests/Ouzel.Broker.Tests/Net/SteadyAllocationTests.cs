using System.Buffers.Binary;
using Ouzel.Broker.Partitions;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Tests.Net;

/// <summary>From the frame's first byte to the response's last one, with the real log on the real disk.</summary>
[Collection(nameof(SteadyAllocationTests))]
[CollectionDefinition(nameof(SteadyAllocationTests), DisableParallelization = true)]
public sealed class SteadyAllocationTests : IDisposable
{
    private const int AttemptsMax = 30;

    /// <summary>Stands in a prepared frame where the offset goes.</summary>
    private const long OffsetMark = 0x0102030405060708;

    private readonly string _path = Directory.CreateTempSubdirectory("ouzel-steady").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Theory]
    [InlineData(1, 9, 400)]
    [InlineData(1, 13, 400)]
    [InlineData(0, 9, 400)]
    [InlineData(-1, 9, 10_000)]
    [InlineData(1, 9, 100_000)]
    public async Task A_produce_request_allocates_nothing(short acks, short version, int valueBytes)
    {
        using var node = NewNode();
        var id = await node.CreateTopicAsync("t", partitions: 2);
        var client = Connect(node);
        var frame = Produce(id, acks, version, valueBytes);
        // Enough for the entries that wait to be written to the index to be as many as they get.
        var rounds = Math.Max(300, 800_000 / valueBytes);
        Assert.Equal(0, AllocatedIn(rounds, () => client.Feed(frame)));
        Assert.InRange(node.PartitionOf("t").Log.LogEndOffset, rounds, long.MaxValue);
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public async Task A_produce_request_of_packed_batches_allocates_nothing(CompressionCodec codec)
    {
        using var node = NewNode();
        var id = await node.CreateTopicAsync("t", partitions: 2);
        var client = Connect(node);
        var frame = Produce(id, 1, 9, 40_000, codec);
        const int Rounds = 1000;
        Assert.Equal(0, AllocatedIn(Rounds, () => client.Feed(frame)));
        Assert.InRange(node.PartitionOf("t").Log.LogEndOffset, Rounds, long.MaxValue);
    }

    [Theory]
    [InlineData(11, 0, false)]
    [InlineData(13, 0, false)]
    [InlineData(11, 1, false)]
    [InlineData(11, 0, true)]
    public async Task A_fetch_request_allocates_nothing(short version, sbyte isolation, bool manyBatches)
    {
        using var node = NewNode();
        var id = await node.CreateTopicAsync("t", partitions: 2);
        var client = Connect(node);
        var produce = Produce(id, 1, 9, 1000);
        for (var i = 0; i < 100; i++)
        {
            client.Feed(produce);
        }

        var frame = Fetch(id, version, isolation, manyBatches ? 50_000 : 500, waitMs: 0);
        var before = client.BytesAnswered;
        var fed = 0;
        Assert.Equal(0, AllocatedIn(1000, () =>
        {
            client.Feed(frame);
            fed++;
        }));
        Assert.InRange((client.BytesAnswered - before) / fed, manyBatches ? 50_000 : 1000, 60_000);
    }

    [Fact]
    public async Task A_fetch_that_waits_for_a_produce_allocates_nothing()
    {
        using var node = NewNode();
        var id = await node.CreateTopicAsync("t", partitions: 2);
        FrameFeeder producer = Connect(node), consumer = Connect(node);
        var produce = Produce(id, 1, 9, 1000);
        var fetch = Fetch(id, 11, 0, 1_000_000, waitMs: 500, offset: OffsetMark);
        var offsetAt = fetch.AsSpan().IndexOf<byte>([1, 2, 3, 4, 5, 6, 7, 8]);
        long offset = 0;
        Assert.Equal(0, AllocatedIn(1000, () =>
        {
            BinaryPrimitives.WriteInt64BigEndian(fetch.AsSpan(offsetAt), offset++);
            var answered = consumer.BytesAnswered;
            consumer.Feed(fetch);
            if (consumer.BytesAnswered != answered)
            {
                throw new InvalidOperationException("answered before there was anything");
            }

            producer.Feed(produce);
            if (consumer.BytesAnswered == answered)
            {
                throw new InvalidOperationException("not answered by the append");
            }
        }));
    }

    private DataNode NewNode() => new(new RealDisk(), durability: Durability.Fsync, directory: _path);

    private static FrameFeeder Connect(DataNode node)
    {
        var client = new FrameFeeder();
        node.Accept(client);
        return client;
    }

    private static byte[] Produce(Uuid id, short acks, short version, int valueBytes, CompressionCodec codec = CompressionCodec.None)
    {
        using var batch = new RecordBatchBuilder { Codec = codec };
        batch.Append(1_760_000_000_000, null, new byte[valueBytes]);
        var records = new MemoryRecords(batch.BuildArray());
        var request = new ProduceRequest
        {
            Acks = acks,
            TimeoutMs = 1000,
            TopicData = [new() { Name = version < 13 ? "t" : "", TopicId = id, PartitionData = [new() { Index = 0, Records = records }, new() { Index = 1, Records = records }] }],
        };
        return FrameFeeder.FrameOf(WireClient.Encode(request, ApiKey.Produce, version, 1));
    }

    private static byte[] Fetch(Uuid id, short version, sbyte isolation, int bytesMax, int waitMs, long offset = 0)
    {
        var request = new FetchRequest
        {
            MaxWaitMs = waitMs,
            MinBytes = 1,
            MaxBytes = bytesMax,
            IsolationLevel = isolation,
            SessionEpoch = -1,
            Topics = [new() { Topic = version < 13 ? "t" : "", TopicId = id, Partitions = [new() { Partition = 0, FetchOffset = offset, PartitionMaxBytes = bytesMax }] }],
        };
        return FrameFeeder.FrameOf(WireClient.Encode(request, ApiKey.Fetch, version, 1));
    }

    /// <summary>Bytes in some rounds on this thread, on which everything runs, once the compiler has made its last version of the code: until then it boxes what it later does not.</summary>
    private static long AllocatedIn(int rounds, Action round)
    {
        var allocated = long.MaxValue;
        for (var attempt = 0; attempt < AttemptsMax && allocated > 0; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < rounds; i++)
            {
                round();
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return allocated;
    }
}
