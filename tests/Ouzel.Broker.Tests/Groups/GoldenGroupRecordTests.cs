using System.Text.Json;
using Ouzel.Broker.Coordination;
using Ouzel.Broker.Groups;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Groups;

/// <summary>Records as Apache Kafka wrote them, read and written.</summary>
public sealed class GoldenGroupRecordTests
{
    [Fact]
    public void Offset_records_are_read_and_written_as_kafka_does()
    {
        var written = 0;
        foreach (var line in Lines("group-records.jsonl").Where(l => Is(l, "OffsetCommit")))
        {
            var key = Hex(line, "keyHex")!;
            var value = Hex(line, "valueHex");
            var shard = GroupWorld.EmptyShard();
            shard.Apply(0, -1, key, value is null ? (ReadOnlyMemory<byte>?)null : value);
            var name = line.GetProperty("key");
            var group = name.GetProperty("group").GetString()!;
            var partition = new TopicPartition(name.GetProperty("topic").GetString()!, name.GetProperty("partition").GetInt32());
            if (value is null)
            {
                Assert.Equal(key, GroupRecords.OffsetTombstone(group, partition).Key);
                continue;
            }

            var read = shard.Offsets.Of(group)[partition];
            Assert.Equal(line.GetProperty("value").GetProperty("offset").GetInt64(), read.Offset);
            Assert.Equal(line.GetProperty("value").GetProperty("metadata").GetString(), read.Metadata);
            var again = GroupRecords.Offset(group, partition, read);
            Assert.Equal(key, again.Key);
            var version = line.GetProperty("valueVersion").GetInt16();
            if ((version == 4 && !line.GetProperty("value").TryGetProperty("_tags", out _)) || (version == 1 && read.ExpireMs is not null))
            {
                Assert.Equal(value, again.Value);
                written++;
            }
        }

        Assert.True(written >= 10);
    }

    [Fact]
    public void Group_records_are_read_and_written_as_kafka_does()
    {
        var written = 0;
        foreach (var line in Lines("group-records.jsonl").Where(l => Is(l, "GroupMetadata") && l.TryGetProperty("value", out var v) && v.ValueKind == JsonValueKind.Object))
        {
            byte[] key = Hex(line, "keyHex")!, value = Hex(line, "valueHex")!;
            var groupId = line.GetProperty("key").GetProperty("group").GetString()!;
            var shard = GroupWorld.EmptyShard();
            shard.Apply(0, -1, key, value);
            var group = shard.Groups[groupId];
            Assert.Equal(line.GetProperty("value").GetProperty("generation").GetInt32(), group.Generation);
            Assert.Equal(line.GetProperty("value").GetProperty("members").GetArrayLength(), group.MemberCount);
            var again = GroupRecords.Group(groupId, group.Stored!);
            Assert.Equal(key, again.Key);
            if (line.GetProperty("valueVersion").GetInt16() == 3)
            {
                Assert.Equal(value, again.Value);
                written++;
            }
        }

        Assert.True(written >= 5);
    }

    [Fact]
    public void Every_record_kafka_wrote_folds()
    {
        var folded = 0;
        foreach (var line in Lines("group-records.jsonl").Where(l => Topic(l) && l.TryGetProperty("record", out _)))
        {
            var value = Hex(line, "valueHex");
            GroupWorld.EmptyShard().Apply(0, -1, Hex(line, "keyHex")!, value is null ? (ReadOnlyMemory<byte>?)null : value);
            folded++;
        }

        Assert.True(folded > 100);
    }

    [Fact]
    public void The_same_actions_write_the_same_records_in_the_same_order()
    {
        // One member joins, syncs, commits three partitions, one again, leaves; then the group is deleted.
        var world = new GroupWorld();
        var a = world.Member("c1", "classic-group", sessionMs: 45_000, rebalanceMs: 300_000);
        TestMember.Settle(a);
        var offsets = new[] { ("payments", 0), ("orders", 0), ("orders", 1) };
        foreach (var (topic, partition) in offsets.Append(("orders", 0)))
        {
            Assert.Equal(ErrorCode.None, world.Commit(topic, partition, 3, a.Generation, a.Id, group: "classic-group", leaderEpoch: 0));
        }

        a.Leave();
        Assert.Equal(ErrorCode.None, world.DeleteGroup("classic-group"));
        JsonElement[] observed = [.. Lines("group-records-observed.jsonl").Where(l =>
            Topic(l) && l.TryGetProperty("key", out var k) && k.TryGetProperty("group", out var g) && g.GetString() == "classic-group")];
        Assert.Equal(observed.Select(Shape), world.Log.Select(Shape));
    }

    /// <summary>The parts that must agree: type, key, version of the value, and for groups all but names and times.</summary>
    private static string Shape(JsonElement line)
    {
        var key = Hex(line, "keyHex")!;
        var value = Hex(line, "valueHex");
        return Shape(new CoordinatorRecord(key, value));
    }

    private static string Shape(CoordinatorRecord record)
    {
        var key = Convert.ToHexString(record.Key);
        if (record.Value is not { } value)
        {
            return $"{key}: nothing";
        }

        var version = Convert.ToHexString(value.AsSpan(0, 2));
        if (record.Key[1] != 2)
        {
            return $"{key}: {version}";
        }

        var g = GroupRecords.ReadGroup(value);
        return $"{key}: {version} '{g.protocolType}' {g.generation} {g.protocol ?? "null"} {(g.leader is null ? "null" : "led")} " +
            string.Join(',', g.members.Select(m => $"{m.clientHost} {m.rebalanceTimeout} {m.sessionTimeout} {m.groupInstanceId ?? "null"}"));
    }

    private static IEnumerable<JsonElement> Lines(string file) =>
        File.ReadAllText(Path.Combine(CheckoutTree.Golden, "wire", file)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement);

    private static bool Topic(JsonElement line) => line.GetProperty("topic").GetString() == "__consumer_offsets";

    private static bool Is(JsonElement line, string record) =>
        Topic(line) && line.TryGetProperty("record", out var name) && name.GetString() == record && !line.TryGetProperty("note", out _);

    private static byte[]? Hex(JsonElement line, string name) =>
        line.GetProperty(name).ValueKind == JsonValueKind.Null ? null : Convert.FromHexString(line.GetProperty(name).GetString()!);
}
