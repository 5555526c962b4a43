using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Tests.Golden;

/// <summary>Directories to damage: one of Kafka's, or one that a broker here wrote; and what a broker serves from them as they are.</summary>
internal sealed class DamageCase
{
    private readonly MemoryDisk _disk;
    private readonly Dictionary<string, string> _settings;

    private DamageCase(MemoryDisk disk, Dictionary<string, string> settings, FakeTimeProvider clock, IEnumerable<string> groups)
    {
        (_disk, _settings, Clock) = (disk, settings, clock);
        _settings.TryAdd("log.dirs", "/data");
        Groups = [.. groups];
    }

    /// <summary>Those written here, each in one directory or two, stopped or killed.</summary>
    public static string[] Own { get; } = ["own stopped 1", "own killed 1", "own stopped 2", "own killed 2"];

    public FakeTimeProvider Clock { get; }

    public List<string> Groups { get; }

    /// <summary>The records served from the undamaged directories.</summary>
    public WhatIsServed Whole { get; private set; } = null!;

    public static async Task<DamageCase> OfAsync(string name)
    {
        DamageCase made;
        if (Own.Contains(name))
        {
            made = await WriteAsync(isKilled: name.Contains("killed", StringComparison.Ordinal), directories: name[^1] - '0');
        }
        else
        {
            var golden = new GoldenCase(name);
            var clock = golden.ClockAtReadBack();
            made = new DamageCase(golden.CopyToDisk(clock), golden.AllSettings.ToDictionary(s => s.Name, s => s.Value), clock, golden.Groups.Select(g => g.Name));
        }

        var (disk, settings) = made.Fresh();
        await using var node = await TestNode.StartAsync(disk, made.Clock, [.. settings.Select(s => (s.Key, s.Value))]);
        made.Whole = await WhatIsServed.OfAsync(node, null, made.Groups);
        return made;
    }

    /// <summary>A disk of its own with the directories, and the settings to start on it.</summary>
    public (MemoryDisk Disk, Dictionary<string, string> Settings) Fresh() => (DiskPicture.Copy(_disk, Clock), new(_settings));

    private static async Task<DamageCase> WriteAsync(bool isKilled, int directories)
    {
        var clock = FakeTime.New();
        Dictionary<string, string> settings = new()
        {
            ["log.dirs"] = string.Join(',', Enumerable.Range(1, directories).Select(i => $"/data{i}")),
            ["offsets.topic.num.partitions"] = "2",
            ["log.cleaner.enable"] = "false",
            ["log.retention.ms"] = "-1",
            ["log.index.interval.bytes"] = "200",
            ["log.index.size.max.bytes"] = "1200",
        };
        var node = await TestNode.StartAsync(null, clock, [.. settings.Select(s => (s.Key, s.Value))]);
        using (var client = node.Connect())
        {
            foreach (var topic in new[] { "plain", "small", "trimmed", "gone" })
            {
                var creation = new CreateTopicsRequest { Topics = [new() { Name = topic, NumPartitions = 2, ReplicationFactor = 1, Configs = topic == "plain" ? [] : [new() { Name = "segment.ms", Value = "1000" }] }] };
                Assert.Equal(ErrorCode.None, (await client.CallAsync(creation, 7)).Topics[0].ErrorCode);
            }

            for (var i = 0; i < 60; i++)
            {
                clock.AdvanceMs(400);
                var (topic, partition) = (new[] { "plain", "small", "trimmed", "gone" }[i % 4], i / 4 % 2);
                var batch = i % 3 == 0 ? Batches.Of(4000, 0, i / 24 * 2, false, $"{topic} {i} a", $"{topic} {i} b") : Batches.Of($"{topic} {i}");
                var produce = new ProduceRequest { Acks = -1, TopicData = [new() { Name = topic, PartitionData = [new() { Index = partition, Records = new MemoryRecords(batch) }] }] };
                await client.CallAsync(produce, 9);
            }

            await client.CallAsync(new DeleteRecordsRequest { Topics = [new() { Name = "trimmed", Partitions = [new() { PartitionIndex = 0, Offset = 3 }] }] }, 2);
            await client.CallAsync(new DeleteTopicsRequest { Topics = [new() { Name = "gone" }] }, 6);
            foreach (var group in new[] { "g1", "g2" })
            {
                var commit = new OffsetCommitRequest { GroupId = group, Topics = [new() { Name = "plain", Partitions = [new() { PartitionIndex = 0, CommittedOffset = group[1] - '0' }] }] };
                for (var tries = 0; (await client.CallAsync(commit, 8)).Topics[0].Partitions[0].ErrorCode != ErrorCode.None && tries < 1000; tries++)
                {
                    await Task.Yield();
                }
            }
        }

        var killed = DiskPicture.Copy(node.Disk, clock);
        await node.DisposeAsync();
        return new DamageCase(isKilled ? killed : DiskPicture.Copy(node.Disk, clock), settings, clock, ["g1", "g2"]);
    }
}
