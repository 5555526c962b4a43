using System.Text.Json;
using Ouzel.Broker.Coordination;
using Ouzel.Broker.Groups;
using Ouzel.Broker.Tests.Cluster;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Groups;

/// <summary>__consumer_offsets as Apache Kafka 4.2.1 left it on the disk, folded and asked.</summary>
public sealed class GoldenGroupLogTests
{
    [Theory]
    [InlineData("groups")]
    [InlineData("transactions")]
    [InlineData("transactions-v0")]
    [InlineData("expired-ids")]
    public void The_groups_of_a_kafka_directory_are_those_that_kafka_reads_back(string name)
    {
        var expected = GoldenFolder.Expected(name);
        Dictionary<string, (GroupShard Shard, ListGroupsResponse.ListedGroup Listed)> groups = Load(name)
            .SelectMany(s => s.List().Select(g => (s, g))).ToDictionary(x => x.g.GroupId, x => x);
        Assert.Equal(expected.GetProperty("groups").EnumerateObject().Select(g => g.Name).Order(StringComparer.Ordinal), groups.Keys.Order(StringComparer.Ordinal));
        foreach (var group in expected.GetProperty("groups").EnumerateObject())
        {
            var (shard, listed) = groups[group.Name];
            Assert.Equal(group.Value.GetProperty("type").GetString()!.ToLowerInvariant(), listed.GroupType);
            Assert.Equal(group.Value.GetProperty("state").GetString(), listed.GroupState);
            Assert.Equal(group.Value.GetProperty("protocol").GetString(), listed.ProtocolType);
            if (listed.GroupType == "classic")
            {
                CompareMembers(group.Value, shard.Describe(group.Name)!);
            }

            if (listed.GroupType != "share")
            {
                CompareOffsets(group.Value, shard.Fetch(new OffsetQuery(group.Name, null, false)));
            }
        }
    }

    [Fact]
    public void An_offset_of_an_open_transaction_is_still_pending_in_the_directory()
    {
        var shard = Load("transactions").Single(s => s.Groups.ContainsKey("tx-pending-group"));
        var found = Assert.Single(shard.Fetch(new OffsetQuery("tx-pending-group", [new TopicPartition("tx-input", 0)], true)).Partitions);
        Assert.Equal(ErrorCode.UnstableOffsetCommit, found.Error);
    }

    private static List<GroupShard> Load(string name)
    {
        var shards = new List<GroupShard>();
        foreach (var folder in Directory.GetDirectories(GoldenFolder.DataOf(name), "__consumer_offsets-*"))
        {
            var shard = GroupWorld.EmptyShard();
            long offset = 0;
            foreach (var file in Directory.GetFiles(folder, "*.log").Order(StringComparer.Ordinal))
            {
                offset = CoordinatorBatch.Fold(shard, File.ReadAllBytes(file), offset, damage => Assert.Fail(damage.ToString()));
            }

            shards.Add(shard);
        }

        Assert.NotEmpty(shards);
        return shards;
    }

    private static void CompareMembers(JsonElement expected, DescribeGroupsResponse.DescribedGroup described)
    {
        Assert.Equal(expected.GetProperty("assignor").GetString(), described.ProtocolData);
        Assert.Equal(
            expected.GetProperty("members").EnumerateArray().Select(m => (m.GetProperty("instance").GetString(), m.GetProperty("client_id").GetString(), m.GetProperty("host").GetString())),
            described.Members.Select(m => (m.GroupInstanceId, (string?)m.ClientId, (string?)m.ClientHost)));
        foreach (var (member, found) in expected.GetProperty("members").EnumerateArray().Zip(described.Members))
        {
            var reader = new Ouzel.Protocol.Wire.WireReader(found.MemberAssignment);
            var version = reader.ReadInt16();
            var assignment = new ConsumerProtocolAssignment();
            assignment.Read(ref reader, version);
            Assert.Equal(
                member.GetProperty("assignment").EnumerateArray().Select(p => p.GetString()!).Order(StringComparer.Ordinal),
                assignment.AssignedPartitions.SelectMany(t => t.Partitions.Select(p => $"{t.Topic}-{p}")).Order(StringComparer.Ordinal));
        }
    }

    private static void CompareOffsets(JsonElement expected, OffsetResult found)
    {
        Assert.Equal(
            expected.GetProperty("offsets").EnumerateObject().Select(o => (
                o.Name, o.Value.GetProperty("offset").GetInt64(), o.Value.GetProperty("leader_epoch").GetInt32(), o.Value.GetProperty("metadata").GetString()))
                .OrderBy(o => o.Name, StringComparer.Ordinal),
            found.Partitions.Select(p => (p.Partition.ToString(), p.Offset!.Value.Offset, p.Offset!.Value.LeaderEpoch, (string?)p.Offset!.Value.Metadata))
                .OrderBy(o => o.Item1, StringComparer.Ordinal));
    }
}
