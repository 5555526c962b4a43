using System.Collections;
using Ouzel.Broker.Apis;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;

namespace Ouzel.Broker.Tests.Security;

/// <summary>One question for each resource and operation, and Kafka's error where the answer is no.</summary>
public sealed class AuthorizationTests : IAsyncLifetime
{
    private readonly TestAuthorizer _authorizer = new();
    private TestNode _node = null!;
    private WireClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await TestNode.StartAsync(null, null, [], with: seams => seams with { Authorizer = _authorizer });
        await _node.Broker.EnsureTopicAsync("t", 1);
        await _node.Broker.EnsureTopicAsync("secret", 1);
        _client = _node.Connect();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _node.DisposeAsync();
    }

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, DenialCase.All.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Who_may_do_nothing_is_told_so_with_Kafkas_error(int index)
    {
        var denial = DenialCase.All[index];
        _authorizer.Denies = _ => true;
        var errors = ErrorsOf(await denial.Call(_client)).Where(e => e != ErrorCode.None).Distinct();
        Assert.True(errors.SequenceEqual(denial.Error == ErrorCode.None ? [] : [denial.Error]), $"{denial} says {string.Join(", ", errors)}");
        Assert.Contains(denial.Question, _authorizer.Asked);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Who_may_do_everything_gets_no_denial(int index)
    {
        var denial = DenialCase.All[index];
        var errors = ErrorsOf(await denial.Call(_client)).ToList();
        Assert.DoesNotContain(errors, e => e is ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed or ErrorCode.TransactionalIdAuthorizationFailed);
        Assert.NotEmpty(_authorizer.Asked);
    }

    [Fact]
    public void Every_served_api_asks_or_is_free_to_all()
    {
        var known = DenialCase.All.Select(c => c.Api).Concat(DenialCase.Free).ToHashSet();
        Assert.Equal(ApiTable.For(_node.Node).Entries.Select(e => e.Key), known.Order());
    }

    [Fact]
    public async Task A_denied_topic_does_not_keep_the_others_of_a_request()
    {
        DenySecret();
        var produced = await _client.CallAsync(
            new ProduceRequest { Acks = -1, TopicData = [Data("secret"), Data("t")] }, 9);
        Assert.Equal(
            [("secret", ErrorCode.TopicAuthorizationFailed), ("t", ErrorCode.None)], produced.Responses.Select(r => (r.Name, r.PartitionResponses[0].ErrorCode)));
        var fetched = await _client.CallAsync(new FetchRequest { MaxBytes = 1000, Topics = [Asked("secret"), Asked("t")] }, 12);
        Assert.Equal(
            [("secret", ErrorCode.TopicAuthorizationFailed), ("t", ErrorCode.None)], fetched.Responses.OrderBy(r => r.Topic, StringComparer.Ordinal).Select(r => (r.Topic, r.Partitions[0].ErrorCode)));
        Assert.NotEqual(0, fetched.Responses.Single(r => r.Topic == "t").Partitions[0].Records!.Length);
        var created = await _client.CallAsync(new CreateTopicsRequest { Topics = [New("secret2"), New("t2")] }, 7);
        Assert.Equal(
            [("t2", ErrorCode.None, (short)0), ("secret2", ErrorCode.TopicAuthorizationFailed, (short)0)], created.Topics.Select(t => (t.Name, t.ErrorCode, t.TopicConfigErrorCode)));

        static ProduceRequest.TopicProduceData Data(string name) => new() { Name = name, PartitionData = [new() { Index = 0, Records = new MemoryRecords(Batches.Of("a")) }] };

        static FetchRequest.FetchTopic Asked(string name) => new() { Topic = name, Partitions = [new() { Partition = 0, PartitionMaxBytes = 1000 }] };

        static CreateTopicsRequest.CreatableTopic New(string name) => new() { Name = name, NumPartitions = 1, ReplicationFactor = 1 };
    }

    [Fact]
    public async Task Topics_that_a_client_may_not_describe_are_hidden_when_it_asks_for_all()
    {
        DenySecret();
        var all = await _client.CallAsync(new MetadataRequest { Topics = null, IncludeTopicAuthorizedOperations = true }, 12);
        Assert.Equal(["t"], all.Topics.Select(t => t.Name));
        Assert.Equal(AuthorizedOperations.Topic, all.Topics[0].TopicAuthorizedOperations);
        var pages = await _client.CallAsync(new DescribeTopicPartitionsRequest(), 0);
        Assert.Equal(["t"], pages.Topics.Select(t => t.Name));
        var named = await _client.CallAsync(new MetadataRequest { Topics = [new() { Name = "secret" }, new() { Name = "secret-and-not-there" }, new() { Name = "t" }], AllowAutoTopicCreation = false }, 12);
        Assert.Equal(
            [("secret", ErrorCode.TopicAuthorizationFailed, 0), ("secret-and-not-there", ErrorCode.TopicAuthorizationFailed, 0), ("t", ErrorCode.None, 1)],
            named.Topics.Select(t => (t.Name!, t.ErrorCode, t.Partitions.Count)));
        Assert.Equal(Uuid.Zero, named.Topics[0].TopicId);
    }

    [Fact]
    public async Task No_cursor_names_a_topic_that_the_client_may_not_describe()
    {
        await _node.Broker.EnsureTopicAsync("u", 1);
        _authorizer.Denies = question => question == "Describe Topic u";
        var page = await _client.CallAsync(new DescribeTopicPartitionsRequest { ResponsePartitionLimit = 2 }, 0);
        Assert.Equal(["secret", "t"], page.Topics.Select(t => t.Name));
        Assert.Null(page.NextCursor);
    }

    [Fact]
    public async Task Who_may_delete_in_the_cluster_may_delete_every_topic()
    {
        _authorizer.Denies = question => question is "Delete Topic t" or "Describe Topic t";
        Assert.Equal(ErrorCode.None, await DeleteAsync());
        _authorizer.Denies = question => question is "Delete Topic secret" or "Delete Cluster kafka-cluster";
        var response = await _client.CallAsync(new DeleteTopicsRequest { Topics = [new() { Name = "secret" }] }, 6);
        Assert.Equal((ErrorCode.TopicAuthorizationFailed, Uuid.Zero), (response.Responses[0].ErrorCode, response.Responses[0].TopicId));

        async Task<ErrorCode> DeleteAsync() => (await _client.CallAsync(new DeleteTopicsRequest { Topics = [new() { Name = "t" }] }, 6)).Responses[0].ErrorCode;
    }

    [Fact]
    public async Task Metadata_makes_only_topics_that_the_client_may_create()
    {
        _authorizer.Denies = question => question is "Create Cluster kafka-cluster" or "Create Topic no";
        var response = await _client.CallAsync(new MetadataRequest { Topics = [new() { Name = "no" }, new() { Name = "yes" }] }, 12);
        Assert.Equal(
            [("no", ErrorCode.TopicAuthorizationFailed), ("yes", ErrorCode.UnknownTopicOrPartition)], response.Topics.Select(t => (t.Name!, t.ErrorCode)));
        Assert.Equal((false, true), (_node.Node.Metadata.Current.TryTopic("no", out _), _node.Node.Metadata.Current.TryTopic("yes", out _)));
    }

    [Fact]
    public async Task A_groups_positions_in_denied_topics_are_neither_stored_nor_told()
    {
        await _client.CallAsync(new FindCoordinatorRequest { Key = "g" }, 3);
        Assert.Equal([ErrorCode.None, ErrorCode.None], await CommitAsync());
        DenySecret();
        Assert.Equal([ErrorCode.TopicAuthorizationFailed, ErrorCode.None], await CommitAsync());
        var named = await _client.CallAsync(new OffsetFetchRequest { Groups = [new() { GroupId = "g", Topics = [new() { Name = "secret", PartitionIndexes = [0] }, new() { Name = "t", PartitionIndexes = [0] }] }] }, 9);
        Assert.Equal(
            [("secret", -1L, ErrorCode.TopicAuthorizationFailed), ("t", 5L, ErrorCode.None)],
            named.Groups[0].Topics.Select(t => (t.Name, t.Partitions[0].CommittedOffset, t.Partitions[0].ErrorCode)));
        var all = await _client.CallAsync(new OffsetFetchRequest { Groups = [new() { GroupId = "g", Topics = null }] }, 9);
        Assert.Equal(["t"], all.Groups[0].Topics.Select(t => t.Name));
        var old = await _client.CallAsync(new OffsetFetchRequest { GroupId = "g", Topics = null }, 7);
        Assert.Equal(["t"], old.Topics.Select(t => t.Name));

        async Task<IEnumerable<ErrorCode>> CommitAsync()
        {
            var committed = await _client.CallAsync(new OffsetCommitRequest { GroupId = "g", Topics = [At("secret"), At("t")] }, 8);
            return committed.Topics.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => t.Partitions[0].ErrorCode);
        }

        static OffsetCommitRequest.OffsetCommitRequestTopic At(string name) => new() { Name = name, Partitions = [new() { PartitionIndex = 0, CommittedOffset = 5 }] };
    }

    [Fact]
    public async Task Groups_that_a_client_may_not_describe_are_not_listed()
    {
        foreach (var group in new[] { "open", "secret-group" })
        {
            await _client.CallAsync(new FindCoordinatorRequest { Key = group }, 3);
            await _client.CallAsync(new OffsetCommitRequest { GroupId = group, Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, CommittedOffset = 5 }] }] }, 8);
        }

        DenySecret();
        Assert.Equal(2, (await _client.CallAsync(new ListGroupsRequest(), 5)).Groups.Count);
        _authorizer.Denies = question => question is "Describe Cluster kafka-cluster" or "Describe Group secret-group";
        Assert.Equal(["open"], (await _client.CallAsync(new ListGroupsRequest(), 5)).Groups.Select(g => g.GroupId));
    }

    [Fact]
    public async Task The_operations_that_are_told_are_those_that_are_allowed()
    {
        _authorizer.Denies = question => question.StartsWith("Write", StringComparison.Ordinal) || question.StartsWith("Alter ", StringComparison.Ordinal) || question.StartsWith("Delete Group", StringComparison.Ordinal);
        var metadata = await _client.CallAsync(new MetadataRequest { Topics = [new() { Name = "t" }], IncludeTopicAuthorizedOperations = true, IncludeClusterAuthorizedOperations = true }, 10);
        Assert.Equal(AuthorizedOperations.Topic & ~(1 << 4 | 1 << 7), metadata.Topics[0].TopicAuthorizedOperations);
        Assert.Equal(AuthorizedOperations.Cluster & ~(1 << 7), metadata.ClusterAuthorizedOperations);
        await _client.CallAsync(new FindCoordinatorRequest { Key = "g" }, 3);
        var groups = await _client.CallAsync(new DescribeGroupsRequest { Groups = ["g"], IncludeAuthorizedOperations = true }, 5);
        Assert.Equal(AuthorizedOperations.Group & ~(1 << 6), groups.Groups[0].AuthorizedOperations);
        _authorizer.Denies = _ => true;
        Assert.Equal(0, (await _client.CallAsync(new DescribeClusterRequest { IncludeClusterAuthorizedOperations = true }, 1)).ClusterAuthorizedOperations);
    }

    [Fact]
    public async Task Who_may_create_but_not_see_settings_is_not_told_them()
    {
        _authorizer.Denies = question => question.StartsWith("DescribeConfigs", StringComparison.Ordinal);
        var created = await _client.CallAsync(new CreateTopicsRequest { Topics = [new() { Name = "new", NumPartitions = 1, ReplicationFactor = 1 }] }, 7);
        Assert.Equal((ErrorCode.None, (short)ErrorCode.TopicAuthorizationFailed, -1), (created.Topics[0].ErrorCode, created.Topics[0].TopicConfigErrorCode, created.Topics[0].NumPartitions));
    }

    [Fact]
    public async Task Who_may_write_any_topic_may_do_so_idempotently()
    {
        _authorizer.Denies = question => question != "Write some Topic";
        Assert.Equal(ErrorCode.None, (await _client.CallAsync(new InitProducerIdRequest { TransactionalId = null }, 4)).ErrorCode);
    }

    private void DenySecret() => _authorizer.Denies = question => question.Contains("secret", StringComparison.Ordinal) || question is "Create Cluster kafka-cluster" or "Delete Cluster kafka-cluster";

    /// <summary>Every error code in a response, wherever it stands.</summary>
    private static IEnumerable<ErrorCode> ErrorsOf(object part)
    {
        foreach (var property in part.GetType().GetProperties().Where(p => p.GetIndexParameters().Length == 0 && p.GetMethod is { IsStatic: false }))
        {
            var value = property.GetValue(part);
            if (value is ErrorCode error)
            {
                yield return error;
            }
            else if (value is IList items and not byte[])
            {
                foreach (var found in items.Cast<object>().Where(i => i.GetType().IsClass && i is not string).SelectMany(ErrorsOf))
                {
                    yield return found;
                }
            }
        }
    }
}
