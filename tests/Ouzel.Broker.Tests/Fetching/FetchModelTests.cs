using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Tests.Fetching;

/// <summary>
/// Any layout of batches, segments and gaps, any limits: a consumer that reads as Kafka's do makes progress with every response, loses nothing, sees nothing
/// twice, and never waits for what cannot come.
/// </summary>
public sealed class FetchModelTests
{
    private const int MessageMagics = 3;

    [Fact]
    public async Task A_consumer_reads_everything_once_in_order_and_each_answer_brings_it_on()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            await using var run = new Run(seed);
            await run.LayOutAsync();
            await run.ReadToTheEndAsync(usesSession: seed % 2 == 1);
        }
    }

    [Fact]
    public async Task A_fetch_waits_only_while_an_append_could_make_its_answer_larger()
    {
        var waits = 0;
        for (var seed = 100; seed < 160; seed++)
        {
            await using var run = new Run(seed);
            await run.LayOutAsync();
            waits += await run.WaitAsync(requests: 12);
        }

        Assert.InRange(waits, 20, 700);
    }

    private sealed class Run(int seed) : IAsyncDisposable
    {
        private readonly Random _random = new(seed);
        private readonly List<SortedSet<long>> _records = [];
        private DataNode _node = null!;
        private WireClient _client = null!;

        private string Seed => $"seed {seed}";

        private int Unanswered => ((MemoryTransport)_client.Transport).Unanswered;

        /// <summary>Partitions of batches in small segments; some logs begin with messages of an old format, some have holes as compaction leaves them.</summary>
        public async Task LayOutAsync()
        {
            var disk = new MemoryDisk(FakeTime.New());
            var partitions = _random.Next(1, 6);
            for (var partition = 0; partition < partitions; partition++)
            {
                _records.Add([]);
                if (_random.Next(3) == 0)
                {
                    WriteOldLog(disk, partition, (byte)_random.Next(MessageMagics - 1));
                }
            }

            _node = new DataNode(disk);
            await _node.CreateTopicAsync("t", partitions, LogOptions.Default with { SegmentBytes = _random.Next(1000, 6000) });
            _client = _node.Connect();
            for (var partition = 0; partition < partitions; partition++)
            {
                Assert.Equal(_records[partition].Count == 0 ? 0 : _records[partition].Max + 1, Log(partition).LogEndOffset);
                for (var batches = _random.Next(0, 25); batches > 0; batches--)
                {
                    Append(partition, _random.Next(1, 5), _random.Next(8) == 0 ? 3000 : _random.Next(300), gap: _random.Next(4) == 0 ? _random.Next(1, 50) : 0);
                }
            }
        }

        public async Task ReadToTheEndAsync(bool usesSession)
        {
            var reader = new Reader(_records, Seed);
            var session = 0;
            var epoch = 0;
            var told = new Dictionary<int, long>();
            for (var rounds = 0; !reader.IsAtEnd; rounds++)
            {
                Assert.True(rounds < 2000, $"{Seed}: no end");
                var request = Request(reader, _random.Next(4) == 0 ? 0 : _random.Next(1, 4000), _random.Next(5000), 0);
                if (usesSession)
                {
                    (request.SessionId, request.SessionEpoch) = (session, epoch++);
                    var topic = request.Topics[0];
                    // Only what moved; each keeps the limit that it was opened with.
                    topic.Partitions.RemoveAll(p => told.TryGetValue(p.Partition, out var at) && at == p.FetchOffset);
                    topic.Partitions.ForEach(p => told[p.Partition] = p.FetchOffset);
                    if (topic.Partitions.Count == 0)
                    {
                        request.Topics.Clear();
                    }
                }

                var response = await _client.CallAsync(request, (short)_random.Next(7, 13));
                Assert.Equal(ErrorCode.None, response.ErrorCode);
                session = response.SessionId;
                Assert.True(reader.Take(response) > 0, $"{Seed}: an answer without progress");
            }
        }

        /// <summary>Returns how many of the requests waited.</summary>
        public async Task<int> WaitAsync(int requests)
        {
            var waits = 0;
            for (var i = 0; i < requests; i++)
            {
                var reader = new Reader(_records, Seed);
                reader.Seek(partition => _random.Next(3) == 0 ? Log(partition).LogStartOffset : _random.Next(3) == 0 ? Log(partition).LogEndOffset : _random.NextInt64(Log(partition).LogStartOffset, Log(partition).LogEndOffset + 1));
                var request = Request(reader, _random.Next(5) == 0 ? 0 : _random.Next(1, 4000), _random.Next(1, 6000), _random.Next(1, 6000));
                var version = (short)_random.Next(4, 13);
                await _client.SendAsync(request, version);
                if (Unanswered > 0)
                {
                    await _client.ReceiveAsync<FetchResponse>(version);
                    continue;
                }

                waits++;
                var before = await BytesNowAsync(request, version);
                Assert.Equal(0, Unanswered);
                for (var partition = 0; partition < _records.Count; partition++)
                {
                    Append(partition, 1, 0, 0, told: false);
                }

                // More than before, unless the append began a segment, behind which the old one does not grow: then the same fetch waits no more.
                var after = await BytesNowAsync(request, version);
                Assert.True(after > before || await IsAnsweredAtOnceAsync(request, version), $"{Seed}: it waited with {before} bytes, of at least {request.MinBytes}, and an append to each partition changed nothing");
                for (var partition = 0; partition < _records.Count; partition++)
                {
                    _node.PartitionOf("t", partition).TellNews(request.MinBytes);
                }

                if (Unanswered == 0)
                {
                    _node.Clock.AdvanceMs(request.MaxWaitMs + 1);
                }

                (_, var response) = await _client.ReceiveAsync<FetchResponse>(version);
                Assert.True(reader.Take(response) >= 0);
                Assert.Equal(0, _node.Timeouts.Count);
                Assert.All(Enumerable.Range(0, _records.Count), partition => Assert.Equal(0, _node.PartitionOf("t", partition).Watermark.Count));
            }

            return waits;
        }

        public ValueTask DisposeAsync()
        {
            _client?.Dispose();
            _node?.Dispose();
            return ValueTask.CompletedTask;
        }

        private PartitionLog Log(int partition) => _node.PartitionOf("t", partition).Log;

        private async Task<int> BytesNowAsync(FetchRequest waiting, short version)
        {
            using var other = _node.Connect();
            var now = new FetchRequest { MinBytes = 1, MaxBytes = waiting.MaxBytes, IsolationLevel = waiting.IsolationLevel, SessionEpoch = -1, Topics = waiting.Topics };
            return (await other.CallAsync(now, version)).Responses.Sum(t => t.Partitions.Sum(p => p.Records!.Length));
        }

        private async Task<bool> IsAnsweredAtOnceAsync(FetchRequest request, short version)
        {
            using var other = _node.Connect();
            await other.SendAsync(request, version);
            return ((MemoryTransport)other.Transport).Unanswered > 0;
        }

        private FetchRequest Request(Reader reader, int partitionBytesMax, int bytesMax, int bytesMin) => new()
        {
            MinBytes = bytesMin,
            MaxBytes = bytesMax,
            MaxWaitMs = bytesMin == 0 ? 0 : 500,
            IsolationLevel = (sbyte)_random.Next(2),
            SessionEpoch = -1,
            Topics = [new() { Topic = "t", Partitions = [.. reader.Order.Select(p => new FetchRequest.FetchPartition { Partition = p, FetchOffset = reader.PositionOf(p), PartitionMaxBytes = partitionBytesMax, CurrentLeaderEpoch = -1, LastFetchedEpoch = -1 })] }],
        };

        private void Append(int partition, int records, int valueBytes, int gap, bool told = true)
        {
            var log = Log(partition);
            var first = log.LogEndOffset + gap;
            var batch = BatchOf(first, records, valueBytes);
            // As a follower takes them: the offsets are the leader's, with the holes that its compaction left.
            var result = log.AppendAsFollower(batch, _node.NowMs);
            Assert.Equal(ErrorCode.None, result.Error);
            log.HighWatermark = log.LogEndOffset;
            for (var i = 0; i < records; i++)
            {
                _records[partition].Add(first + i);
            }

            if (told)
            {
                _node.PartitionOf("t", partition).TellNews(batch.Length);
            }
        }

        private static byte[] BatchOf(long first, int records, int valueBytes)
        {
            using var builder = new RecordBatchBuilder { BaseOffset = first, PartitionLeaderEpoch = 0 };
            for (var i = 0; i < records; i++)
            {
                builder.Append(1_700_000_000_000, default, new byte[valueBytes]);
            }

            return builder.BuildArray();
        }

        /// <summary>A log as a broker of years ago left it: messages of the format 0 or 1.</summary>
        private void WriteOldLog(MemoryDisk disk, int partition, byte magic)
        {
            using var messages = new PooledBytes();
            var count = _random.Next(1, 20);
            OldMessageSet.Convert(BatchOf(0, count, _random.Next(200)), magic, offsetMin: 0, messages);
            disk.CreateDirectory($"/data/t-{partition}");
            var file = disk.OpenFile($"/data/t-{partition}/00000000000000000000.log", DiskOpen.Truncate);
            file.Write(0, messages.WrittenSpan);
            file.Sync();
            file.Release();
            for (var i = 0; i < count; i++)
            {
                _records[partition].Add(i);
            }
        }
    }

    /// <summary>Reads as Kafka's consumers do: whole batches only, records before the position are stepped over, and who was served goes to the back.</summary>
    private sealed class Reader(List<SortedSet<long>> records, string seed)
    {
        private readonly long[] _positions = new long[records.Count];

        public List<int> Order { get; } = [.. Enumerable.Range(0, records.Count)];

        public bool IsAtEnd => Order.TrueForAll(p => records[p].Count == 0 || _positions[p] > records[p].Max);

        public long PositionOf(int partition) => _positions[partition];

        public void Seek(Func<int, long> to) => Order.ForEach(p => _positions[p] = to(p));

        /// <summary>Returns how many partitions moved.</summary>
        public int Take(FetchResponse response)
        {
            var moved = 0;
            foreach (var data in response.Responses.SelectMany(t => t.Partitions))
            {
                Assert.Equal(ErrorCode.None, data.ErrorCode);
                if (data.Records is not MemoryRecords { Length: > 0 } memory)
                {
                    continue;
                }

                var before = _positions[data.PartitionIndex];
                Read(data.PartitionIndex, memory.Span);
                Assert.True(_positions[data.PartitionIndex] > before, $"{seed}: partition {data.PartitionIndex} got {memory.Length} bytes and no whole batch");
                moved++;
                Order.Remove(data.PartitionIndex);
                Order.Add(data.PartitionIndex);
            }

            return moved;
        }

        private void Read(int partition, ReadOnlySpan<byte> rest)
        {
            while (RecordBatch.TryRead(rest, out var batch, out var size))
            {
                var position = _positions[partition];
                var last = batch.Magic < 2 ? batch.BaseOffset : batch.LastOffset;
                long[] due = [.. records[partition].GetViewBetween(position, Math.Max(position, last))];
                List<long> got = [];
                if (batch.Magic < 2)
                {
                    got.Add(batch.BaseOffset); // one message, not compressed
                }
                else
                {
                    foreach (var record in batch.Records())
                    {
                        got.Add(record.Offset);
                    }
                }

                Assert.Equal(due, got.Where(offset => offset >= position));
                _positions[partition] = Math.Max(position, last + 1);
                rest = rest[size..];
            }
        }
    }
}
