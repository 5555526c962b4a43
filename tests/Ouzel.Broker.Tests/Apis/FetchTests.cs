using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;

namespace Ouzel.Broker.Tests.Apis;

public sealed partial class FetchTests : IDisposable
{
    private readonly DataNode _node = new();
    private readonly WireClient _client;

    public FetchTests() => _client = _node.Connect();

    public void Dispose()
    {
        _client.Dispose();
        _node.Dispose();
    }

    [Fact]
    public async Task Every_version_gives_the_same_batches()
    {
        var id = await _node.CreateTopicAsync("t");
        Fill("t", 0, 2, 1);
        for (short version = 4; version <= 18; version++)
        {
            var response = await _client.CallAsync(version >= 13 ? ById(id, Part(0, 0)) : Request("t", Part(0, 0)), version);
            var data = response.Responses[0].Partitions[0];
            Assert.Equal([(0L, 1L), (2L, 2L)], Batches.Ranges(data.Records));
            Assert.Equal((3L, 3L, version >= 5 ? 0L : -1L), (data.HighWatermark, data.LastStableOffset, data.LogStartOffset));
            Assert.Equal(version >= 13 ? id : Uuid.Zero, response.Responses[0].TopicId);
            Assert.Null(data.AbortedTransactions);
        }
    }

    [Fact]
    public async Task Nothing_to_read_is_empty_and_never_null()
    {
        await _node.CreateTopicAsync("t");
        var data = await OneAsync("t", Part(0, 0));
        Assert.Equal((ErrorCode.None, 0L, 0), (data.ErrorCode, data.HighWatermark, data.Records!.Length));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(-1)]
    [InlineData(1L << 40)]
    public async Task Out_of_range_carries_no_marks(long offset)
    {
        await _node.CreateTopicAsync("t");
        Fill("t", 0, 3);
        var data = await OneAsync("t", Part(0, offset));
        Assert.Equal((ErrorCode.OffsetOutOfRange, -1L, -1L, -1L, 0), (data.ErrorCode, data.HighWatermark, data.LastStableOffset, data.LogStartOffset, data.Records!.Length));
    }

    [Fact]
    public async Task Unknown_partitions_come_behind_the_others_and_do_not_end_their_wait()
    {
        await _node.CreateTopicAsync("t");
        var request = Request("t", Part(8, 0), Part(0, 0));
        (request.MaxWaitMs, request.MinBytes) = (500, 1);
        await _client.SendAsync(request, 12);
        Assert.Equal(0, Unanswered);
        _node.Clock.AdvanceMs(501);
        (_, var response) = await _client.ReceiveAsync<FetchResponse>(12);
        Assert.Equal([(0, ErrorCode.None), (8, ErrorCode.UnknownTopicOrPartition)], response.Responses[0].Partitions.Select(p => (p.PartitionIndex, p.ErrorCode)));
    }

    [Fact]
    public async Task Only_unknown_partitions_are_answered_at_once()
    {
        var request = Request("ghost", Part(0, 0));
        (request.MaxWaitMs, request.MinBytes) = (5000, 1);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await _client.CallAsync(request, 12)).Responses[0].Partitions[0].ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicId, (await _client.CallAsync(ById(Uuid.Random(_node.Random), Part(0, 0)), 13)).Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task A_wait_ends_with_the_append_that_brings_enough_bytes()
    {
        await _node.CreateTopicAsync("t", partitions: 2);
        var size = Batches.Of("v").Length;
        var request = Request("t", Part(0, 0), Part(1, 0));
        (request.MaxWaitMs, request.MinBytes) = (15000, 3 * size);
        await _client.SendAsync(request, 12);
        Fill("t", 0, 1, 1);
        Assert.Equal(0, Unanswered);
        Fill("t", 1, 1);
        (_, var response) = await _client.ReceiveAsync<FetchResponse>(12);
        Assert.Equal([2, 1], response.Responses[0].Partitions.Select(p => Batches.Ranges(p.Records).Count));
        Assert.Equal(0, _node.Timeouts.Count);
        Assert.Equal(0, _node.PartitionOf("t").Watermark.Count);
    }

