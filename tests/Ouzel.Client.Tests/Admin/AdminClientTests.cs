using Ouzel.Client.Tests.Support;
using Ouzel.Protocol;

namespace Ouzel.Client.Tests.Admin;

/// <summary>Administration against a broker of this process.</summary>
public sealed class AdminClientTests
{
    [Fact]
    public async Task Topics_are_made_described_grown_and_deleted()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await using var client = await server.ConnectAsync();
        var topics = client.Admin.Topics;

        var made = await topics.CreateAsync(new NewTopic("a", Partitions: 3) { Configs = new Dictionary<string, string?> { ["retention.ms"] = "1000" } });
        Assert.Equal((3, (short)1), (made.Partitions, made.ReplicationFactor));
        Assert.Equal(made.Id, (await topics.DescribeAsync("a")).Id);
        Assert.Equal([1], (await topics.DescribeAsync("a")).Partitions[2].Replicas);

        (await topics.CreatePartitionsAsync(new Dictionary<string, int> { ["a"] = 5 })).ThrowIfAnyFailed();
        Assert.Equal(5, Assert.Single(await topics.ListAsync()).Partitions.Count);

        (await topics.DeleteAsync(["a"])).ThrowIfAnyFailed();
        Assert.Empty(await topics.ListAsync());
    }

    [Fact]
    public async Task One_topic_that_fails_does_not_hide_the_others()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.Admin.Topics.CreateAsync(new NewTopic("there"));

        var results = await client.Admin.Topics.CreateAsync([new NewTopic("there"), new NewTopic("new"), new NewTopic("bad/name")]);

        Assert.Equal([ErrorCode.TopicAlreadyExists, ErrorCode.None, ErrorCode.InvalidTopicException], [results["there"].Error, results["new"].Error, results["bad/name"].Error]);
        Assert.Equal(ErrorCode.TopicAlreadyExists, Assert.Throws<KafkaException>(() => results.ThrowIfAnyFailed()).Error);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await Assert.ThrowsAsync<KafkaException>(() => client.Admin.Topics.DescribeAsync("absent"))).Error);
    }

    [Fact]
    public async Task Settings_are_read_changed_and_taken_back()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.Admin.Topics.CreateAsync(new NewTopic("a"));
        var topic = ConfigResource.Topic("a");

        await client.Admin.Configs.AlterAsync(topic, [ConfigChange.Set("retention.ms", "1234"), ConfigChange.Append("cleanup.policy", "compact")]);
        var changed = await ReadAsync();
        Assert.Equal(("1234", ConfigSource.Topic), (changed["retention.ms"].Value, changed["retention.ms"].Source));
        Assert.Equal("delete,compact", changed["cleanup.policy"].Value);

        await client.Admin.Configs.AlterAsync(topic, [ConfigChange.Delete("retention.ms")]);
        Assert.NotEqual("1234", (await ReadAsync())["retention.ms"].Value);

        var fault = await Assert.ThrowsAsync<KafkaException>(() => client.Admin.Configs.AlterAsync(topic, [ConfigChange.Set("retention.ms", "-2")]));
        Assert.Equal(ErrorCode.InvalidConfig, fault.Error);
        Assert.NotEmpty((await client.Admin.Configs.DescribeAsync([ConfigResource.Broker(1)]))[ConfigResource.Broker(1)].ValueOrThrow());

        async Task<Dictionary<string, ConfigEntry>> ReadAsync() =>
            (await client.Admin.Configs.DescribeAsync([topic], includeDocumentation: true))[topic].ValueOrThrow().ToDictionary(e => e.Name);
    }

    [Fact]
    public async Task Offsets_are_found_and_records_deleted_partition_by_partition()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var producer = client.CreateProducer<string, string>();
        for (var i = 0; i < 10; i++)
        {
            await producer.SendAsync(new ProducerRecord<string, string>("a", null, "v") { TimestampMs = 1000 * i });
        }

        var (there, absent) = (new TopicPartition("a", 0), new TopicPartition("absent", 0));
        var records = client.Admin.Records;
        Assert.Equal(10, await OffsetAsync(OffsetSpec.Latest));
        Assert.Equal(0, await OffsetAsync(OffsetSpec.Earliest));
        Assert.Equal(5, await OffsetAsync(OffsetSpec.At(4500)));
        Assert.Equal(9, await OffsetAsync(OffsetSpec.MaxTimestamp));

        Assert.Equal(4, (await records.DeleteAsync(new Dictionary<TopicPartition, long> { [there] = 4 }))[there].ValueOrThrow());
        Assert.Equal(4, await OffsetAsync(OffsetSpec.Earliest));

        var mixed = await records.ListOffsetsAsync(new Dictionary<TopicPartition, OffsetSpec> { [there] = OffsetSpec.Latest, [absent] = OffsetSpec.Latest });
        Assert.Equal((true, ErrorCode.UnknownTopicOrPartition), (mixed[there].IsOk, mixed[absent].Error));

        var writer = Assert.Single((await records.DescribeProducersAsync([there]))[there].ValueOrThrow());
        Assert.Equal((9, 9000L), (writer.LastSequence, writer.LastTimestampMs));

        async Task<long> OffsetAsync(OffsetSpec spec) => (await records.ListOffsetsAsync(new Dictionary<TopicPartition, OffsetSpec> { [there] = spec }))[there].ValueOrThrow().Offset;
    }

    [Fact]
    public async Task A_groups_offsets_are_set_listed_and_deleted()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.Admin.Topics.CreateAsync(new NewTopic("a", Partitions: 2));
        var groups = client.Admin.Groups;
        var (first, second) = (new TopicPartition("a", 0), new TopicPartition("a", 1));

        (await groups.AlterOffsetsAsync("g", new Dictionary<TopicPartition, CommittedOffset> { [first] = new(5, 0, "note"), [second] = new(7) })).ThrowIfAnyFailed();
        var listed = await groups.ListOffsetsAsync("g");
        Assert.Equal(new CommittedOffset(5, 0, "note"), listed[first].ValueOrThrow());
        Assert.Equal(7, listed[second].ValueOrThrow().Offset);
        Assert.Equal("g", Assert.Single((await groups.ListAsync()).Groups).GroupId);
        Assert.Equal("Empty", (await groups.DescribeAsync(["g"]))["g"].ValueOrThrow().State);

        (await groups.DeleteOffsetsAsync("g", [first])).ThrowIfAnyFailed();
        Assert.Equal([second], (await groups.ListOffsetsAsync("g")).Keys);
        (await groups.DeleteAsync(["g"])).ThrowIfAnyFailed();
        Assert.Equal(ErrorCode.GroupIdNotFound, (await groups.DeleteAsync(["g"]))["g"].Error);
        Assert.Empty((await groups.ListAsync()).Groups);
    }

    [Fact]
    public async Task The_cluster_tells_of_its_brokers_quorum_features_and_directories()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.Admin.Topics.CreateAsync(new NewTopic("a"));

        var cluster = await client.Admin.Cluster.DescribeAsync();
        Assert.Equal(server.Address, $"{cluster.Brokers[0].Host}:{cluster.Brokers[0].Port}");
        Assert.Equal(1, (await client.Admin.Cluster.DescribeQuorumAsync()).LeaderId);
        Assert.Contains(await client.Admin.Cluster.DescribeFeaturesAsync(), f => f.Name == "metadata.version" && f.Level > 0);
        var directory = Assert.Single((await client.Admin.Replicas.DescribeLogDirectoriesAsync([1]))[1].ValueOrThrow()).Value.ValueOrThrow();
        Assert.Contains(new TopicPartition("a", 0), directory.Replicas.Keys);
        Assert.Equal(ErrorCode.BrokerNotAvailable, (await Shorter(server, c => c.Admin.Replicas.DescribeLogDirectoriesAsync([99])))[99].Error);
    }

    [Fact]
    public async Task Leaders_are_elected_and_moves_of_replicas_listed()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.Admin.Topics.CreateAsync(new NewTopic("a"));
        var partition = new TopicPartition("a", 0);

        var elected = await client.Admin.Replicas.ElectLeadersAsync(ElectionType.Preferred, [partition]);
        Assert.Equal(ErrorCode.ElectionNotNeeded, elected[partition].Error);

        Assert.Empty(await client.Admin.Replicas.ListReassignmentsAsync());
        var refused = await client.Admin.Replicas.AlterReassignmentsAsync(new Dictionary<TopicPartition, IReadOnlyList<int>?> { [partition] = [77] });
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, refused[partition].Error);
    }

    private static async Task<T> Shorter<T>(ServerUnderTest server, Func<OuzelClient, Task<T>> call)
    {
        await using var client = await OuzelClient.ConnectAsync(new OuzelClientOptions { BootstrapServers = server.Address, ApiTimeoutMs = 300, RetryBackoffMs = 10 });
        return await call(client);
    }
}
