using System.Net;
using Ouzel.Broker.Apis;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Tests.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class MetadataTests
{
    private static async Task<(ClusterRun Run, MetadataApi Api)> StartAsync(bool autoCreate = true, params (string, string)[] settings)
    {
        var bed = new ClusterBed();
        var run = await bed.StartAsync();
        var options = settings.Length == 0 ? bed.Options : BrokerOptions.Of([("node.id", "1"), .. settings]);
        return (run, new MetadataApi(run.Node, new BrokerAddresses(options), autoCreate));
    }

    private static MetadataRequest Of(params string[] names) => new() { Topics = [.. names.Select(n => new MetadataRequest.MetadataRequestTopic { Name = n })], AllowAutoTopicCreation = false };

    private static MetadataRequest OfIds(params Uuid[] ids) => new() { Topics = [.. ids.Select(id => new MetadataRequest.MetadataRequestTopic { TopicId = id, Name = null })] };

    [Fact]
    public async Task Every_version_describes_a_topic_as_far_as_it_can()
    {
        var (run, api) = await StartAsync();
        await run.CreateAsync("t", 2);
        for (var version = 0; version <= 13; version++)
        {
            var request = Of("t");
            request.AllowAutoTopicCreation = true;
            var answer = await api.AskAsync(request, version);
            var topic = answer.Topics.Single();
            Assert.Equal(("t", ErrorCode.None, false), (topic.Name, topic.ErrorCode, topic.IsInternal));
            Assert.Equal(version >= 10 ? run.Image.Topics["t"].Id : Uuid.Zero, topic.TopicId);
            Assert.Equal([(0, 1, version >= 7 ? 0 : -1), (1, 1, version >= 7 ? 0 : -1)], topic.Partitions.Select(p => (p.PartitionIndex, p.LeaderId, p.LeaderEpoch)));
            Assert.All(topic.Partitions, p => Assert.Equal([1], p.ReplicaNodes));
            Assert.All(topic.Partitions, p => Assert.Equal([1], p.IsrNodes));
            Assert.All(topic.Partitions, p => Assert.Empty(p.OfflineReplicas));
            Assert.Equal((1, version >= 1 ? 1 : -1), (answer.Brokers.Single().NodeId, answer.ControllerId));
            Assert.Equal(version >= 2 ? run.Image.ClusterId : null, answer.ClusterId);
        }
    }

    [Fact]
    public async Task Nothing_advertised_means_the_address_the_client_came_by()
    {
        var (_, api) = await StartAsync();
        var broker = (await api.AskAsync(Of(), 9, cameBy: new IPEndPoint(IPAddress.Parse("::ffff:10.1.2.3"), 1234))).Brokers.Single();
        Assert.Equal(("10.1.2.3", 1234), (broker.Host, broker.Port));
    }

    [Fact]
    public async Task What_is_advertised_for_a_listener_is_told_on_it()
    {
        var (_, api) = await StartAsync(true, ("listeners", "PLAINTEXT://localhost:9092,INSIDE://localhost:9094"),
            ("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,INSIDE:PLAINTEXT"), ("advertised.listeners", "PLAINTEXT://kafka.example:19092"));
        var outside = (await api.AskAsync(Of(), 9)).Brokers.Single();
        Assert.Equal(("kafka.example", 19092), (outside.Host, outside.Port));
        var inside = (await api.AskAsync(Of(), 9, "INSIDE", new IPEndPoint(IPAddress.Loopback, 9094))).Brokers.Single();
        Assert.Equal(("127.0.0.1", 9094), (inside.Host, inside.Port));
    }

    [Fact]
    public async Task An_empty_list_means_all_topics_in_version_0_and_none_later_and_null_means_all()
    {
        var (run, api) = await StartAsync();
        await run.CreateAsync("t");
        Assert.Equal(["t"], (await api.AskAsync(new MetadataRequest { Topics = [], AllowAutoTopicCreation = true }, 0)).Topics.Select(t => t.Name));
        for (var version = 1; version <= 13; version++)
        {
            Assert.Empty((await api.AskAsync(new MetadataRequest { Topics = [], AllowAutoTopicCreation = true }, version)).Topics);
            Assert.Equal(["t"], (await api.AskAsync(new MetadataRequest { Topics = null, AllowAutoTopicCreation = true }, version)).Topics.Select(t => t.Name));
        }
    }

    [Fact]
    public async Task An_unknown_topic_is_created_when_allowed_and_the_first_answer_does_not_have_it()
    {
        var (run, api) = await StartAsync();
        foreach (var version in new[] { 0, 3, 4, 13 })
        {
            var request = Of($"t{version}");
            request.AllowAutoTopicCreation = true;
            var first = (await api.AskAsync(request, version)).Topics.Single();
            Assert.Equal((ErrorCode.UnknownTopicOrPartition, $"t{version}", 0), (first.ErrorCode, first.Name, first.Partitions.Count));
            Assert.Equal(ErrorCode.None, (await api.AskAsync(request, version)).Topics.Single().ErrorCode);
        }

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await api.AskAsync(Of("ghost"), 4)).Topics.Single().ErrorCode);
        Assert.False(run.Image.Topics.ContainsKey("ghost"));
    }

    [Fact]
    public async Task Nothing_is_created_where_creation_is_switched_off()
    {
        var (run, api) = await StartAsync(autoCreate: false);
        var request = Of("t");
        request.AllowAutoTopicCreation = true;
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await api.AskAsync(request, 9)).Topics.Single().ErrorCode);
        Assert.Empty(run.Image.Topics);
    }

    [Fact]
    public async Task A_creation_that_the_controller_refuses_is_told_like_any_other()
    {
        var (run, api) = await StartAsync();
        await run.CreateAsync("a.b");
        var request = Of("a_b", "c");
        request.AllowAutoTopicCreation = true;
        var answer = await api.AskAsync(request, 9);
        Assert.Equal([("a_b", ErrorCode.UnknownTopicOrPartition), ("c", ErrorCode.UnknownTopicOrPartition)], answer.Topics.Select(t => (t.Name!, t.ErrorCode)));
        Assert.Equal(["a.b", "c"], run.Image.Topics.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_internal_topic_is_created_with_its_own_settings_and_marked()
    {
        var (run, api) = await StartAsync();
        var request = Of("__consumer_offsets");
        request.AllowAutoTopicCreation = true;
        await api.AskAsync(request, 9);
        var topic = (await api.AskAsync(request, 9)).Topics.Single();
        Assert.True(topic.IsInternal);
        Assert.Equal(5, topic.Partitions.Count);
        Assert.Equal("compact", run.Image.ConfigsOfTopic("__consumer_offsets")["cleanup.policy"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a b")]
    [InlineData("täst")]
    public async Task Impossible_names_have_their_own_error_with_and_without_creation(string name)
    {
        var (_, api) = await StartAsync();
        var request = Of(name);
        Assert.Equal(ErrorCode.InvalidTopicException, (await api.AskAsync(request, 12)).Topics.Single().ErrorCode);
        request.AllowAutoTopicCreation = true;
        Assert.Equal(ErrorCode.InvalidTopicException, (await api.AskAsync(request, 12)).Topics.Single().ErrorCode);
    }

    [Fact]
    public async Task Topics_are_found_by_id_and_unknown_ids_have_no_name()
    {
        var (run, api) = await StartAsync();
        var id = (await run.CreateAsync("t")).TopicId;
        for (var version = 12; version <= 13; version++)
        {
            var topics = (await api.AskAsync(OfIds(new Uuid(2, 2), id, id), version)).Topics;
            Assert.Equal([(null, new Uuid(2, 2), ErrorCode.UnknownTopicId), ("t", id, ErrorCode.None)], topics.Select(t => (t.Name, t.TopicId, t.ErrorCode)));
        }
    }

    [Fact]
    public async Task Before_version_12_an_id_is_an_invalid_request()
    {
        var (run, api) = await StartAsync();
        var id = (await run.CreateAsync("t")).TopicId;
        for (var version = 10; version <= 11; version++)
        {
            Assert.Equal([("", ErrorCode.InvalidRequest)], (await api.AskAsync(OfIds(id), version)).Topics.Select(t => (t.Name!, t.ErrorCode)));
        }
    }

    [Fact]
    public async Task A_name_asked_for_twice_is_answered_once()
    {
        var (run, api) = await StartAsync();
        await run.CreateAsync("t");
        Assert.Equal(["t", "ghost"], (await api.AskAsync(Of("t", "t", "ghost", "ghost"), 12)).Topics.Select(t => t.Name));
    }

    [Fact]
    public async Task Authorized_operations_are_told_only_when_asked_for()
    {
        var (run, api) = await StartAsync();
        await run.CreateAsync("t");
        for (var version = 8; version <= 13; version++)
        {
            Assert.Equal(int.MinValue, (await api.AskAsync(Of("t"), version)).Topics.Single().TopicAuthorizedOperations);
            var request = Of("t", "ghost");
            request.IncludeTopicAuthorizedOperations = true;
            request.IncludeClusterAuthorizedOperations = version <= 10;
            var answer = await api.AskAsync(request, version);
            Assert.Equal([3576, 3576], answer.Topics.Select(t => t.TopicAuthorizedOperations));
            Assert.Equal(version <= 10 ? 8096 : int.MinValue, answer.ClusterAuthorizedOperations);
        }
    }

    [Fact]
    public async Task An_unknown_id_has_no_name_to_tell_authorized_operations_of()
    {
        var (_, api) = await StartAsync();
        var request = OfIds(new Uuid(1, 2));
        request.IncludeTopicAuthorizedOperations = true;
        var topic = (await api.AskAsync(request, 12)).Topics.Single();
        Assert.Equal((ErrorCode.UnknownTopicId, int.MinValue), (topic.ErrorCode, topic.TopicAuthorizedOperations));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(13)]
    public async Task A_row_with_neither_name_nor_id_is_refused_and_the_others_are_answered(int version)
    {
        var (run, api) = await StartAsync();
        await run.CreateAsync("t");
        var request = Of("t");
        request.Topics!.Add(new() { Name = null });
        var answers = (await api.AskAsync(request, version)).Topics.Select(t => (t.Name, t.ErrorCode));
        Assert.Equal([(null, ErrorCode.InvalidRequest), ("t", ErrorCode.None)], answers.OrderBy(a => a.Name, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("__consumer_offsets", true)]
    [InlineData("__mine", false)]
    public async Task An_internal_name_is_marked_even_while_its_topic_is_missing(string name, bool isInternal)
    {
        var (_, api) = await StartAsync();
        Assert.Equal([(ErrorCode.UnknownTopicOrPartition, isInternal)], (await api.AskAsync(Of(name), 12)).Topics.Select(t => (t.ErrorCode, t.IsInternal)));
    }
}
