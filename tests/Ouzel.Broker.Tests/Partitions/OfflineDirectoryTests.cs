using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Tests.Partitions;

/// <summary>One of two log directories fails: what lies there has no leader for anybody who asks, and comes back with the directory.</summary>
public sealed class OfflineDirectoryTests
{
    private static readonly (string, string)[] Settings = [("log.dirs", "/a,/b"), ("offsets.topic.num.partitions", "2"), ("offsets.topic.replication.factor", "1")];

    private readonly FakeTimeProvider _clock = FakeTime.New();
    private readonly FaultyDisk _disk;

    public OfflineDirectoryTests() => _disk = new FaultyDisk(new Random(1), _clock);

    private Task<TestNode> StartAsync() => TestNode.StartAsync(_disk, _clock, Settings);

    private void Fail() => _disk.BeforeChange = path =>
    {
        if (path.StartsWith("/b/", StringComparison.Ordinal))
        {
            throw new DiskException("write", path, DiskException.InputOutputError, "broken");
        }
    };

    private static async Task<ErrorCode> ProduceAsync(WireClient client, int partition)
    {
        var request = new ProduceRequest { Acks = -1, TopicData = [new() { Name = "t", PartitionData = [new() { Index = partition, Records = new MemoryRecords(Batches.Of("v")) }] }] };
        return (await client.CallAsync(request, 9)).Responses[0].PartitionResponses[0].ErrorCode;
    }

    private static async Task<List<MetadataResponse.MetadataResponsePartition>> MetadataAsync(WireClient client)
        => (await client.CallAsync(new MetadataRequest { Topics = [new() { Name = "t" }] }, 12)).Topics[0].Partitions;

    /// <summary>Partitions of t in /b.</summary>
    private static List<int> InB(TestNode node)
        => [.. node.Node.Directories.All[1].Logs.Where(log => log.Topic == "t").Select(log => log.Partition).Order()];

    [Fact]
    public async Task Metadata_names_no_leader_for_what_lies_in_a_failed_directory()
    {
        await using var node = await StartAsync();
        await node.Broker.EnsureTopicAsync("t", 4);
        using var client = node.Connect();
        var lost = InB(node);
        Assert.Equal(2, lost.Count);
        Fail();
        Assert.Equal(ErrorCode.KafkaStorageError, await ProduceAsync(client, lost[0]));
        foreach (var partition in await MetadataAsync(client))
        {
            var isLost = lost.Contains(partition.PartitionIndex);
            Assert.Equal(isLost ? (-1, ErrorCode.LeaderNotAvailable) : (1, ErrorCode.None), (partition.LeaderId, partition.ErrorCode));
            Assert.Equal(isLost ? [1] : [], partition.OfflineReplicas);
        }

        var described = await client.CallAsync(new DescribeTopicPartitionsRequest { Topics = [new() { Name = "t" }], ResponsePartitionLimit = 10 }, 0);
        Assert.All(described.Topics[0].Partitions.Where(p => lost.Contains(p.PartitionIndex)), p => Assert.Equal((-1, ErrorCode.LeaderNotAvailable, 1), (p.LeaderId, p.ErrorCode, p.OfflineReplicas.Single())));
        var directories = await client.CallAsync(new DescribeLogDirsRequest { Topics = null }, 4);
        Assert.Equal([ErrorCode.None, ErrorCode.KafkaStorageError], directories.Results.Select(r => r.ErrorCode));
        Assert.Equal(ErrorCode.None, await ProduceAsync(client, Enumerable.Range(0, 4).Except(lost).First()));
        _disk.BeforeChange = null;
    }

    [Fact]
    public async Task A_coordinator_that_is_named_takes_commits()
    {
        await using var node = await StartAsync();
        await node.Broker.EnsureTopicAsync("t", 4);
        using var client = node.Connect();
        string[] groups = ["a", "b", "c", "d", "e", "f"];
        Assert.Contains(ErrorCode.None, (await FindAsync()).Select(c => c.ErrorCode));
        Fail();
        Assert.Equal(ErrorCode.KafkaStorageError, await ProduceAsync(client, InB(node)[0]));
        var found = await FindAsync();
        Assert.Contains(found, c => c.ErrorCode == ErrorCode.CoordinatorNotAvailable);
        foreach (var coordinator in found)
        {
            var commit = new OffsetCommitRequest
            {
                GroupId = coordinator.Key,
                GenerationIdOrMemberEpoch = -1,
                Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, CommittedOffset = 1 }] }],
            };
            var answer = (await client.CallAsync(commit, 8)).Topics[0].Partitions[0].ErrorCode;
            Assert.Equal(coordinator.ErrorCode == ErrorCode.None, answer == ErrorCode.None);
        }

        _disk.BeforeChange = null;

        async Task<List<FindCoordinatorResponse.Coordinator>> FindAsync()
            => (await client.CallAsync(new FindCoordinatorRequest { KeyType = 0, CoordinatorKeys = [.. groups] }, 4)).Coordinators;
    }

    [Fact]
    public async Task Everything_is_led_again_when_the_directory_is_well()
    {
        var node = await StartAsync();
        await node.Broker.EnsureTopicAsync("t", 4);
        using (var client = node.Connect())
        {
            for (var i = 0; i < 4; i++)
            {
                Assert.Equal(ErrorCode.None, await ProduceAsync(client, i));
            }

            Fail();
            await ProduceAsync(client, InB(node)[0]);
        }

        await node.DisposeAsync();
        _disk.BeforeChange = null;
        await using var again = await StartAsync();
        using var other = again.Connect();
        Assert.All(await MetadataAsync(other), p => Assert.Equal((1, ErrorCode.None, 0), (p.LeaderId, p.ErrorCode, p.OfflineReplicas.Count)));
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(ErrorCode.None, await ProduceAsync(other, i));
        }
    }

    [Fact]
    public async Task Partitions_of_a_directory_that_was_replaced_by_an_empty_one_stay_offline()
    {
        var node = await StartAsync();
        await node.Broker.EnsureTopicAsync("t", 4);
        var lost = InB(node);
        await node.DisposeAsync();
        _disk.Move("/b", "/kept");
        await using (var without = await StartAsync())
        {
            using var client = without.Connect();
            Assert.Equal(lost, (await MetadataAsync(client)).Where(p => p.LeaderId == -1 && p.ErrorCode == ErrorCode.LeaderNotAvailable && p.OfflineReplicas.Count == 1).Select(p => p.PartitionIndex).Order());
            Assert.Equal(ErrorCode.KafkaStorageError, await ProduceAsync(client, lost[0]));
        }

        _disk.DeleteDirectory("/b");
        _disk.Move("/kept", "/b");
        await using var again = await StartAsync();
        using var other = again.Connect();
        Assert.All(await MetadataAsync(other), p => Assert.Equal((1, ErrorCode.None), (p.LeaderId, p.ErrorCode)));
    }

    [Fact]
    public async Task The_metadata_says_in_which_directory_each_replica_lies()
    {
        await using var node = await StartAsync();
        await node.Broker.EnsureTopicAsync("t", 4);
        for (var i = 0; i < 4; i++)
        {
            Assert.True(node.Node.Directories.TryGet(new TopicPartition("t", i), out _, out var directory));
            Assert.Equal([directory.DirectoryId], node.Node.Metadata.Current.Topics["t"].Partitions[i].Directories);
        }
    }
}
