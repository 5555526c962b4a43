using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;

namespace Ouzel.Broker.Tests.Apis;

public sealed class ProduceTests : IDisposable
{
    private readonly DataNode _node = new();
    private readonly WireClient _client;

    public ProduceTests() => _client = _node.Connect();

    public void Dispose()
    {
        _client.Dispose();
        _node.Dispose();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(12)]
    public async Task Offsets_are_dense_from_0_on(short version)
    {
        await _node.CreateTopicAsync("t");
        Assert.Equal((ErrorCode.None, 0L), await OneAsync(Batches.Of("a", "b"), version));
        Assert.Equal((ErrorCode.None, 2L), await OneAsync(Batches.Of("c"), version));
    }

    [Fact]
    public async Task Version_13_names_topics_by_id_and_repeats_it()
    {
        var id = await _node.CreateTopicAsync("t", partitions: 2);
        var ghost = Uuid.Random(_node.Random);
        var response = await _client.CallAsync(Request(-1, (id, 1, Batches.Of("a")), (id, 7, Batches.Of("a")), (ghost, 0, Batches.Of("a")), (Uuid.Zero, 0, Batches.Of("a"))), 13);
        Assert.Equal([id, id, ghost, Uuid.Zero], response.Responses.Select(t => t.TopicId));
        Assert.Equal(
            [(ErrorCode.None, 0L), (ErrorCode.UnknownTopicOrPartition, -1L), (ErrorCode.UnknownTopicId, -1L), (ErrorCode.UnknownTopicId, -1L)],
            response.Responses.Select(t => (t.PartitionResponses[0].ErrorCode, t.PartitionResponses[0].BaseOffset)));
    }

    [Fact]
    public async Task Each_partition_of_a_request_succeeds_or_fails_by_itself()
    {
        await _node.CreateTopicAsync("t", partitions: 2);
        var damaged = Batches.Of("x");
        damaged[^1] ^= 1;
        var response = await _client.CallAsync(Request(-1, ("t", 1, Batches.Of("a")), ("t", 0, damaged), ("t", 9, Batches.Of("a")), ("ghost", 0, Batches.Of("a"))), 9);
        Assert.Equal(
            [ErrorCode.None, ErrorCode.CorruptMessage, ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownTopicOrPartition],
            response.Responses.Select(t => t.PartitionResponses[0].ErrorCode));
        Assert.Equal((1, 0), (_node.PartitionOf("t", 1).Log.LogEndOffset, _node.PartitionOf("t").Log.LogEndOffset));
    }

    [Theory]
    [InlineData("t", 2, ErrorCode.InvalidRequiredAcks)]
    [InlineData("t", -2, ErrorCode.InvalidRequiredAcks)]
    [InlineData("ghost", 2, ErrorCode.UnknownTopicOrPartition)]
    public async Task An_unknown_topic_is_told_before_wrong_acks(string topic, short acks, ErrorCode expected)
    {
        await _node.CreateTopicAsync("t");
        var response = await _client.CallAsync(Request(acks, (topic, 0, Batches.Of("a"))), 9);
        var told = response.Responses[0].PartitionResponses[0];
        Assert.Equal((expected, -1L, -1L), (told.ErrorCode, told.BaseOffset, told.LogStartOffset));
        Assert.Equal(0, _node.PartitionOf("t").Log.LogEndOffset);
    }

    [Fact]
    public async Task A_topic_without_partitions_is_left_out_of_the_answer()
    {
        await _node.CreateTopicAsync("t");
        Assert.Empty((await _client.CallAsync(new ProduceRequest { Acks = -1, TopicData = [new() { Name = "t" }] }, 9)).Responses);
    }

    [Fact]
    public async Task Wrong_acks_are_told_before_a_damaged_batch()
    {
        await _node.CreateTopicAsync("t");
        var damaged = Batches.Of("x");
        damaged[^1] ^= 1;
        Assert.Equal(ErrorCode.InvalidRequiredAcks, (await _client.CallAsync(Request(3, ("t", 0, damaged)), 9)).Responses[0].PartitionResponses[0].ErrorCode);
    }

