using System.Collections.Concurrent;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;
using Ouzel.Storage.Work;

namespace Ouzel.Broker.Tests.Partitions;

/// <summary>
/// Real threads on a few partitions: appends with every acks and fetches that wait, while topics are deleted, made again under the same name, grown, led in
/// another epoch and not led at all. The clock stands still: a wait that is not ended by what it waits for never ends, and fails the test.
/// </summary>
public sealed class PartitionRaceTests
{
    private const int Topics = 3;
    private const int Changes = 250;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_request_is_answered_and_nothing_acknowledged_is_lost_whatever_becomes_of_the_topic(int seed)
    {
        using var work = new BlockingThread("flush");
        using var node = new DataNode(work: work);
        var run = new Run(node);
        for (var i = 0; i < Topics; i++)
        {
            await run.CreateAsync($"t{i}", partitions: 1);
        }

        List<Task> writers = [.. Enumerable.Range(0, 3).Select(i => Task.Run(() => run.WriteAsync(new Random((seed * 100) + i), (short)(i - 1)), TestContext.Current.CancellationToken))];
        List<Task> readers = [.. Enumerable.Range(0, 3).Select(i => Task.Run(() => run.ReadAsync(i), TestContext.Current.CancellationToken))];
        await run.ChangeAsync(new Random(seed), Changes).WaitAsync(Patience, TestContext.Current.CancellationToken);
        await Task.WhenAll(writers).WaitAsync(Patience, TestContext.Current.CancellationToken);
        run.AssertKept();
        for (var i = 0; i < Topics; i++)
        {
            await node.DeleteTopicAsync($"t{i}");
        }

        await Task.WhenAll(readers).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.InRange(run.Acknowledged, 100, int.MaxValue);
        Assert.InRange(run.Read, 100, int.MaxValue);
        Assert.Equal(0, node.Timeouts.Count);
    }

    private sealed class Run(DataNode node)
    {
        private static readonly ErrorCode[] Gone = [ErrorCode.UnknownTopicOrPartition, ErrorCode.NotLeaderOrFollower, ErrorCode.UnknownTopicId, ErrorCode.InconsistentTopicId];

        /// <summary>The values acknowledged: of which incarnation of a topic, at which offset.</summary>
        private readonly ConcurrentDictionary<(Uuid Topic, int Partition, long Offset), string> _kept = new();
        private volatile bool _isOver;
        private int _values;
        private int _read;

        public int Acknowledged => _kept.Count;

        public int Read => _read;

        public Task CreateAsync(string name, int partitions) => node.CreateTopicAsync(name, partitions, LogOptions.Default with { SegmentBytes = 2000 });

        /// <summary>The only thread that changes the cluster's metadata.</summary>
        public async Task ChangeAsync(Random random, int changes)
        {
            for (var i = 0; i < changes; i++)
            {
                var topic = $"t{random.Next(Topics)}";
                switch (random.Next(5))
                {
                    case 0:
                        await node.DeleteTopicAsync(topic);
                        await CreateAsync(topic, random.Next(1, 3));
                        break;
                    case 1:
                        await node.ChangeLeaderAsync(topic, 0, leader: 2);
                        await node.ChangeLeaderAsync(topic, 0, leader: 1);
                        break;
                    case 2:
                        await node.GrowTopicAsync(topic);
                        break;
                    default:
                        await node.ChangeLeaderAsync(topic, 0, leader: 1);
                        break;
                }

                // The others get on by about as much.
                var before = Acknowledged;
                for (var spins = 0; Acknowledged < before + 5 && spins < 20_000; spins++)
                {
                    await Task.Yield();
                }
            }

            _isOver = true;
        }

