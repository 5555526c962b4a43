using Microsoft.Extensions.Time.Testing;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Testing.Tests.Support;

namespace Ouzel.Testing.Tests;

public sealed class FaultTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refused_produce_leaves_nothing_behind_and_the_fault_ends_after_its_times()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders"));
        using var wire = await Wire.ConnectAsync(broker);
        var fault = broker.Faults.OnProduce("orders").Reply(ErrorCode.NotLeaderOrFollower).Times(2);

        ErrorCode[] answers = [await wire.ProduceAsync("orders", "a"), await wire.ProduceAsync("orders", "b"), await wire.ProduceAsync("orders", "c")];

        Assert.Equal([ErrorCode.NotLeaderOrFollower, ErrorCode.NotLeaderOrFollower, ErrorCode.None], answers);
        Assert.Equal(2, fault.Hits);
        Assert.Equal("c", Assert.Single(broker.Read("orders")).ValueText);
    }

    [Fact]
    public async Task Only_the_partition_that_the_fault_names_is_refused()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders", partitions: 3));
        using var wire = await Wire.ConnectAsync(broker);
        broker.Faults.OnProduce("orders", partition: 1).Reply(ErrorCode.NotEnoughReplicas);
        using var builder = new RecordBatchBuilder();
        builder.Append(1_700_000_000_000, [], "v"u8.ToArray());
        var batch = builder.BuildArray();

        var answers = await wire.ProduceAsync("orders", (0, batch.ToArray()), (1, batch.ToArray()), (2, batch.ToArray()));

        Assert.Equal([(0, ErrorCode.None), (1, ErrorCode.NotEnoughReplicas), (2, ErrorCode.None)], answers);
        Assert.Equal([0, 2], broker.Read("orders").Select(record => record.Partition));
    }

    [Fact]
    public async Task Only_the_client_that_the_fault_names_is_refused()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders"));
        using var one = await Wire.ConnectAsync(broker, "one");
        using var other = await Wire.ConnectAsync(broker, "other");
        broker.Faults.OnAny().FromClient("one").Drop();

        await Assert.ThrowsAnyAsync<IOException>(() => one.ProduceAsync("orders", "a"));

        Assert.Equal(ErrorCode.None, await other.ProduceAsync("orders", "b"));
    }

    [Fact]
    public async Task A_fetch_is_refused_without_waiting_and_works_again_when_the_fault_is_removed()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders"));
        using var wire = await Wire.ConnectAsync(broker);
        await wire.ProduceAsync("orders", "a");
        var fault = broker.Faults.OnFetch("orders").Reply(ErrorCode.KafkaStorageError);

        var refused = await wire.FetchAsync("orders");
        fault.Remove();
        var served = await wire.FetchAsync("orders");

        Assert.Equal((ErrorCode.KafkaStorageError, 0), (refused.ErrorCode, refused.Records!.Length));
        Assert.Equal(ErrorCode.None, served.ErrorCode);
        Assert.NotEqual(0, served.Records!.Length);
    }

    [Fact]
    public async Task A_session_of_fetches_ends_when_fetches_are_to_be_refused()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders"));
        using var wire = await Wire.ConnectAsync(broker);
        await wire.ProduceAsync("orders", "a");
        var opened = await wire.CallAsync(FetchInSession(0, 0), 12);
        broker.Faults.OnFetch("orders").Reply(ErrorCode.NotLeaderOrFollower).Times(1);

        var lost = await wire.CallAsync(FetchInSession(opened.SessionId, 1), 12);
        var full = await wire.CallAsync(FetchInSession(0, 0), 12);

        Assert.NotEqual(0, opened.SessionId);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, lost.ErrorCode);
        Assert.Equal((0, ErrorCode.NotLeaderOrFollower), (full.SessionId, full.Responses[0].Partitions[0].ErrorCode));
    }

    [Fact]
    public async Task A_corrupted_batch_arrives_damaged_and_is_stored_whole()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders"));
        using var wire = await Wire.ConnectAsync(broker);
        await wire.ProduceAsync("orders", "a");
        broker.Faults.OnFetch("orders").CorruptBatch().Times(1);

        Assert.False(IsValid(await wire.FetchAsync("orders")));
        Assert.True(IsValid(await wire.FetchAsync("orders")));
    }

    [Fact]
    public async Task A_held_request_is_not_served_before_it_is_released()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders"));
        using var wire = await Wire.ConnectAsync(broker);
        var fault = broker.Faults.OnProduce().Hold();

        var produced = wire.ProduceAsync("orders", "a");
        await fault.WaitUntilHitAsync(Cancelled);
        var before = broker.Read("orders").Count;
        fault.Release();

        Assert.Equal(ErrorCode.None, await produced);
        Assert.Equal((0, 1), (before, broker.Read("orders").Count));
    }

    [Fact]
    public async Task A_delayed_response_is_late_on_the_brokers_clock_although_the_request_is_served()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var broker = await OuzelTestBroker.StartAsync(o =>
        {
            o.Time = clock;
            o.Topic("orders");
        });
        using var wire = await Wire.ConnectAsync(broker);
        broker.Faults.OnProduce().Delay(TimeSpan.FromMinutes(1));

        var produced = wire.ProduceAsync("orders", "a");
        await foreach (var record in broker.ReadAsync("orders", Cancelled))
        {
            Assert.Equal("a", record.ValueText);
            break;
        }

        Assert.False(produced.IsCompleted);
        while (!produced.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMinutes(1)); // the delay begins a moment after the record can be read
            await Task.Yield();
        }

        Assert.Equal(ErrorCode.None, await produced);
    }

    [Fact]
    public async Task What_a_fault_keeps_does_not_keep_the_broker_from_its_end()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var broker = await OuzelTestBroker.StartAsync(o =>
        {
            o.Time = clock;
            o.Topic("orders");
        });
        using var late = await Wire.ConnectAsync(broker, "late");
        using var held = await Wire.ConnectAsync(broker, "held");
        var delay = broker.Faults.OnProduce().FromClient("late").Delay(TimeSpan.FromDays(1));
        var hold = broker.Faults.OnProduce().FromClient("held").Hold();
        Task[] waiting = [late.ProduceAsync("orders", "a"), held.ProduceAsync("orders", "b")];
        await Task.WhenAll(delay.WaitUntilHitAsync(Cancelled), hold.WaitUntilHitAsync(Cancelled));

        await broker.DisposeAsync();

        await Task.WhenAll(waiting);
        Assert.False(broker.IsRunning);
    }

    [Fact]
    public async Task A_dropped_request_was_not_served_and_a_dropped_response_was()
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders"));
        using var first = await Wire.ConnectAsync(broker);
        using var second = await Wire.ConnectAsync(broker);

        broker.Faults.OnProduce().Drop().Times(1);
        await Assert.ThrowsAnyAsync<IOException>(() => first.ProduceAsync("orders", "lost"));
        broker.Faults.OnProduce().DropResponse().Times(1);
        await Assert.ThrowsAnyAsync<IOException>(() => second.ProduceAsync("orders", "kept"));

        Assert.Equal("kept", Assert.Single(broker.Read("orders")).ValueText);
    }

    [Theory]
    [InlineData(ApiKey.Metadata)]
    [InlineData(ApiKey.ListOffsets)]
    [InlineData(ApiKey.OffsetCommit)]
    [InlineData(ApiKey.OffsetFetch)]
    [InlineData(ApiKey.FindCoordinator)]
    [InlineData(ApiKey.JoinGroup)]
    [InlineData(ApiKey.SyncGroup)]
    [InlineData(ApiKey.Heartbeat)]
    [InlineData(ApiKey.LeaveGroup)]
    [InlineData(ApiKey.CreateTopics)]
    [InlineData(ApiKey.DeleteTopics)]
    [InlineData(ApiKey.InitProducerId)]
    public async Task Each_api_that_can_be_refused_tells_the_error(ApiKey api)
    {
        await using var broker = await OuzelTestBroker.StartAsync(o => o.Topic("orders"));
        using var wire = await Wire.ConnectAsync(broker);
        var fault = broker.Faults.On(api).Reply(ErrorCode.RequestTimedOut);

        var told = await CallAsync(wire, api);

        Assert.Equal((ErrorCode.RequestTimedOut, 1), (told, fault.Hits));
        Assert.Equal(api, broker.Requests[^1].Api);
    }

    [Fact]
    public async Task A_refusal_that_no_response_can_tell_is_refused_itself()
    {
        await using var broker = await OuzelTestBroker.StartAsync();

        Assert.Throws<NotSupportedException>(() => broker.Faults.On(ApiKey.DescribeCluster).Reply(ErrorCode.RequestTimedOut));
        Assert.Throws<NotSupportedException>(() => broker.Faults.OnProduce().CorruptBatch());
    }

    private static FetchRequest FetchInSession(int id, int epoch) => new()
    {
        SessionId = id,
        SessionEpoch = epoch,
        MaxBytes = 1 << 20,
        Topics = [new() { Topic = "orders", Partitions = [new() { Partition = 0, PartitionMaxBytes = 1 << 20 }] }],
    };

    private static bool IsValid(FetchResponse.PartitionData part)
    {
        Assert.True(RecordBatch.TryRead(((MemoryRecords)part.Records!).Span, out var batch, out _));
        return batch.IsCrcValid();
    }

    private static async Task<ErrorCode> CallAsync(Wire wire, ApiKey api) => api switch
    {
        ApiKey.Metadata => (await wire.CallAsync(new MetadataRequest { Topics = [new() { Name = "orders" }] }, 9)).Topics[0].ErrorCode,
        ApiKey.ListOffsets => (await wire.CallAsync(new ListOffsetsRequest { Topics = [new() { Name = "orders", Partitions = [new()] }] }, 6)).Topics[0].Partitions[0].ErrorCode,
        ApiKey.OffsetCommit => (await wire.CallAsync(
            new OffsetCommitRequest { GroupId = "g", Topics = [new() { Name = "orders", Partitions = [new() { CommittedOffset = 1 }] }] }, 8)).Topics[0].Partitions[0].ErrorCode,
        ApiKey.OffsetFetch => (await wire.CallAsync(new OffsetFetchRequest { Groups = [new() { GroupId = "g", Topics = null }] }, 8)).Groups[0].ErrorCode,
        ApiKey.FindCoordinator => (await wire.CallAsync(new FindCoordinatorRequest { CoordinatorKeys = ["g"] }, 4)).Coordinators[0].ErrorCode,
        ApiKey.JoinGroup => (await wire.CallAsync(new JoinGroupRequest { GroupId = "g", SessionTimeoutMs = 10_000, RebalanceTimeoutMs = 10_000, ProtocolType = "consumer" }, 6)).ErrorCode,
        ApiKey.SyncGroup => (await wire.CallAsync(new SyncGroupRequest { GroupId = "g", MemberId = "m" }, 4)).ErrorCode,
        ApiKey.Heartbeat => (await wire.CallAsync(new HeartbeatRequest { GroupId = "g", MemberId = "m" }, 4)).ErrorCode,
        ApiKey.LeaveGroup => (await wire.CallAsync(new LeaveGroupRequest { GroupId = "g" }, 4)).ErrorCode,
        ApiKey.CreateTopics => (await wire.CallAsync(new CreateTopicsRequest { Topics = [new() { Name = "new", NumPartitions = 1, ReplicationFactor = 1 }] }, 5)).Topics[0].ErrorCode,
        ApiKey.DeleteTopics => (await wire.CallAsync(new DeleteTopicsRequest { TopicNames = ["orders"] }, 4)).Responses[0].ErrorCode,
        ApiKey.InitProducerId => (await wire.CallAsync(new InitProducerIdRequest { TransactionTimeoutMs = 1000 }, 4)).ErrorCode,
        _ => throw new ArgumentOutOfRangeException(nameof(api)),
    };
}
