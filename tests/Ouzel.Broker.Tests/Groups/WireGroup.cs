using Ouzel.Broker.Cluster;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Groups;

/// <summary>A node with its group coordinator loaded, spoken to over the wire.</summary>
internal sealed class WireGroup : IAsyncDisposable
{
    private WireGroup(TestNode node)
    {
        Node = node;
        Client = node.Connect("client");
    }

    public TestNode Node { get; }

    public ClusterImage Image => Node.Node.Metadata.Current;

    public WireClient Client { get; }

    public string MemberId { get; private set; } = "";

    public static async Task<WireGroup> StartAsync(params string[] topics)
    {
        var node = await TestNode.StartAsync(("offsets.topic.num.partitions", "5"), ("group.initial.rebalance.delay.ms", "0"));
        return await StartAsync(node, topics);
    }

    /// <summary>On a node that runs already.</summary>
    public static async Task<WireGroup> StartAsync(TestNode node, params string[] topics)
    {
        var wire = new WireGroup(node);
        var creation = new CreateTopicsRequest { Topics = [.. topics.Select(t => new CreateTopicsRequest.CreatableTopic { Name = t, NumPartitions = 2, ReplicationFactor = 1 })] };
        var created = await wire.Client.CallAsync(creation, 5);
        Assert.All(created.Topics, t => Assert.Equal(ErrorCode.None, t.ErrorCode));
        await wire.Client.CallAsync(new FindCoordinatorRequest { Key = "g" }, 0);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var error = (await wire.Client.CallAsync(new ListGroupsRequest(), 0)).ErrorCode;
            if (error == ErrorCode.None)
            {
                return wire;
            }

            Assert.Equal(ErrorCode.CoordinatorLoadInProgress, error);
            await Task.Delay(1, limit.Token);
        }
    }

    public Task<JoinGroupResponse> JoinAsync(short version, string group = "g", string memberId = "", string? instance = null, byte[]? metadata = null) =>
        Client.CallAsync(
            new JoinGroupRequest
            {
                GroupId = group,
                SessionTimeoutMs = 10_000,
                RebalanceTimeoutMs = 10_000,
                MemberId = memberId,
                GroupInstanceId = instance,
                ProtocolType = "consumer",
                Protocols = [new() { Name = "range", Metadata = metadata ?? [1, 2] }],
            },
            version);

    /// <summary>One member, generation 1, stable; its part is 7, 8.</summary>
    public async Task SettleAsync(string group = "g", byte[]? metadata = null)
    {
        var joined = await JoinAsync(3, group, metadata: metadata);
        MemberId = joined.MemberId;
        var synced = await SyncAsync(3, group);
        Assert.Equal(ErrorCode.None, synced.ErrorCode);
    }

    public Task<SyncGroupResponse> SyncAsync(short version, string group = "g") => Client.CallAsync(
        new SyncGroupRequest
        {
            GroupId = group,
            GenerationId = 1,
            MemberId = MemberId,
            ProtocolType = version >= 5 ? "consumer" : null,
            ProtocolName = version >= 5 ? "range" : null,
            Assignments = [new() { MemberId = MemberId, Assignment = new byte[] { 7, 8 } }],
        },
        version);

    public async Task<ErrorCode> CommitAsync(string topic, long offset, short version = 8, int partition = 0, string group = "g", int epoch = -1, string? metadata = "m")
    {
        var r = await Client.CallAsync(
            new OffsetCommitRequest
            {
                GroupId = group,
                Topics =
                [
                    new()
                    {
                        Name = topic,
                        TopicId = Image.TryTopic(topic, out var known) ? known.Id : new Uuid(1, 1),
                        Partitions = [new() { PartitionIndex = partition, CommittedOffset = offset, CommittedLeaderEpoch = epoch, CommittedMetadata = metadata }],
                    },
                ],
            },
            version);
        return r.Topics[0].Partitions[0].ErrorCode;
    }

    public async Task<long> PositionAsync(string topic, int partition = 0, string group = "g") =>
        (await Client.CallAsync(new OffsetFetchRequest { GroupId = group, Topics = [new() { Name = topic, PartitionIndexes = [partition] }] }, 5))
        .Topics[0].Partitions[0].CommittedOffset;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Node.DisposeAsync();
    }
}