        public async Task WriteAsync(Random random, short acks)
        {
            using var client = node.Connect();
            while (!_isOver)
            {
                if (!node.Metadata.Current.TryTopic($"t{random.Next(Topics)}", out var topic))
                {
                    continue;
                }

                var value = $"{acks}.{Interlocked.Increment(ref _values)}";
                var partition = random.Next(topic.Partitions.Length);
                var request = ProduceTo(topic.Id, partition, acks == 0 ? (short)1 : acks, value);
                var told = (await client.CallAsync(request, 13)).Responses[0].PartitionResponses[0];
                if (told.ErrorCode == ErrorCode.None)
                {
                    Assert.True(_kept.TryAdd((topic.Id, partition, told.BaseOffset), value), "an offset was given twice");
                }
                else
                {
                    Assert.Contains(told.ErrorCode, Gone);
                }
            }
        }

        /// <summary>Follows one topic, waiting at its end for as long as it takes.</summary>
        public async Task ReadAsync(int topicIndex)
        {
            using var client = node.Connect();
            var id = Uuid.Zero;
            long offset = 0;
            while (true)
            {
                if (id == Uuid.Zero)
                {
                    if (!node.Metadata.Current.TryTopic($"t{topicIndex}", out var topic))
                    {
                        if (_isOver)
                        {
                            return;
                        }

                        await Task.Yield();
                        continue;
                    }

                    (id, offset) = (topic.Id, 0);
                }

                var part = new FetchRequest.FetchPartition { Partition = 0, FetchOffset = offset, PartitionMaxBytes = 5000, CurrentLeaderEpoch = -1, LastFetchedEpoch = -1 };
                var request = new FetchRequest { MaxWaitMs = int.MaxValue, MinBytes = 1, MaxBytes = 5000, SessionEpoch = -1, Topics = [new() { TopicId = id, Partitions = [part] }] };
                var data = (await client.CallAsync(request, 16)).Responses[0].Partitions[0];
                if (data.ErrorCode != ErrorCode.None)
                {
                    Assert.Contains(data.ErrorCode, Gone);
                    id = data.ErrorCode == ErrorCode.NotLeaderOrFollower ? id : Uuid.Zero;
                    await Task.Yield();
                    continue;
                }

                foreach (var (first, last) in Batches.Ranges(data.Records))
                {
                    Assert.Equal(offset, first);
                    offset = last + 1;
                    Interlocked.Increment(ref _read);
                }
            }
        }

        /// <summary>Asserts that what was acknowledged of the topics that are there now stands in their logs, in epochs that never fall.</summary>
        public void AssertKept()
        {
            foreach (var topic in node.Metadata.Current.Topics.Values)
            {
                for (var partition = 0; partition < topic.Partitions.Length; partition++)
                {
                    var log = node.PartitionOf(topic.Name, partition).Log;
                    var epoch = 0;
                    for (long offset = 0; offset < log.LogEndOffset;)
                    {
                        using var slice = log.Read(offset, 1 << 20, FetchIsolation.LogEnd, minOneMessage: true).Records!;
                        ReadOnlySpan<byte> rest = slice.ToArray();
                        for (; RecordBatch.TryRead(rest, out var batch, out var size); rest = rest[size..])
                        {
                            Assert.Equal(offset, batch.BaseOffset);
                            Assert.InRange(batch.PartitionLeaderEpoch, epoch, int.MaxValue);
                            epoch = batch.PartitionLeaderEpoch;
                            if (_kept.TryGetValue((topic.Id, partition, offset), out var value))
                            {
                                Assert.Equal([value], Batches.Values(new MemoryRecords(batch.Bytes.ToArray())));
                            }

                            offset = batch.NextOffset;
                        }
                    }

                    Assert.All(_kept.Keys.Where(k => k.Topic == topic.Id && k.Partition == partition), k => Assert.InRange(k.Offset, 0, log.LogEndOffset - 1));
                }
            }
        }

        private static ProduceRequest ProduceTo(Uuid topic, int partition, short acks, string value) => new()
        {
            Acks = acks,
            TimeoutMs = 30_000,
            TopicData = [new() { TopicId = topic, PartitionData = [new() { Index = partition, Records = new MemoryRecords(Batches.Of(value)) }] }],
        };
    }
}
