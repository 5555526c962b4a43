using Ouzel.Client.Tests.Consuming.Support;
using Ouzel.Client.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Client.Tests.Consuming;

/// <summary>Errors that brokers answer to fetches, put into the responses of a real one.</summary>
public sealed class FetchFaultTests : IAsyncLifetime
{
    private static readonly TopicPartition Partition0 = new("t", 0);
    private readonly WireTap _tap = new();
    private ServerUnderTest _server = null!;
    private OuzelClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ServerUnderTest.StartAsync();
        _client = await _server.ConnectAsync(_tap.ConnectAsync);
        await _client.CreateTopicAsync("t", 1);
        await _client.ProduceAsync("t", 0, "a", "b", "c");
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData(ErrorCode.FencedLeaderEpoch)]
    [InlineData(ErrorCode.UnknownLeaderEpoch)]
    [InlineData(ErrorCode.NotLeaderOrFollower)]
    [InlineData(ErrorCode.LeaderNotAvailable)]
    [InlineData(ErrorCode.ReplicaNotAvailable)]
    [InlineData(ErrorCode.KafkaStorageError)]
    [InlineData(ErrorCode.OffsetNotAvailable)]
    [InlineData(ErrorCode.UnknownTopicOrPartition)]
    [InlineData(ErrorCode.UnknownTopicId)]
    [InlineData(ErrorCode.InconsistentTopicId)]
    [InlineData(ErrorCode.UnknownServerError)]
    public async Task An_error_that_passes_is_tried_again(ErrorCode error)
    {
        _tap.OnNextResponse<FetchResponse>(r => Fail(r, error));

        Assert.Equal(["a", "b", "c"], await TakeAsync(3));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(ErrorCode.FetchSessionIdNotFound)]
    [InlineData(ErrorCode.InvalidFetchSessionEpoch)]
    [InlineData(ErrorCode.FetchSessionTopicIdError)]
    public async Task A_lost_session_is_made_anew(ErrorCode error)
    {
        _tap.OnNextResponse<FetchResponse>(r =>
        {
            r.ErrorCode = error;
            r.Responses.Clear();
        });

        Assert.Equal(["a", "b", "c"], await TakeAsync(3));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_error_that_stays_is_told_with_its_partition()
    {
        _tap.OnNextResponse<FetchResponse>(r => Fail(r, ErrorCode.TopicAuthorizationFailed));

        var fault = await Assert.ThrowsAsync<KafkaException>(() => TakeAsync(1));

        Assert.Equal((ErrorCode.TopicAuthorizationFailed, "t", 0), (fault.Error, fault.Topic, fault.Partition));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_leader_named_beside_an_error_is_asked_without_asking_for_metadata()
    {
        var epochs = new System.Collections.Concurrent.ConcurrentQueue<(int Epoch, int MetadataRequests)>();
        await _client.Metadata.TopicAsync("t", mayCreate: false, 10_000, default);
        _tap.OnRequest<FetchRequest, FetchResponse>(r =>
        {
            foreach (var partition in r.Topics.SelectMany(t => t.Partitions))
            {
                epochs.Enqueue((partition.CurrentLeaderEpoch, _tap.Count(ApiKey.Metadata)));
            }
        });
        _tap.OnNextResponse<FetchResponse>(r =>
        {
            Fail(r, ErrorCode.NotLeaderOrFollower);
            r.Responses[0].Partitions[0].CurrentLeader = new FetchResponse.LeaderIdAndEpoch { LeaderId = 1, LeaderEpoch = 9 };
        });
        await using var consumer = Reader();
        var reading = TakeAsync(consumer, 3);
        while (epochs.Count < 2)
        {
            await Task.Yield();
        }

        Assert.Equal([0, 9], epochs.Take(2).Select(e => e.Epoch));
        Assert.Equal(epochs.First().MetadataRequests, epochs.ElementAt(1).MetadataRequests);
        await consumer.DisposeAsync();
        await reading;
    }

    [Fact(Timeout = 60_000)]
    public async Task A_replica_nearby_is_read_and_the_leader_again_when_it_lacks_the_offset()
    {
        List<string> racks = [];
        _tap.OnRequest<FetchRequest, FetchResponse>(r => racks.Add(r.RackId));
        _tap.OnResponse<MetadataResponse>(r =>
        {
            if (r.Brokers.Count == 1)
            {
                // A second broker that is the first one: what is sent to it can be told by its connection.
                r.Brokers.Add(new MetadataResponse.MetadataResponseBroker { NodeId = 2, Host = r.Brokers[0].Host, Port = r.Brokers[0].Port, Rack = "here" });
            }

            return true;
        });
        await _client.Metadata.RefreshAsync();
        var state = 0;
        _tap.OnResponse<FetchResponse>(r =>
        {
            state++;
            if (state == 1)
            {
                Fail(r, ErrorCode.None);
                r.Responses[0].Partitions[0].PreferredReadReplica = 2;
                return true;
            }

            if (state == 2)
            {
                Fail(r, ErrorCode.OffsetOutOfRange);
                return true;
            }

            return false;
        });
        await using var consumer = _client.CreateConsumer<string, string>([Partition0], options: new ConsumerOptions { OffsetReset = StartPosition.None, Rack = "here" });
        consumer.Seek(Partition0, 0);

        Assert.Equal(["a", "b", "c"], await TakeAsync(consumer, 3));
        Assert.All(racks, r => Assert.Equal("here", r));
        Assert.True(state >= 3);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_log_that_lost_its_end_is_an_error_that_says_where_it_agrees()
    {
        await using var consumer = _client.CreateConsumer<string, string>([Partition0], options: new ConsumerOptions { OffsetReset = StartPosition.None });
        consumer.Seek(Partition0, 0);
        Assert.Equal(["a", "b", "c"], await TakeAsync(consumer, 3));
        _tap.OnNextResponse<FetchResponse>(r => Diverge(r, 1));

        var fault = await Assert.ThrowsAsync<LogTruncatedException>(() => TakeAsync(consumer, 1));

        Assert.Equal((3, 1), (fault.Position, fault.AgreedOffset));
        Assert.Contains("Seek to 1", fault.Message, StringComparison.Ordinal);
        consumer.Seek(Partition0, fault.AgreedOffset);
        Assert.Equal(["b", "c"], await TakeAsync(consumer, 2));
    }

    [Fact(Timeout = 60_000)]
    public async Task With_a_reset_policy_reading_goes_on_where_the_logs_agree()
    {
        await using var consumer = Reader();
        Assert.Equal(["a", "b", "c"], await TakeAsync(consumer, 3));
        _tap.OnNextResponse<FetchResponse>(r => Diverge(r, 1));

        Assert.Equal(["b", "c"], await TakeAsync(consumer, 2));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_broken_batch_is_told_with_its_offset_and_can_be_passed_over()
    {
        await _client.ProduceAsync("t", 0, "d");
        var corrupt = 1;
        _tap.OnResponse<FetchResponse>(r =>
        {
            if (Volatile.Read(ref corrupt) == 0 || r.Responses is not [{ Partitions: [{ Records: MemoryRecords { Length: > 0 } records } data] }])
            {
                return false;
            }

            var bytes = records.Memory.ToArray();
            bytes[70] ^= 1;
            data.Records = new MemoryRecords(bytes);
            return true;
        });
        await using var consumer = Reader();

        var fault = await Assert.ThrowsAsync<KafkaException>(() => TakeAsync(consumer, 1));

        Assert.Equal(ErrorCode.CorruptMessage, fault.Error);
        Volatile.Write(ref corrupt, 0);
        consumer.Seek(Partition0, 3);
        Assert.Equal(["d"], await TakeAsync(consumer, 1));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("2.1", 10, 5, 3, 6, 5, 2)]
    [InlineData("2.4", 11, 5, 3, 7, 5, 3)]
    [InlineData("3.0", 12, 7, 4, 8, 8, 4)]
    public async Task Older_brokers_are_spoken_to_in_their_versions(string kafka, short fetch, short listOffsets, short offsetFetch, short offsetCommit, short joinGroup, short epochs)
    {
        var limits = new Dictionary<ApiKey, short>
        {
            [ApiKey.Fetch] = fetch,
            [ApiKey.ListOffsets] = listOffsets,
            [ApiKey.OffsetFetch] = (short)(offsetFetch + 1),
            [ApiKey.OffsetCommit] = offsetCommit,
            [ApiKey.JoinGroup] = joinGroup,
            [ApiKey.SyncGroup] = 3,
            [ApiKey.Heartbeat] = 3,
            [ApiKey.LeaveGroup] = 2,
            [ApiKey.FindCoordinator] = 2,
            [ApiKey.Metadata] = 7,
            [ApiKey.OffsetForLeaderEpoch] = epochs,
        };
        _tap.OnResponse<ApiVersionsResponse>(r =>
        {
            foreach (var api in r.ApiKeys)
            {
                api.MaxVersion = Math.Min(api.MaxVersion, limits.GetValueOrDefault((ApiKey)api.ApiKey, short.MaxValue));
            }

            return true;
        });
        await using var client = await _server.ConnectAsync(_tap.ConnectAsync);
        await using (var consumer = client.CreateConsumer<string, string>($"old {kafka}", ["t"], new ConsumerOptions { OffsetReset = StartPosition.Earliest }))
        {
            Assert.Equal(["a", "b"], await TakeAsync(consumer, 2));
            await consumer.CommitAsync();
        }

        await using var next = client.CreateConsumer<string, string>($"old {kafka}", ["t"]);
        Assert.Equal(["c"], await TakeAsync(next, 1));
    }

    private Consumer<string, string> Reader() => _client.CreateConsumer<string, string>([Partition0], options: new ConsumerOptions { OffsetReset = StartPosition.Earliest });

    private static void Fail(FetchResponse response, ErrorCode error)
    {
        var data = response.Responses.Single().Partitions.Single();
        data.ErrorCode = error;
        data.Records = MemoryRecords.Empty;
    }

    private static void Diverge(FetchResponse response, long offset)
    {
        if (response.Responses.Count == 0)
        {
            // Nothing was new in the session: the partition is put in.
            response.Responses.Add(new FetchResponse.FetchableTopicResponse { TopicId = _topicId, Partitions = [new FetchResponse.PartitionData()] });
        }

        Fail(response, ErrorCode.None);
        response.Responses[0].Partitions[0].DivergingEpoch = new FetchResponse.EpochEndOffset { Epoch = 0, EndOffset = offset };
    }

    private static Uuid _topicId;

    private async Task<List<string?>> TakeAsync(int count)
    {
        await using var consumer = Reader();
        return await TakeAsync(consumer, count);
    }

    private async Task<List<string?>> TakeAsync(Consumer<string, string> consumer, int count)
    {
        _topicId = (await _client.Metadata.TopicAsync("t", mayCreate: false, 10_000, default)).Id;
        List<string?> values = [];
        await foreach (var record in consumer.ReadAsync())
        {
            values.Add(record.Value);
            if (values.Count == count)
            {
                break;
            }
        }

        return values;
    }
}
