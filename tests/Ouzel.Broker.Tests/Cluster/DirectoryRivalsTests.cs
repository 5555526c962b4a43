using System.Text;
using Ouzel.Broker.Tests.Golden;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Tests.Cluster;

/// <summary>Starts on log directories of which two have something of the same partition.</summary>
public sealed class DirectoryRivalsTests
{
    private const string Log = "00000000000000000000.log";

    private static readonly (string, string)[] Settings = [("log.dirs", "/data,/b")];

    private readonly FakeTimeProvider _clock = FakeTime.New();
    private readonly HeardLog _log = new();

    private Task<TestNode> StartAsync(Disk disk) => TestNode.StartAsync(disk, _clock, Settings, _log);

    private static async Task ProduceAsync(TestNode node, string topic, string value)
    {
        using var client = node.Connect();
        var request = new ProduceRequest { Acks = -1, TopicData = [new() { Name = topic, PartitionData = [new() { Index = 0, Records = new MemoryRecords(Batches.Of([value])) }] }] };
        Assert.Equal(ErrorCode.None, (await client.CallAsync(request, 9)).Responses[0].PartitionResponses[0].ErrorCode);
    }

    private static async Task<string> FetchAsync(TestNode node, string topic)
    {
        using var client = node.Connect();
        var fetch = new FetchRequest { MaxBytes = 1 << 20, Topics = [new() { Topic = topic, Partitions = [new() { Partition = 0, PartitionMaxBytes = 1 << 20 }] }] };
        var answer = (await client.CallAsync(fetch, 12)).Responses[0].Partitions[0];
        return answer.ErrorCode == ErrorCode.None ? string.Join(' ', Batches.Values(answer.Records)) : answer.ErrorCode.ToString();
    }

    private static async Task DeleteAsync(TestNode node, string topic)
    {
        using var client = node.Connect();
        Assert.Equal(ErrorCode.None, (await client.CallAsync(new DeleteTopicsRequest { Topics = [new() { Name = topic }], TimeoutMs = 1000 }, 6)).Responses[0].ErrorCode);
    }

    /// <summary>Makes the disk that a node leaves with topic t of one record, whose only partition is in /b.</summary>
    private async Task<MemoryDisk> DiskOfRunAsync(bool clean)
    {
        var node = await StartAsync(new MemoryDisk(_clock));
        await node.Broker.EnsureTopicAsync("t", 1);
        await ProduceAsync(node, "t", "precious");
        var killed = DiskPicture.Copy(node.Disk, _clock);
        await node.DisposeAsync();
        var disk = clean ? DiskPicture.Copy(node.Disk, _clock) : killed;
        Assert.True(disk.Exists("/b/t-0"));
        return disk;
    }

    private static void CopyFile(Disk disk, string name, bool asEmpty = false) =>
        DiskPicture.Write(disk, "/data/t-0/" + name, asEmpty ? [] : disk.ReadAllBytes("/b/t-0/" + name));

    [Theory]
    [InlineData("nothing at all", true)]
    [InlineData("nothing at all", false)]
    [InlineData("no records", true)]
    [InlineData("no records and no topic id", true)]
    [InlineData("no records and no topic id", false)]
    [InlineData("records without a topic id", true)]
    [InlineData("records of another topic", true)]
    [InlineData("records of another topic", false)]
    public async Task What_lies_beside_a_partitions_own_directory_is_kept_as_a_stray(string what, bool clean)
    {
        var disk = await DiskOfRunAsync(clean);
        disk.CreateDirectory("/data/t-0");
        if (what.StartsWith("records", StringComparison.Ordinal))
        {
            CopyFile(disk, Log);
        }

        if (what.StartsWith("no records", StringComparison.Ordinal))
        {
            CopyFile(disk, Log, asEmpty: true);
        }

        if (what == "no records")
        {
            CopyFile(disk, "partition.metadata");
        }

        if (what == "records of another topic")
        {
            DiskPicture.Write(disk, "/data/t-0/partition.metadata", Encoding.UTF8.GetBytes("version: 0\ntopic_id: F90s8WyxTnunTX6KTdAknw"));
        }

        var files = disk.ListFiles("/data/t-0").Select(file => (file.Name, file.Length));

        await using var node = await StartAsync(disk);

        Assert.Equal("precious", await FetchAsync(node, "t"));
        Assert.DoesNotContain("t-0", disk.ListDirectories("/data"));
        var stray = Assert.Single(disk.ListDirectories("/data"), name => name.StartsWith("t-0.", StringComparison.Ordinal) && name.EndsWith("-stray", StringComparison.Ordinal));
        Assert.Equal(files, disk.ListFiles("/data/" + stray).Select(file => (file.Name, file.Length)));
        Assert.Contains(_log.Lines, line => line.Text.Contains("/data/t-0", StringComparison.Ordinal) && line.Text.Contains(stray, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_topic_deleted_and_made_again_while_its_directory_was_away_is_served()
    {
        var disk = await DiskOfRunAsync(clean: true);
        var old = DiskPicture.Copy(disk, _clock);
        await using (var node = await StartAsync(disk))
        {
            await DeleteAsync(node, "t");
            await node.Broker.EnsureTopicAsync("u", 1);
            await node.Broker.EnsureTopicAsync("t", 1);
            await ProduceAsync(node, "t", "new");
        }

        Assert.True(disk.Exists("/data/t-0"));
        disk.CreateDirectory("/b/t-0");
        foreach (var file in old.ListFiles("/b/t-0"))
        {
            DiskPicture.Write(disk, "/b/t-0/" + file.Name, old.ReadAllBytes("/b/t-0/" + file.Name));
        }

        await using var again = await StartAsync(disk);
        Assert.Equal("new", await FetchAsync(again, "t"));
        Assert.Contains(disk.ListDirectories("/b"), name => name.StartsWith("t-0.", StringComparison.Ordinal) && name.EndsWith("-delete", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_next_log_of_a_strays_name_does_not_begin_where_the_stray_did()
    {
        var disk = await DiskOfRunAsync(clean: true);
        disk.CreateDirectory("/data/t-0");
        DiskPicture.Write(disk, "/data/log-start-offset-checkpoint", Encoding.UTF8.GetBytes("0\n1\nt 0 5\n"));
        var node = await StartAsync(disk);
        await DeleteAsync(node, "t");
        await node.Broker.EnsureTopicAsync("u", 1);
        await node.Broker.EnsureTopicAsync("t", 1);
        await ProduceAsync(node, "t", "new");
        Assert.True(disk.Exists("/data/t-0"));
        var killed = DiskPicture.Copy(disk, _clock);
        await node.DisposeAsync();

        await using var again = await StartAsync(killed);
        Assert.Equal("new", await FetchAsync(again, "t"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_directories_with_records_of_the_same_topic_are_refused(bool clean)
    {
        var disk = await DiskOfRunAsync(clean);
        disk.CreateDirectory("/data/t-0");
        foreach (var file in disk.ListFiles("/b/t-0"))
        {
            CopyFile(disk, file.Name);
        }

        var before = DiskPicture.Of(disk);

        var refusal = await Assert.ThrowsAsync<LogDirectoryException>(() => StartAsync(disk));

        Assert.Contains("/data/t-0 and /b/t-0", refusal.Message);
        Assert.Equal(before, DiskPicture.Of(disk));
    }
}