    [Fact]
    public async Task A_partition_takes_exactly_one_whole_batch()
    {
        await _node.CreateTopicAsync("t");
        var one = Batches.Of("a");
        Assert.Equal((ErrorCode.InvalidRecord, -1L), await OneAsync([.. one, .. one]));
        Assert.Equal((ErrorCode.InvalidRecord, -1L), await OneAsync([]));
        Assert.Equal((ErrorCode.InvalidRecord, -1L), await OneAsync(one[..^1]));
        Assert.Equal((ErrorCode.CorruptMessage, -1L), await OneAsync(new byte[20]));
        Assert.Equal((ErrorCode.CorruptMessage, -1L), await OneAsync([.. one, .. new byte[20]]));
        Assert.Equal((ErrorCode.None, 0L), await OneAsync([.. one, .. new byte[11]]));
        Assert.Equal((ErrorCode.InvalidRecord, -1L), await OneAsync(null));
    }

    [Fact]
    public async Task Old_versions_bring_messages_that_are_stored_as_one_batch()
    {
        await _node.CreateTopicAsync("t");
        using var messages = new PooledBytes();
        OldMessageSet.Convert(Batches.Of("a", "b"), magic: 1, offsetMin: 0, messages);
        Assert.Equal((ErrorCode.InvalidRecord, -1L), await OneAsync(messages.WrittenSpan.ToArray(), 3));
        for (short version = 0; version <= 2; version++)
        {
            Assert.Equal((ErrorCode.None, version * 2L), await OneAsync(messages.WrittenSpan.ToArray(), version));
        }

        var fetch = new FetchRequest { MaxBytes = 1 << 20, Topics = [new() { Topic = "t", Partitions = [new() { PartitionMaxBytes = 1 << 20 }] }] };
        var data = (await _client.CallAsync(fetch, 12)).Responses[0].Partitions[0];
        Assert.Equal([(0L, 1L), (2L, 3L), (4L, 5L)], Batches.Ranges(data.Records));
    }

    [Fact]
    public async Task A_transactional_batch_without_an_id_refuses_the_whole_request()
    {
        await _node.CreateTopicAsync("t");
        var response = await _client.CallAsync(Request(-1, ("t", 0, Batches.Of("a")), ("ghost", 0, Batches.Of(1, 0, 0, true, "x"))), 9);
        Assert.All(response.Responses, t => Assert.Equal(ErrorCode.TransactionalIdAuthorizationFailed, t.PartitionResponses[0].ErrorCode));
        Assert.Equal(0, _node.PartitionOf("t").Log.LogEndOffset);
    }

    [Fact]
    public async Task The_brokers_own_topics_are_closed_to_clients_except_the_admin_client()
    {
        await _node.CreateTopicAsync("__consumer_offsets");
        Assert.Equal(ErrorCode.InvalidTopicException, (await _client.CallAsync(Request(-1, ("__consumer_offsets", 0, Batches.Of("a"))), 9)).Responses[0].PartitionResponses[0].ErrorCode);
        using var admin = _node.Connect("__admin_client");
        Assert.Equal(ErrorCode.None, (await admin.CallAsync(Request(-1, ("__consumer_offsets", 0, Batches.Of("a"))), 9)).Responses[0].PartitionResponses[0].ErrorCode);
    }

    [Fact]
    public async Task Without_acknowledgement_there_is_no_answer()
    {
        await _node.CreateTopicAsync("t");
        await _client.SendAsync(Request(0, ("t", 0, Batches.Of("a"))), 9);
        await _client.SendAsync(Request(0, ("t", 0, Batches.Of("b"))), 9);
        var third = await _client.SendAsync(Request(1, ("t", 0, Batches.Of("c"))), 9);
        var (received, response) = await _client.ReceiveAsync<ProduceResponse>(9);
        Assert.Equal((third, 2L), (received, response.Responses[0].PartitionResponses[0].BaseOffset));
    }

