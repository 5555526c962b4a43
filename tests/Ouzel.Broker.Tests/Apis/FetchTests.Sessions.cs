using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

/// <summary>Fetch sessions (KIP-227).</summary>
public sealed partial class FetchTests
{
    [Fact]
    public async Task An_incremental_fetch_tells_changes_only()
    {
        await _node.CreateTopicAsync("t", partitions: 3);
        Fill("t", 0, 1);
        var opened = await _client.CallAsync(Session(0, 0, "t", Part(0, 0), Part(1, 0), Part(2, 0)), 12);
        Assert.True(opened.SessionId > 0);
        Assert.Equal(3, opened.Responses[0].Partitions.Count);
        Assert.Empty((await _client.CallAsync(Session(opened.SessionId, 1, "t", Part(0, 1)), 12)).Responses);
        Fill("t", 2, 1);
        for (var epoch = 2; epoch <= 3; epoch++)
        {
            var news = await _client.CallAsync(Session(opened.SessionId, epoch, "t"), 12);
            Assert.Equal([2], news.Responses[0].Partitions.Select(p => p.PartitionIndex));
        }

        Assert.Empty((await _client.CallAsync(Session(opened.SessionId, 4, "t", Part(2, 1)), 12)).Responses);
    }

    [Fact]
    public async Task A_session_refuses_an_unknown_id_and_a_wrong_epoch_and_survives_both()
    {
        await _node.CreateTopicAsync("t");
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await _client.CallAsync(Session(123456, 1, "t", Part(0, 0)), 12)).ErrorCode);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await _client.CallAsync(Session(0, 1, "t", Part(0, 0)), 12)).ErrorCode);
        var id = (await _client.CallAsync(Session(0, 0, "t", Part(0, 0)), 12)).SessionId;
        var wrong = await _client.CallAsync(Session(id, 2, "t"), 12);
        Assert.Equal((ErrorCode.InvalidFetchSessionEpoch, 0), (wrong.ErrorCode, wrong.SessionId));
        Assert.Equal(ErrorCode.None, (await _client.CallAsync(Session(id, 1, "t"), 12)).ErrorCode);
        Assert.Equal(ErrorCode.InvalidFetchSessionEpoch, (await _client.CallAsync(Session(id, 1, "t"), 12)).ErrorCode);
        Assert.Equal(ErrorCode.None, (await _client.CallAsync(Session(id, 2, "t"), 12)).ErrorCode);
    }

    [Fact]
    public async Task Epoch_minus_1_closes_a_session_and_an_emptied_one_is_gone()
    {
        await _node.CreateTopicAsync("t");
        var id = (await _client.CallAsync(Session(0, 0, "t", Part(0, 0)), 12)).SessionId;
        Assert.Equal(0, (await _client.CallAsync(Session(id, -1, "t", Part(0, 0)), 12)).SessionId);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await _client.CallAsync(Session(id, 1, "t"), 12)).ErrorCode);

        id = (await _client.CallAsync(Session(0, 0, "t", Part(0, 0)), 12)).SessionId;
        var forgetting = Session(id, 1, "t");
        forgetting.ForgottenTopicsData = [new() { Topic = "t", Partitions = [0] }];
        var emptied = await _client.CallAsync(forgetting, 12);
        Assert.Equal((ErrorCode.None, 0), (emptied.ErrorCode, emptied.SessionId));
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await _client.CallAsync(Session(id, 2, "t"), 12)).ErrorCode);
        Assert.Equal(0, _node.FetchSessions.Count);
    }

    [Fact]
    public async Task A_session_repeats_an_error_until_it_is_gone()
    {
        var id = (await _client.CallAsync(Session(0, 0, "later", Part(0, 0)), 12)).SessionId;
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await _client.CallAsync(Session(id, 1, "later"), 12)).Responses[0].Partitions[0].ErrorCode);
        await _node.CreateTopicAsync("later");
        Assert.Equal(ErrorCode.None, (await _client.CallAsync(Session(id, 2, "later"), 12)).Responses[0].Partitions[0].ErrorCode);
        Assert.Empty((await _client.CallAsync(Session(id, 3, "later"), 12)).Responses);
    }

    [Fact]
    public async Task A_served_partition_goes_to_the_back_of_its_session()
    {
        await _node.CreateTopicAsync("t", partitions: 2);
        Fill("t", 0, 1, 1);
        Fill("t", 1, 1, 1);
        var open = Session(0, 0, "t", Part(0, 0), Part(1, 0));
        open.MaxBytes = 1;
        var id = (await _client.CallAsync(open, 12)).SessionId;
        List<int> served = [];
        for (var epoch = 1; epoch <= 4; epoch++)
        {
            var next = Session(id, epoch, "t");
            next.MaxBytes = 1;
            var response = await _client.CallAsync(next, 12);
            served.Add(response.Responses.SelectMany(t => t.Partitions).Single(p => p.Records!.Length > 0).PartitionIndex);
        }

        Assert.Equal([0, 1, 0, 1], served);
    }

    [Fact]
    public async Task A_recreated_topic_is_inconsistent_in_a_session_and_unknown_without()
    {
        var old = await _node.CreateTopicAsync("t");
        var open = ById(old, Part(0, 0));
        open.SessionEpoch = 0;
        var id = (await _client.CallAsync(open, 13)).SessionId;
        await _node.DeleteTopicAsync("t");
        await _node.CreateTopicAsync("t");
        var next = ById(old, Part(0, 0));
        (next.SessionId, next.SessionEpoch) = (id, 1);
        Assert.Equal(ErrorCode.InconsistentTopicId, (await _client.CallAsync(next, 13)).Responses[0].Partitions[0].ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicId, (await _client.CallAsync(ById(old, Part(0, 0)), 13)).Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task A_session_by_names_cannot_go_on_by_ids()
    {
        var id = await _node.CreateTopicAsync("t");
        var session = (await _client.CallAsync(Session(0, 0, "t", Part(0, 0)), 12)).SessionId;
        var next = ById(id, Part(0, 0));
        (next.SessionId, next.SessionEpoch) = (session, 1);
        Assert.Equal(ErrorCode.FetchSessionTopicIdError, (await _client.CallAsync(next, 13)).ErrorCode);
    }

    [Fact]
    public async Task A_full_cache_serves_newcomers_without_a_session_until_one_has_been_idle_for_two_minutes()
    {
        await _node.CreateTopicAsync("t");
        var first = (await _client.CallAsync(Session(0, 0, "t", Part(0, 0)), 12)).SessionId;
        for (var i = 1; i < 10; i++)
        {
            Assert.NotEqual(0, (await _client.CallAsync(Session(0, 0, "t", Part(0, 0)), 12)).SessionId);
        }

        Assert.Equal(0, (await _client.CallAsync(Session(0, 0, "t", Part(0, 0)), 12)).SessionId);
        _node.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.NotEqual(0, (await _client.CallAsync(Session(0, 0, "t", Part(0, 0)), 12)).SessionId);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await _client.CallAsync(Session(first, 1, "t"), 12)).ErrorCode);
    }

    [Fact]
    public async Task Sessions_are_bounded_by_the_partitions_that_they_remember_together()
    {
        await _node.CreateTopicAsync("t", partitions: 60);
        FetchRequest Sixty(int id, int epoch) => Session(id, epoch, "t", [.. Enumerable.Range(0, 60).Select(i => Part(i, 0))]);
        var first = (await _client.CallAsync(Sixty(0, 0), 12)).SessionId;
        Assert.NotEqual(0, first);
        Assert.Equal(60, _node.FetchSessions.Partitions);
        Assert.Equal(0, (await _client.CallAsync(Sixty(0, 0), 12)).SessionId);
        var second = (await _client.CallAsync(Session(0, 0, "t", Part(0, 0)), 12)).SessionId;
        Assert.NotEqual(0, second);

        // One that grows beyond the bound ends, and the room is free again.
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await _client.CallAsync(Sixty(second, 1), 12)).ErrorCode);
        Assert.Equal((60, 1), (_node.FetchSessions.Partitions, _node.FetchSessions.Count));
        var shrinking = Session(first, 1, "t", Part(0, 0));
        shrinking.ForgottenTopicsData = [new() { Topic = "t", Partitions = [.. Enumerable.Range(1, 59)] }];
        Assert.Equal(ErrorCode.None, (await _client.CallAsync(shrinking, 12)).ErrorCode);
        Assert.Equal(1, _node.FetchSessions.Partitions);
        Assert.NotEqual(0, (await _client.CallAsync(Sixty(0, 0), 12)).SessionId);
        _node.Clock.Advance(TimeSpan.FromMinutes(3));
        var last = (await _client.CallAsync(Sixty(0, 0), 12)).SessionId;
        Assert.NotEqual(0, last);
        Assert.Equal(0, (await _client.CallAsync(Session(last, -1, "t", Part(0, 0)), 12)).SessionId);
        Assert.InRange(_node.FetchSessions.Partitions, 0, 1);
    }
}
