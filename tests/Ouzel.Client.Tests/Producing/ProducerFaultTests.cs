using Microsoft.Extensions.Time.Testing;
using Ouzel.Client.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client.Tests.Producing;

/// <summary>The producer against brokers that misbehave by script.</summary>
public sealed class ProducerFaultTests
{
    [Fact]
    public async Task Records_follow_the_leader()
    {
        var cluster = new ScriptedCluster(brokers: 2);
        cluster.Leaders["t"] = [1];
        cluster.On(ApiKey.Produce, asked =>
        {
            cluster.Leaders["t"] = [2];
            cluster.LeaderEpoch = 2;
            return Answered(asked, asked.BrokerId == 2 ? ErrorCode.None : ErrorCode.NotLeaderOrFollower, baseOffset: 40);
        });
        await using var client = await OuzelClient.ConnectAsync(cluster.Options());
        await using var producer = client.CreateProducer<string, string>();

        Assert.Equal(40, (await producer.SendAsync("t", "k", "v")).Offset);

        // Metadata that was asked for before the leader moved may send it to the former one once more.
        var asked = cluster.Log.Where(a => a.Key == ApiKey.Produce).Select(a => a.BrokerId).ToList();
        Assert.Equal(2, asked[^1]);
        Assert.All(asked[..^1], broker => Assert.Equal(1, broker));
    }

    [Fact]
    public async Task A_leader_named_beside_the_error_needs_no_metadata()
    {
        var cluster = new ScriptedCluster(brokers: 2);
        cluster.Leaders["t"] = [1];
        cluster.On(ApiKey.Produce, asked =>
        {
            var response = Answered(asked, asked.BrokerId == 2 ? ErrorCode.None : ErrorCode.NotLeaderOrFollower, baseOffset: 1);
            ((ProduceResponse)response.Response!).Responses[0].PartitionResponses[0].CurrentLeader = new() { LeaderId = 2, LeaderEpoch = 9 };
            return response;
        });
        await using var client = await OuzelClient.ConnectAsync(cluster.Options());
        await using var producer = client.CreateProducer<string, string>();
        await client.Metadata.TopicAsync("t", mayCreate: false, 10_000, default);
        var before = cluster.Log.Count(a => a.Key == ApiKey.Metadata);

        await producer.SendAsync("t", "k", "v");

        Assert.Equal(before, cluster.Log.Count(a => a.Key == ApiKey.Metadata));
        Assert.Equal(2, client.Metadata.Current.Partition(new TopicPartition("t", 0))!.LeaderId);
    }

    [Fact]
    public async Task A_record_that_a_broker_refuses_for_good_fails_with_its_error_and_place()
    {
        var cluster = new ScriptedCluster();
        cluster.Leaders["t"] = [1];
        cluster.On(ApiKey.Produce, asked => Answered(asked, ErrorCode.TopicAuthorizationFailed, baseOffset: -1));
        await using var client = await OuzelClient.ConnectAsync(cluster.Options());
        await using var producer = client.CreateProducer<string, string>();

        var fault = await Assert.ThrowsAsync<KafkaException>(async () => await producer.SendAsync("t", "k", "v"));

        Assert.Equal((ErrorCode.TopicAuthorizationFailed, "t", 0, false), (fault.Error, fault.Topic, fault.Partition, fault.IsRetriable));
        Assert.Contains("Ask for the right", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_old_broker_gets_topics_by_name_in_a_version_that_it_knows()
    {
        var cluster = new ScriptedCluster();
        cluster.Highest[ApiKey.Produce] = 7;
        cluster.Highest[ApiKey.Metadata] = 7;
        cluster.Highest[ApiKey.InitProducerId] = 1;
        cluster.Leaders["t"] = [1];
        cluster.On(ApiKey.Produce, asked => Answered(asked, ErrorCode.None, baseOffset: 3));
        await using var client = await OuzelClient.ConnectAsync(cluster.Options());
        await using var producer = client.CreateProducer<string, string>();

        Assert.Equal(3, (await producer.SendAsync("t", "k", "v")).Offset);
        var produced = Assert.Single(cluster.Log, a => a.Key == ApiKey.Produce);
        Assert.Equal((7, "t"), (produced.Version, produced.Read<ProduceRequest>().TopicData[0].Name));
    }

    [Fact]
    public async Task The_linger_is_waited_for_on_the_clock()
    {
        var clock = new FakeTimeProvider();
        var cluster = new ScriptedCluster();
        cluster.Leaders["t"] = [1];
        cluster.On(ApiKey.Produce, asked => Answered(asked, ErrorCode.None, baseOffset: 0));
        await using var client = await OuzelClient.ConnectAsync(cluster.Options(clock));
        await using var producer = client.CreateProducer<string, string>(new ProducerOptions { LingerMs = 500 });
        await client.Metadata.TopicAsync("t", mayCreate: false, 10_000, default);

        var send = producer.SendAsync("t", "k", "v").AsTask();
        clock.Advance(TimeSpan.FromMilliseconds(499));
        Assert.DoesNotContain(cluster.Log, a => a.Key == ApiKey.Produce);

        // The loops are on other threads: the clock moves on until they have seen it.
        while (!send.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        Assert.Equal(0, (await send).Offset);
    }

    [Fact]
    public async Task Closing_fails_what_no_broker_takes_when_its_time_is_over()
    {
        var cluster = new ScriptedCluster();
        cluster.Leaders["t"] = [1];
        cluster.On(ApiKey.Produce, _ => new Answer());
        await using var client = await OuzelClient.ConnectAsync(cluster.Options());
        var producer = client.CreateProducer<string, string>(new ProducerOptions { CloseTimeoutMs = 200 });
        var send = producer.SendAsync("t", "k", "v").AsTask();

        await producer.DisposeAsync();

        var fault = await Assert.ThrowsAsync<KafkaException>(() => send);
        Assert.Equal(ErrorCode.RequestTimedOut, fault.Error);
        Assert.Contains("may have been written", fault.Message, StringComparison.Ordinal);
    }

    private static Answer Answered(Asked asked, ErrorCode error, long baseOffset)
    {
        var topic = asked.Read<ProduceRequest>().TopicData[0];
        return new ProduceResponse
        {
            Responses = [new() { Name = topic.Name, TopicId = topic.TopicId, PartitionResponses = [new() { Index = 0, ErrorCode = error, BaseOffset = error == ErrorCode.None ? baseOffset : -1 }] }],
        };
    }
}