    [Fact]
    public async Task A_wait_ends_when_its_time_is_over_with_what_there_is()
    {
        await _node.CreateTopicAsync("t");
        Fill("t", 0, 2);
        var request = Request("t", Part(0, 0));
        (request.MaxWaitMs, request.MinBytes) = (600, 100000);
        await _client.SendAsync(request, 12);
        _node.Clock.AdvanceMs(600);
        Assert.Equal(0, Unanswered);
        _node.Clock.AdvanceMs(1);
        (_, var response) = await _client.ReceiveAsync<FetchResponse>(12);
        Assert.Equal([(0L, 1L)], Batches.Ranges(response.Responses[0].Partitions[0].Records));
        Assert.Equal(0, _node.PartitionOf("t").Watermark.Count);
    }

    [Fact]
    public async Task A_wait_ends_when_the_leader_changes_or_the_topic_is_deleted()
    {
        await _node.CreateTopicAsync("t");
        await _node.CreateTopicAsync("u");
        foreach (var topic in new[] { "t", "u" })
        {
            var request = Request(topic, Part(0, 0));
            (request.MaxWaitMs, request.MinBytes) = (60000, 1);
            await _client.SendAsync(request, 12);
        }

        await _node.ChangeLeaderAsync("t", 0, leader: 2);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await _client.ReceiveAsync<FetchResponse>(12)).Response.Responses[0].Partitions[0].ErrorCode);
        await _node.DeleteTopicAsync("u");
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await _client.ReceiveAsync<FetchResponse>(12)).Response.Responses[0].Partitions[0].ErrorCode);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(100, 3)]
    public async Task The_first_batch_comes_whole_and_limits_hold_for_the_rest(int batches, int expected)
    {
        await _node.CreateTopicAsync("t");
        Fill("t", 0, 1, 1, 1);
        var size = Batches.Of("v").Length;
        var limit = batches switch { 0 => 0, 1 => 1, 3 => 2 * size, _ => int.MaxValue };
        Assert.Equal(expected, Batches.Ranges((await OneAsync("t", Part(0, 0, limit))).Records).Count);
    }

    [Fact]
    public async Task The_right_to_exceed_the_limit_belongs_to_the_first_partition_with_data()
    {
        await _node.CreateTopicAsync("t", partitions: 3);
        Fill("t", 1, 5, 5);
        Fill("t", 2, 5, 5);
        var request = Request("t", Part(0, 0), Part(1, 0), Part(2, 0));
        request.MaxBytes = 1;
        var response = await _client.CallAsync(request, 12);
        Assert.Equal([(0, 0), (1, 1), (2, 0)], response.Responses[0].Partitions.Select(p => (p.PartitionIndex, Batches.Ranges(p.Records).Count)));
    }

    [Fact]
    public async Task A_batch_that_does_not_fit_leaves_its_partition_empty_instead_of_cut()
    {
        var id = await _node.CreateTopicAsync("t", partitions: 3);
        for (var partition = 0; partition < 3; partition++)
        {
            Fill("t", partition, 5, 5);
        }

        var size = Batches.Of([.. Enumerable.Repeat("v", 5)]).Length;
        for (short version = 4; version <= 18; version++)
        {
            var request = version >= 13 ? ById(id, Part(0, 0, size), Part(1, 0, size - 1), Part(2, 0, size)) : Request("t", Part(0, 0, size), Part(1, 0, size - 1), Part(2, 0, size));
            request.MaxBytes = (2 * size) - 1;
            var response = await _client.CallAsync(request, version);
            Assert.Equal([1, 0, 0], response.Responses[0].Partitions.Select(p => Batches.Ranges(p.Records).Count));
            Assert.Equal([0, 0], response.Responses[0].Partitions.Skip(1).Select(p => p.Records!.Length));
            Assert.Equal([10, 10, 10], response.Responses[0].Partitions.Select(p => p.HighWatermark));
        }
    }

    [Fact]
    public async Task A_fetch_that_starts_in_a_segment_that_does_not_grow_is_answered_at_once()
    {
        var size = Batches.Of("v").Length;
        await _node.CreateTopicAsync("t", options: LogOptions.Default with { SegmentBytes = 3 * size });
        Fill("t", 0, 1, 1, 1, 1);
        Assert.Equal(3, Batches.Ranges((await WaitingAsync("t", 1000 * size, Part(0, 0))).Records).Count);
        await _client.SendAsync(Waiting("t", 1000 * size, Part(0, 3)), 12);
        Assert.Equal(0, Unanswered);
        Fill("t", 0, 1, 1);
        Assert.Equal(0, Unanswered);
        Fill("t", 0, 1); // begins the next segment
        Assert.Equal(3, Batches.Ranges((await _client.ReceiveAsync<FetchResponse>(12)).Response.Responses[0].Partitions[0].Records).Count);
    }

    [Fact]
    public async Task A_fetch_that_no_append_can_make_larger_is_answered_at_once()
    {
        await _node.CreateTopicAsync("t", partitions: 2);
        var size = Batches.Of("v").Length;
        Fill("t", 0, 1, 1);
        Fill("t", 1, 1);
        Assert.Single(Batches.Ranges((await WaitingAsync("t", 1000 * size, Part(0, 0, size))).Records));
        // The second partition has no room for its batch, and the first is at its limit.
        var request = Waiting("t", (2 * size) - 1, Part(0, 0, size), Part(1, 0));
        request.MaxBytes = (2 * size) - 1;
        Assert.Equal([1, 0], (await _client.CallAsync(request, 12)).Responses[0].Partitions.Select(p => Batches.Ranges(p.Records).Count));
    }

    [Fact]
    public async Task What_has_no_room_in_the_answer_counts_as_being_there()
    {
        await _node.CreateTopicAsync("t", partitions: 2);
        var size = Batches.Of("v").Length;
        Fill("t", 0, 1);
        Fill("t", 1, 1);
        var request = Waiting("t", size + 1, Part(0, 0), Part(1, 0));
        request.MaxBytes = (2 * size) - 1;
        Assert.Equal([1, 0], (await _client.CallAsync(request, 12)).Responses[0].Partitions.Select(p => Batches.Ranges(p.Records).Count));
    }

    [Fact]
    public async Task A_fault_in_one_partition_is_its_own_error()
    {
        using var disk = new GatedDisk(FakeTime.New(), "/data/t-1");
        using var node = new DataNode(disk);
        await node.CreateTopicAsync("t", partitions: 3);
        using var client = node.Connect();
        for (var partition = 0; partition < 3; partition++)
        {
            await client.CallAsync(ProduceTests.Request(1, ("t", partition, Batches.Of("v"))), 9);
        }

        disk.Fault = new InvalidOperationException("not foreseen");
        var response = await client.CallAsync(Request("t", Part(0, 0), Part(1, 0), Part(2, 0)), 12);
        Assert.Equal([ErrorCode.None, ErrorCode.UnknownServerError, ErrorCode.None], response.Responses[0].Partitions.Select(p => p.ErrorCode));
        var ask = new ListOffsetsRequest { ReplicaId = -1, Topics = [new() { Name = "t", Partitions = [.. Enumerable.Range(0, 3).Select(i => new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = i, Timestamp = 5, CurrentLeaderEpoch = -1 })] }] };
        Assert.Equal([ErrorCode.None, ErrorCode.UnknownServerError, ErrorCode.None], (await client.CallAsync(ask, 7)).Topics[0].Partitions.Select(p => p.ErrorCode));
        var produced = await client.CallAsync(ProduceTests.Request(1, ("t", 0, Batches.Of("v")), ("t", 1, Batches.Of("v")), ("t", 2, Batches.Of("v"))), 9);
        Assert.Equal([ErrorCode.None, ErrorCode.UnknownServerError, ErrorCode.None], produced.Responses.Select(t => t.PartitionResponses[0].ErrorCode));
        disk.Fault = null;
    }

    [Theory]
    [InlineData(-1, ErrorCode.None)]
    [InlineData(0, ErrorCode.FencedLeaderEpoch)]
    [InlineData(1, ErrorCode.None)]
    [InlineData(2, ErrorCode.UnknownLeaderEpoch)]
    public async Task The_leader_epoch_of_the_client_is_checked_unless_it_is_minus_1(int epoch, ErrorCode expected)
    {
        await _node.CreateTopicAsync("t");
        await _node.ChangeLeaderAsync("t", 0, leader: 1);
        var part = Part(0, 0);
        part.CurrentLeaderEpoch = epoch;
        Assert.Equal(expected, (await OneAsync("t", part)).ErrorCode);
    }

    [Fact]
    public async Task A_position_its_epoch_never_reached_is_answered_with_the_end_of_that_epoch()
    {
        await _node.CreateTopicAsync("t");
        Fill("t", 0, 3);
        var part = Part(0, 4);
        part.LastFetchedEpoch = 0;
        var data = await OneAsync("t", part);
        Assert.Equal((ErrorCode.None, 0, 3L, 3L), (data.ErrorCode, data.DivergingEpoch.Epoch, data.DivergingEpoch.EndOffset, data.HighWatermark));
        Assert.Equal(0, data.Records!.Length);
    }

    [Fact]
    public async Task A_broker_that_holds_no_replica_is_refused()
    {
        await _node.CreateTopicAsync("t");
        var request = Request("t", Part(0, 0));
        request.ReplicaId = 5;
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await _client.CallAsync(request, 11)).Responses[0].Partitions[0].ErrorCode);
        request.ReplicaId = -2;
        Assert.Equal(ErrorCode.None, (await _client.CallAsync(request, 11)).Responses[0].Partitions[0].ErrorCode);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    public async Task Old_versions_get_messages_of_the_format_they_know(short version, byte magic)
    {
        await _node.CreateTopicAsync("t");
        Fill("t", 0, 3);
        var data = (await _client.CallAsync(Request("t", Part(0, 1)), version)).Responses[0].Partitions[0];
        var bytes = ((MemoryRecords)data.Records!).Span;
        Assert.True(RecordBatch.TryRead(bytes, out var first, out var size));
        Assert.Equal((1L, magic, 2 * size), (first.BaseOffset, (byte)first.Magic, bytes.Length));
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    public async Task Answers_to_old_versions_are_small_and_many_of_them_bring_everything(CompressionCodec codec)
    {
        await _node.CreateTopicAsync("t", partitions: 2, options: LogOptions.Default with { MessageBytesMax = 20 << 20 });
        using var producer = _node.Connect();
        for (var i = 0; i < 4; i++)
        {
            for (var partition = 0; partition < 2; partition++)
            {
                using var builder = new RecordBatchBuilder { Codec = codec };
                for (var record = 0; record < 12; record++)
                {
                    var value = new byte[200_000];
                    _node.Random.NextBytes(value);
                    builder.Append(1_700_000_000_000, default, value);
                }

                Assert.Equal(ErrorCode.None, (await producer.CallAsync(ProduceTests.Request(1, ("t", partition, builder.BuildArray())), 9)).Responses[0].PartitionResponses[0].ErrorCode);
            }
        }

        long[] next = [0, 0];
        for (var answers = 0; next[0] < 48 || next[1] < 48; answers++)
        {
            Assert.InRange(answers, 0, 20);
            var request = Request("t", [.. next.Select((offset, i) => Part(i, offset, int.MaxValue)).OrderBy(p => p.FetchOffset)]);
            var response = await _client.CallAsync(request, (short)(answers % 4));
            Assert.True(response.Responses[0].Partitions.Sum(p => p.Records!.Length) is > 0 and < 8 << 20);
            foreach (var data in response.Responses[0].Partitions)
            {
                Assert.Equal(ErrorCode.None, data.ErrorCode);
                var rest = ((MemoryRecords)data.Records!).Span;
                for (; RecordBatch.TryRead(rest, out var message, out var size); rest = rest[size..])
                {
                    next[data.PartitionIndex] = message.BaseOffset + 1; // of a wrapper, its last
                }
            }
        }
    }

    [Fact]
    public async Task An_old_client_is_brought_past_what_its_format_does_not_know()
    {
        await _node.CreateTopicAsync("t", options: LogOptions.Default with { SegmentBytes = 400 });
        var log = _node.PartitionOf("t").Log;
        for (var i = 0; i < 20; i++)
        {
            using var marker = new RecordBatchBuilder { BaseOffset = i, ProducerId = 1, ProducerEpoch = 0, IsTransactional = true, IsControl = true, PartitionLeaderEpoch = 0 };
            marker.Append(1_700_000_000_000, (byte[])[0, 0, 0, 1], new byte[6]);
            Assert.Equal(ErrorCode.None, log.AppendAsFollower(marker.BuildArray(), _node.NowMs).Error);
        }

        log.HighWatermark = 20;
        Assert.Equal(0, (await _client.CallAsync(Request("t", Part(0, 0, 100)), 2)).Responses[0].Partitions[0].Records!.Length);
        Fill("t", 0, 1);
        for (short version = 0; version < 4; version++)
        {
            var records = (await _client.CallAsync(Request("t", Part(0, 0, 100)), version)).Responses[0].Partitions[0].Records!;
            Assert.True(RecordBatch.TryRead(((MemoryRecords)records).Span, out var first, out _));
            Assert.Equal(20, first.BaseOffset);
        }
    }

    [Fact]
    public async Task Of_a_partition_named_twice_the_last_counts_at_the_place_of_the_first()
    {
        await _node.CreateTopicAsync("t", partitions: 20);
        Fill("t", 0, 1, 1);
        FetchRequest.FetchPartition[] many = [.. Enumerable.Range(0, 20).Select(i => Part(i, 0)), .. Enumerable.Range(0, 20).Select(i => Part(i, i == 0 ? 1 : 0)), Part(3, 0)];
        var response = await _client.CallAsync(Request("t", many), 12);
        Assert.Equal(Enumerable.Range(0, 20), response.Responses[0].Partitions.Select(p => p.PartitionIndex));
        Assert.Equal([(1L, 1L)], Batches.Ranges(response.Responses[0].Partitions[0].Records));
        response = await _client.CallAsync(Request("t", Part(1, 5), Part(0, 0), Part(1, 0)), 12);
        Assert.Equal([(1, ErrorCode.None), (0, ErrorCode.None)], response.Responses[0].Partitions.Select(p => (p.PartitionIndex, p.ErrorCode)));
    }

    [Fact]
    public async Task A_fetch_of_very_many_partitions_is_answered_like_any_other()
    {
        await _node.CreateTopicAsync("t", partitions: 600);
        Fill("t", 599, 1);
        var response = await _client.CallAsync(Request("t", [.. Enumerable.Range(0, 600).Select(i => Part(i, 0))]), 12);
        Assert.Equal(600, response.Responses[0].Partitions.Count);
        Assert.Single(Batches.Ranges(response.Responses[0].Partitions[599].Records));
    }

    private int Unanswered => ((MemoryTransport)_client.Transport).Unanswered;

    private void Fill(string topic, int partition, params int[] recordCounts)
    {
        using var producer = _node.Connect();
        foreach (var count in recordCounts)
        {
            var batch = Batches.Of([.. Enumerable.Repeat("v", count)]);
            var producing = producer.CallAsync(ProduceTests.Request(1, (topic, partition, batch)), 9);
            Assert.True(producing.IsCompleted);
        }
    }

    private async Task<FetchResponse.PartitionData> WaitingAsync(string topic, int bytesMin, FetchRequest.FetchPartition part)
        => (await _client.CallAsync(Waiting(topic, bytesMin, part), 12)).Responses[0].Partitions[0];

    private static FetchRequest Waiting(string topic, int bytesMin, params FetchRequest.FetchPartition[] parts)
    {
        var request = Request(topic, parts);
        (request.MaxWaitMs, request.MinBytes) = (60000, bytesMin);
        return request;
    }

    private async Task<FetchResponse.PartitionData> OneAsync(string topic, FetchRequest.FetchPartition part)
        => (await _client.CallAsync(Request(topic, part), 12)).Responses[0].Partitions[0];

    private static FetchRequest Request(string topic, params FetchRequest.FetchPartition[] parts) => new()
    {
        MaxBytes = int.MaxValue,
        Topics = [new() { Topic = topic, Partitions = [.. parts] }],
    };

    private static FetchRequest ById(Uuid topic, params FetchRequest.FetchPartition[] parts) => new()
    {
        MaxBytes = int.MaxValue,
        Topics = [new() { TopicId = topic, Partitions = [.. parts] }],
    };

    private static FetchRequest Session(int id, int epoch, string topic, params FetchRequest.FetchPartition[] parts)
    {
        var request = Request(topic, parts);
        (request.SessionId, request.SessionEpoch) = (id, epoch);
        if (parts.Length == 0)
        {
            request.Topics.Clear();
        }

        return request;
    }

    private static FetchRequest.FetchPartition Part(int index, long offset, int limit = 1 << 20)
        => new() { Partition = index, FetchOffset = offset, PartitionMaxBytes = limit };
}