    [Fact]
    public async Task Without_acknowledgement_an_error_ends_the_connection_and_the_good_partitions_are_stored()
    {
        await _node.CreateTopicAsync("t");
        await _client.SendAsync(Request(0, ("t", 0, Batches.Of("a")), ("t", 5, Batches.Of("b"))), 9);
        Assert.Null(await _client.ReceiveFrameAsync());
        Assert.Equal(1, _node.PartitionOf("t").Log.LogEndOffset);
    }

    [Fact]
    public async Task A_repeated_batch_is_answered_with_the_first_offset_and_stored_once()
    {
        await _node.CreateTopicAsync("t");
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal((ErrorCode.None, 0L), await OneAsync(Batches.Of(9, 0, 0, false, "a", "b")));
        }

        Assert.Equal((ErrorCode.OutOfOrderSequenceNumber, -1L), await OneAsync(Batches.Of(9, 0, 5, false, "a")));
        Assert.Equal(2, _node.PartitionOf("t").Log.LogEndOffset);
    }

    [Fact]
    public async Task Fewer_replicas_in_sync_than_required_refuse_acks_all_only()
    {
        await _node.CreateTopicAsync("t", isrMin: 5);
        Assert.Equal((ErrorCode.None, 0L), await OneAsync(Batches.Of("the required number is at most the number of replicas")));
    }

    [Fact]
    public async Task Another_leader_is_told_by_an_error()
    {
        await _node.CreateTopicAsync("t");
        await _node.ChangeLeaderAsync("t", 0, leader: 2);
        Assert.Equal((ErrorCode.NotLeaderOrFollower, -1L), await OneAsync(Batches.Of("a")));
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(1, true)]
    public async Task Only_acks_all_waits_for_the_disk_and_other_requests_go_on_meanwhile(short acks, bool answersAtOnce)
    {
        var disk = new HeldWork();
        using var node = new DataNode(work: disk);
        await node.CreateTopicAsync("t");
        disk.RunAll();
        using var client = node.Connect();
        await client.SendAsync(Request(acks, ("t", 0, Batches.Of("a"))), 9);
        await client.SendAsync(Request(acks, ("t", 0, Batches.Of("b"))), 9);
        Assert.Equal(2, node.PartitionOf("t").Log.LogEndOffset);
        Assert.Equal(answersAtOnce, ((MemoryTransport)client.Transport).Unanswered > 0);
        disk.RunAll();
        Assert.Equal(1, (await client.ReceiveAsync<ProduceResponse>(9)).CorrelationId);
        Assert.Equal(2, (await client.ReceiveAsync<ProduceResponse>(9)).CorrelationId);
        Assert.Equal(acks == -1 ? 2 : 0, node.PartitionOf("t").Log.RecoveryPoint);
    }

    [Fact]
    public async Task A_request_that_takes_long_keeps_its_successors_behind_it()
    {
        await _node.CreateTopicAsync("t", partitions: 300);
        (string, int, byte[]?)[] many = [.. Enumerable.Range(0, 300).Select(i => ("t", i, (byte[]?)Batches.Of($"a{i}")))];
        using var builder = new RecordBatchBuilder { Codec = CompressionCodec.Gzip };
        var value = new byte[200_000];
        _node.Random.NextBytes(value);
        builder.Append(1_700_000_000_000, default, value);
        await _client.SendAsync(Request(-1, many), 9);
        await _client.SendAsync(Request(1, ("t", 0, builder.BuildArray())), 9);
        await _client.SendAsync(Request(1, ("t", 0, Batches.Of("b"))), 9);
        var first = (await _client.ReceiveAsync<ProduceResponse>(9)).Response;
        Assert.All(first.Responses, t => Assert.Equal((ErrorCode.None, 0L), (t.PartitionResponses[0].ErrorCode, t.PartitionResponses[0].BaseOffset)));
        Assert.Equal(300, first.Responses.Count);
        Assert.Equal(1, (await _client.ReceiveAsync<ProduceResponse>(9)).Response.Responses[0].PartitionResponses[0].BaseOffset);
        Assert.Equal(2, (await _client.ReceiveAsync<ProduceResponse>(9)).Response.Responses[0].PartitionResponses[0].BaseOffset);
    }

    [Fact]
    public async Task Acks_all_waits_no_longer_than_the_producer_asks_and_what_was_appended_stays()
    {
        var disk = new HeldWork();
        using var node = new DataNode(work: disk);
        await node.CreateTopicAsync("t", partitions: 2);
        disk.RunAll();
        using var client = node.Connect();
        await client.SendAsync(Request(-1, ("t", 0, Batches.Of("a")), ("t", 7, Batches.Of("b"))), 9);
        node.Clock.AdvanceMs(1000);
        Assert.Equal(0, ((MemoryTransport)client.Transport).Unanswered);
        node.Clock.AdvanceMs(1);
        var told = (await client.ReceiveAsync<ProduceResponse>(9)).Response;
        Assert.Equal([ErrorCode.RequestTimedOut, ErrorCode.UnknownTopicOrPartition], told.Responses.Select(t => t.PartitionResponses[0].ErrorCode));
        Assert.Equal(1, node.PartitionOf("t").Log.LogEndOffset);

        // The one that timed out is over when the disk is, and has nothing to do with the next.
        await client.SendAsync(Request(-1, ("t", 0, Batches.Of("c"))), 9);
        disk.RunAll();
        var next = (await client.ReceiveAsync<ProduceResponse>(9)).Response.Responses[0].PartitionResponses[0];
        Assert.Equal((ErrorCode.None, 1L), (next.ErrorCode, next.BaseOffset));
        Assert.Equal(0, node.Timeouts.Count);
    }

    [Fact]
    public async Task An_append_that_waits_for_a_slow_disk_times_out_too_and_happens_later()
    {
        var disk = new HeldWork();
        using var node = new DataNode(work: disk);
        await node.CreateTopicAsync("t");
        disk.RunAll();
        Assert.True(node.PartitionOf("t").Directory.TryQueue(1, () => { }));
        using var client = node.Connect();
        await client.SendAsync(Request(-1, ("t", 0, Batches.Of("a"))), 9);
        node.Clock.AdvanceMs(1001);
        Assert.Equal(ErrorCode.RequestTimedOut, (await client.ReceiveAsync<ProduceResponse>(9)).Response.Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Equal(0, node.PartitionOf("t").Log.LogEndOffset);
        disk.RunAll();
        Assert.Equal(1, node.PartitionOf("t").Log.LogEndOffset);
    }

    [Fact]
    public async Task A_topic_that_is_deleted_before_its_append_is_synced_is_unknown()
    {
        var disk = new HeldWork();
        using var node = new DataNode(work: disk);
        await node.CreateTopicAsync("t");
        disk.RunAll();
        using var client = node.Connect();
        await client.SendAsync(Request(-1, ("t", 0, Batches.Of("a"))), 9);
        await node.DeleteTopicAsync("t");
        await node.CreateTopicAsync("t");
        disk.RunAll();
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await client.ReceiveAsync<ProduceResponse>(9)).Response.Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Equal(0, node.PartitionOf("t").Log.LogEndOffset);
    }

    [Fact]
    public async Task Appends_to_a_slow_disk_wait_in_their_order_and_other_requests_go_on_meanwhile()
    {
        var disk = new HeldWork();
        using var node = new DataNode(work: disk);
        await node.CreateTopicAsync("t");
        disk.RunAll();
        Assert.True(node.PartitionOf("t").Directory.TryQueue(1, () => { }));
        using var client = node.Connect();
        foreach (var value in (string[])["a", "b", "c"])
        {
            await client.SendAsync(Request(1, ("t", 0, Batches.Of(value))), 9);
        }

        await client.SendAsync(Request(1, ("t", 0, [1, 2, 3])), 9);
        Assert.Equal(0, node.PartitionOf("t").Log.LogEndOffset);
        using var other = node.Connect();
        Assert.Equal(0, (await other.CallAsync(new ListOffsetsRequest { ReplicaId = -1, Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, Timestamp = -1 }] }] }, 7)).Topics[0].Partitions[0].Offset);
        disk.RunAll();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(i, (await client.ReceiveAsync<ProduceResponse>(9)).Response.Responses[0].PartitionResponses[0].BaseOffset);
        }

        Assert.NotEqual(ErrorCode.None, (await client.ReceiveAsync<ProduceResponse>(9)).Response.Responses[0].PartitionResponses[0].ErrorCode);
        Assert.False(node.PartitionOf("t").MustQueue);
    }

    [Fact]
    public async Task Beyond_what_may_be_copied_for_a_slow_disk_connections_wait_and_nothing_is_refused_or_out_of_order()
    {
        var disk = new HeldWork();
        using var node = new DataNode(work: disk);
        await node.CreateTopicAsync("t");
        disk.RunAll();
        Assert.True(node.PartitionOf("t").Directory.TryQueue(int.MaxValue, () => { }));
        using WireClient one = node.Connect(), other = node.Connect();
        const int Count = 20;
        for (var i = 0; i < Count; i++)
        {
            await one.SendAsync(Request(1, ("t", 0, Batches.Of($"one {i}"))), 9);
            await other.SendAsync(Request(1, ("t", 0, Batches.Of($"other {i}"))), 9);
        }

        Assert.Equal(0, node.PartitionOf("t").Log.LogEndOffset);
        foreach (var client in (WireClient[])[one, other])
        {
            long last = -1;
            for (var i = 0; i < Count; i++)
            {
                var answer = client.ReceiveAsync<ProduceResponse>(9);
                await disk.RunUntilAsync(answer);
                var told = (await answer).Response.Responses[0].PartitionResponses[0];
                Assert.Equal(ErrorCode.None, told.ErrorCode);
                Assert.True(told.BaseOffset > last, $"{told.BaseOffset} came behind {last}");
                last = told.BaseOffset;
            }
        }

        Assert.Equal(2 * Count, node.PartitionOf("t").Log.LogEndOffset);
    }

    [Fact]
    public async Task Batches_with_acks_0_that_wait_for_a_slow_disk_are_not_lost()
    {
        var disk = new HeldWork();
        using var node = new DataNode(work: disk);
        await node.CreateTopicAsync("t");
        disk.RunAll();
        Assert.True(node.PartitionOf("t").Directory.TryQueue(int.MaxValue, () => { }));
        using var client = node.Connect();
        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync(Request(0, ("t", 0, Batches.Of($"{i}"))), 9);
        }

        await client.SendAsync(Request(1, ("t", 0, Batches.Of("last"))), 9);
        var answer = client.ReceiveAsync<ProduceResponse>(9);
        await disk.RunUntilAsync(answer);
        Assert.Equal(20, (await answer).Response.Responses[0].PartitionResponses[0].BaseOffset);
    }

    [Fact]
    public async Task A_batch_that_waits_for_a_slow_disk_where_it_lies_is_written_whole_though_its_client_has_gone()
    {
        var disk = new HeldWork();
        using var node = new DataNode(work: disk);
        await node.CreateTopicAsync("t");
        disk.RunAll();
        Assert.True(node.PartitionOf("t").Directory.TryQueue(int.MaxValue, () => { }));
        using (var gone = node.Connect())
        {
            await gone.SendAsync(Request(1, ("t", 0, Batches.Of("from somebody who has gone"))), 9);
        }

        // Whose buffers must not be the other's.
        using var next = node.Connect();
        await next.SendAsync(Request(1, ("t", 0, Batches.Of("from the next"))), 9);
        var answer = next.ReceiveAsync<ProduceResponse>(9);
        await disk.RunUntilAsync(answer);
        Assert.Equal(1, (await answer).Response.Responses[0].PartitionResponses[0].BaseOffset);
        using var slice = node.PartitionOf("t").Log.Read(0, 1 << 20, FetchIsolation.LogEnd, minOneMessage: true).Records!;
        Assert.Equal(["from somebody who has gone", "from the next"], Batches.Values(new MemoryRecords(slice.ToArray())));
    }

    [Fact]
    public async Task An_append_that_waited_for_a_slow_disk_is_acknowledged_to_acks_all_once_it_is_synced()
    {
        var disk = new HeldWork();
        using var node = new DataNode(work: disk);
        await node.CreateTopicAsync("t");
        disk.RunAll();
        Assert.True(node.PartitionOf("t").Directory.TryQueue(1, () => { }));
        using var client = node.Connect();
        await client.SendAsync(Request(-1, ("t", 0, Batches.Of("a"))), 9);
        await client.SendAsync(Request(-1, ("t", 0, Batches.Of("b"))), 9);
        Assert.Equal(0, node.PartitionOf("t").Log.LogEndOffset);
        Assert.Equal(0, ((MemoryTransport)client.Transport).Unanswered);
        var first = client.ReceiveAsync<ProduceResponse>(9);
        await disk.RunUntilAsync(first); // what follows an append, and asks for its sync, runs on the pool
        Assert.Equal(0, (await first).Response.Responses[0].PartitionResponses[0].BaseOffset);
        Assert.InRange(node.PartitionOf("t").Log.RecoveryPoint, 1, 2);
        var second = client.ReceiveAsync<ProduceResponse>(9);
        await disk.RunUntilAsync(second);
        Assert.Equal(1, (await second).Response.Responses[0].PartitionResponses[0].BaseOffset);
        Assert.Equal(2, node.PartitionOf("t").Log.RecoveryPoint);
    }

    [Fact]
    public async Task A_batch_with_acks_0_that_is_refused_after_it_waited_for_a_slow_disk_ends_the_connection()
    {
        var disk = new HeldWork();
        using var node = new DataNode(work: disk);
        await node.CreateTopicAsync("t");
        disk.RunAll();
        Assert.True(node.PartitionOf("t").Directory.TryQueue(1, () => { }));
        using var client = node.Connect();
        var damaged = Batches.Of("a");
        damaged[^1] ^= 1;
        await client.SendAsync(Request(0, ("t", 0, damaged)), 9);
        disk.RunAll();
        Assert.Null(await client.ReceiveFrameAsync());
        Assert.Equal(0, node.PartitionOf("t").Log.LogEndOffset);
    }

    private async Task<(ErrorCode, long)> OneAsync(byte[]? records, short version = 9)
    {
        var response = await _client.CallAsync(Request(-1, ("t", 0, records)), version);
        return (response.Responses[0].PartitionResponses[0].ErrorCode, response.Responses[0].PartitionResponses[0].BaseOffset);
    }

    internal static ProduceRequest Request(short acks, params (string Topic, int Partition, byte[]? Records)[] parts) => new()
    {
        Acks = acks,
        TimeoutMs = 1000,
        TopicData = [.. parts.Select(p => new ProduceRequest.TopicProduceData { Name = p.Topic, PartitionData = [Part(p.Partition, p.Records)] })],
    };

    private static ProduceRequest Request(short acks, params (Uuid Topic, int Partition, byte[] Records)[] parts) => new()
    {
        Acks = acks,
        TopicData = [.. parts.Select(p => new ProduceRequest.TopicProduceData { TopicId = p.Topic, PartitionData = [Part(p.Partition, p.Records)] })],
    };

    private static ProduceRequest.PartitionProduceData Part(int index, byte[]? records)
        => new() { Index = index, Records = records is null ? null : new MemoryRecords(records) };
}
