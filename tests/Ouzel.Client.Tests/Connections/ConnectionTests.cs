using Microsoft.Extensions.Time.Testing;
using Ouzel.Client.Connections;
using Ouzel.Client.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client.Tests.Connections;

public sealed class ConnectionTests
{
    private static readonly ListGroupsRequest Request = new();

    [Fact]
    public async Task Responses_reach_the_calls_in_the_order_of_the_requests()
    {
        var cluster = new ScriptedCluster();
        cluster.On(ApiKey.DescribeGroups, asked => new Answer { Response = new DescribeGroupsResponse { Groups = [new() { GroupId = asked.Read<DescribeGroupsRequest>().Groups[0] }] } });
        await using var client = await OuzelClient.ConnectAsync(cluster.Options());
        var connection = await client.AnyBrokerAsync(default);

        var calls = Enumerable.Range(0, 500).Select(i => connection.CallAsync(new DescribeGroupsRequest { Groups = [$"g{i}"] }, 10_000, default).AsTask()).ToArray();
        var responses = await Task.WhenAll(calls);

        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"g{i}"), responses.Select(r => r.Groups[0].GroupId));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(9)]
    public async Task A_connection_cut_inside_a_response_fails_its_calls_and_the_next_call_has_another(int bytes)
    {
        var cluster = new ScriptedCluster();
        cluster.On(ApiKey.ListGroups, _ => new Answer { Response = new ListGroupsResponse(), CutAt = bytes, Closes = true });
        await using var client = await OuzelClient.ConnectAsync(cluster.Options());
        var first = await client.AnyBrokerAsync(default);

        var fault = await Assert.ThrowsAsync<KafkaException>(async () => await first.CallAsync(Request, 10_000, default));
        Assert.Equal(ErrorCode.NetworkException, fault.Error);
        Assert.False(first.IsOpen);

        var second = await client.AnyBrokerAsync(default);
        Assert.NotSame(first, second);
        Assert.True(second.IsOpen);
    }

    [Fact]
    public async Task A_response_that_comes_twice_closes_the_connection()
    {
        var cluster = new ScriptedCluster();
        cluster.On(ApiKey.ListGroups, _ => new Answer { Response = new ListGroupsResponse(), Times = 2 });
        await using var client = await OuzelClient.ConnectAsync(cluster.Options());
        var connection = await client.AnyBrokerAsync(default);

        await connection.CallAsync(Request, 10_000, default);

        Assert.Equal(ErrorCode.NetworkException, (await connection.Ended.WaitAsync(TimeSpan.FromSeconds(30))).Error);
    }

    [Fact]
    public async Task A_response_longer_than_allowed_is_not_even_begun()
    {
        var cluster = new ScriptedCluster();
        cluster.On(ApiKey.ListGroups, _ => new Answer { Response = new ListGroupsResponse { Groups = [.. Enumerable.Range(0, 2000).Select(i => new ListGroupsResponse.ListedGroup { GroupId = $"group-{i}" })] } });
        var options = cluster.Options();
        await using var client = await OuzelClient.ConnectAsync(new OuzelClientOptions { BootstrapServers = options.BootstrapServers, Connect = options.Connect, ResponseBytesMax = 20_000 });
        var connection = await client.AnyBrokerAsync(default);

        var fault = await Assert.ThrowsAsync<KafkaException>(async () => await connection.CallAsync(Request, 10_000, default));

        Assert.Contains("20000", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_late_response_closes_the_connection_when_its_time_is_over()
    {
        var clock = new FakeTimeProvider();
        var cluster = new ScriptedCluster();
        cluster.On(ApiKey.ListGroups, _ => new Answer());
        await using var client = await OuzelClient.ConnectAsync(cluster.Options(clock));
        var connection = await client.AnyBrokerAsync(default);

        var call = connection.CallAsync(Request, 5000, default).AsTask();
        clock.Advance(TimeSpan.FromMilliseconds(4999));
        Assert.True(connection.IsOpen);
        clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(ErrorCode.RequestTimedOut, (await Assert.ThrowsAsync<KafkaException>(() => call)).Error);
        Assert.False(connection.IsOpen);
    }

    [Fact]
    public async Task A_cancelled_call_ends_at_once_and_its_response_is_passed_over()
    {
        var cluster = new ScriptedCluster();
        var held = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.On(ApiKey.ListGroups, _ => held.Task);
        await using var client = await OuzelClient.ConnectAsync(cluster.Options());
        var connection = await client.AnyBrokerAsync(default);
        using var cancellation = new CancellationTokenSource();

        var call = connection.CallAsync(Request, 10_000, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        held.SetResult(new Answer { Response = new ListGroupsResponse() });

        Assert.Equal("scripted", (await connection.CallAsync(new MetadataRequest { Topics = [] }, 10_000, default)).ClusterId);
    }

    [Fact]
    public async Task A_broker_that_wants_quiet_gets_it()
    {
        var clock = new FakeTimeProvider();
        var cluster = new ScriptedCluster();
        cluster.On(ApiKey.CreateTopics, _ => new Answer { Response = new CreateTopicsResponse { ThrottleTimeMs = 1000 } });
        await using var client = await OuzelClient.ConnectAsync(cluster.Options(clock));
        var connection = await client.AnyBrokerAsync(default);

        await connection.CallAsync(new CreateTopicsRequest(), 10_000, default);
        Assert.InRange(connection.QuietMs, 1, 1000);
        cluster.On(ApiKey.ListGroups, _ => new Answer { Response = new ListGroupsResponse() });
        var call = connection.CallAsync(Request, 10_000, default).AsTask();
        Assert.False(call.IsCompleted);
        Assert.DoesNotContain(cluster.Log, a => a.Key == ApiKey.ListGroups);

        clock.Advance(TimeSpan.FromMilliseconds(1000));
        await call.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_broker_that_does_not_know_the_newest_handshake_is_asked_again_in_an_older_one(bool namesItsRange)
    {
        var cluster = new ScriptedCluster();
        cluster.On(ApiKey.ApiVersions, asked => asked.Version > 2
            ? new Answer
            {
                Version = 0,
                Response = new ApiVersionsResponse
                {
                    ErrorCode = ErrorCode.UnsupportedVersion,
                    ApiKeys = namesItsRange ? [new() { ApiKey = (short)ApiKey.ApiVersions, MinVersion = 0, MaxVersion = 2 }] : [],
                },
            }
            : cluster.Versions());

        await using var client = await OuzelClient.ConnectAsync(cluster.Options());

        Assert.Equal(namesItsRange ? [5, 2] : [5, 0], cluster.Log.Where(a => a.Key == ApiKey.ApiVersions).Select(a => (int)a.Version));
        Assert.Equal("ouzel-client", cluster.Log.First().Read<ApiVersionsRequest>().ClientSoftwareName);
    }

    [Fact]
    public async Task An_open_connection_of_an_old_broker_speaks_its_versions()
    {
        var cluster = new ScriptedCluster();
        cluster.Highest[ApiKey.Metadata] = 7;
        cluster.Highest[ApiKey.FindCoordinator] = 2;
        cluster.On(ApiKey.FindCoordinator, _ => new Answer { Response = new FindCoordinatorResponse { NodeId = 1, Host = "script", Port = 1 } });
        await using var client = await OuzelClient.ConnectAsync(cluster.Options());

        Assert.Equal(1, await client.Coordinators.FindAsync(CoordinatorKind.Group, "g", default));

        Assert.All(cluster.Log.Where(a => a.Key == ApiKey.Metadata), a => Assert.Equal(7, a.Version));
        Assert.Equal("g", cluster.Log.Last().Read<FindCoordinatorRequest>().Key);
    }

    [Fact]
    public async Task Each_lane_has_a_connection_of_its_own()
    {
        var cluster = new ScriptedCluster();
        await using var client = await OuzelClient.ConnectAsync(cluster.Options());
        var lane = new Lane("test");

        var general = await client.Pool.OpenAsync(1, client.Pool.General, default);
        var special = await client.Pool.OpenAsync(1, lane, default);
        Assert.NotSame(general, special);
        Assert.Same(special, await client.Pool.OpenAsync(1, lane, default));

        await client.Pool.CloseAsync(lane);
        Assert.False(special.IsOpen);
        Assert.True(general.IsOpen);
    }
}
