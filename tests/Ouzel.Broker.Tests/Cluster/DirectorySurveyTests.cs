using System.Text;
using Ouzel.Broker.Cluster.Embedded;
using Ouzel.Broker.Configs;
using Ouzel.Broker.Tests.Golden;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Tests.Cluster;

/// <summary>Starts on directories that are not this node's, or damaged: refused before anything is written, with what to do.</summary>
public sealed class DirectorySurveyTests
{
    private const string MetadataLog = "/data/__cluster_metadata-0/00000000000000000000.log";

    private readonly FakeTimeProvider _clock = FakeTime.New();

    private static string Properties(int node = 1, string cluster = "AAAAAAAAQACAAAAAAAAAAQ", string directory = "F90s8WyxTnunTX6KTdAknw") =>
        $"node.id={node}\ndirectory.id={directory}\nversion=1\ncluster.id={cluster}\n";

    private async Task<string> RefusalAsync(Disk disk, params (string, string)[] settings)
    {
        var before = DiskPicture.Of(disk);
        var refusal = await Assert.ThrowsAsync<LogDirectoryException>(() => TestNode.StartAsync(disk, _clock, settings));
        Assert.Equal(before, DiskPicture.Of(disk));
        Assert.DoesNotContain('\n', refusal.Message);
        return refusal.Message;
    }

    private MemoryDisk DiskWith(params (string Path, string Text)[] files)
    {
        var disk = new MemoryDisk(_clock);
        foreach (var (path, text) in files)
        {
            disk.CreateDirectory(path[..path.LastIndexOf('/')]);
            DiskPicture.Write(disk, path, Encoding.UTF8.GetBytes(text));
        }

        return disk;
    }

    private static async Task ProduceAsync(TestNode node, string topic, params string[] values)
    {
        using var client = node.Connect();
        var request = new ProduceRequest { Acks = -1, TopicData = [new() { Name = topic, PartitionData = [new() { Index = 0, Records = new Ouzel.Protocol.Records.MemoryRecords(Batches.Of(values)) }] }] };
        Assert.Equal(ErrorCode.None, (await client.CallAsync(request, 9)).Responses[0].PartitionResponses[0].ErrorCode);
    }

    /// <summary>Fetches partition 0: the values, or the error's name.</summary>
    private static async Task<string> FetchAsync(TestNode node, string topic)
    {
        using var client = node.Connect();
        var fetch = new FetchRequest { MaxBytes = 1 << 20, Topics = [new() { Topic = topic, Partitions = [new() { Partition = 0, PartitionMaxBytes = 1 << 20 }] }] };
        var answer = (await client.CallAsync(fetch, 12)).Responses[0].Partitions[0];
        return answer.ErrorCode == ErrorCode.None ? string.Join(' ', Batches.Values(answer.Records)) : answer.ErrorCode.ToString();
    }

    /// <summary>A node with topic t of one record, as it is after a clean stop or after a kill.</summary>
    private async Task<MemoryDisk> DiskOfRunAsync(bool clean)
    {
        var node = await TestNode.StartAsync(null, _clock, []);
        await node.Broker.EnsureTopicAsync("t", 1);
        await ProduceAsync(node, "t", "precious");
        var killed = DiskPicture.Copy(node.Disk, _clock);
        await node.DisposeAsync();
        return clean ? DiskPicture.Copy(node.Disk, _clock) : killed;
    }

    [Fact]
    public async Task A_folder_of_somebody_else_is_refused_and_nothing_in_it_changes()
    {
        var disk = DiskWith(("/data/photos-2024/a.jpg", "x"), ("/data/old-delete/b", "y"), ("/data/notes.txt", "z"));
        Assert.Contains("no broker's", await RefusalAsync(disk));
    }

    [Fact]
    public async Task A_fresh_volume_is_taken()
    {
        var disk = new MemoryDisk(_clock);
        disk.CreateDirectory("/data/lost+found");
        await using var node = await TestNode.StartAsync(disk, _clock, []);
        Assert.True(disk.Exists("/data/lost+found"));
    }

    [Fact]
    public async Task A_directory_of_ZooKeepers_time_is_refused() =>
        Assert.Contains("ZooKeeper", await RefusalAsync(DiskWith(("/data/meta.properties", "version=0\nbroker.id=1\ncluster.id=AAAAAAAAQACAAAAAAAAAAQ\n"), ("/data/t-0/00000000000000000000.log", ""))));

    [Fact]
    public async Task Partitions_without_meta_properties_are_refused() =>
        Assert.Contains("meta.properties", await RefusalAsync(DiskWith(("/data/t-0/00000000000000000000.log", ""))));

    [Fact]
    public async Task Directories_of_two_clusters_are_refused() => Assert.Contains("cluster", await RefusalAsync(
        DiskWith(("/data/meta.properties", Properties()), ("/b/meta.properties", Properties(cluster: "BAAAAAAAQACAAAAAAAAAAQ", directory: "VkTe6kNUVc2FlRejqT9ogw"))), ("log.dirs", "/data,/b")));

    [Fact]
    public async Task A_copy_of_a_directory_is_refused_beside_it() => Assert.Contains("copy", await RefusalAsync(
        DiskWith(("/data/meta.properties", Properties()), ("/b/meta.properties", Properties())), ("log.dirs", "/data,/b")));

    [Fact]
    public async Task A_directory_of_another_node_is_refused() =>
        Assert.Contains("node.id=2", await RefusalAsync(DiskWith(("/data/meta.properties", Properties(node: 2)))));

    [Fact]
    public async Task A_damaged_quorum_state_is_refused_also_where_the_log_names_the_voters()
    {
        var golden = new GoldenCase("two-log-dirs-swapped");
        var clock = golden.ClockAtReadBack();
        var disk = golden.CopyToDisk(clock);
        DiskPicture.Write(disk, "/data1/__cluster_metadata-0/quorum-state", "{\"leaderEpooh\":1}"u8.ToArray());
        var before = DiskPicture.Of(disk);
        var refusal = await Assert.ThrowsAsync<LogDirectoryException>(() => golden.StartAsync(disk, clock, ["log.dirs=data1,data2"]));
        Assert.Contains("quorum-state", refusal.Message);
        Assert.Equal(before, DiskPicture.Of(disk));
    }

    [Fact]
    public async Task A_record_that_nobody_knows_here_is_refused_as_newer()
    {
        var disk = await DiskOfRunAsync(clean: true);
        var bytes = disk.ReadAllBytes(MetadataLog);
        var end = new Ouzel.Protocol.Records.RecordBatchBuilder { BaseOffset = EndOf(bytes), PartitionLeaderEpoch = 1 };
        end.AppendAt(EndOf(bytes), 1, default, hasKey: false, [1, 99, 0], hasValue: true);
        DiskPicture.Write(disk, MetadataLog, [.. bytes, .. end.BuildArray()]);
        Assert.Contains("newer", await RefusalAsync(disk));
    }

    [Fact]
    public async Task A_metadata_version_that_nobody_knows_here_is_refused()
    {
        var disk = await DiskOfRunAsync(clean: true);
        var bytes = disk.ReadAllBytes(MetadataLog);
        var record = Ouzel.Broker.Cluster.ClusterRecord.Of(new FeatureLevelRecord { Name = "metadata.version", FeatureLevel = 99 });
        DiskPicture.Write(disk, MetadataLog, [.. bytes, .. MetadataBatches.DataBatches(EndOf(bytes), 1, 1, [record])[0]]);
        Assert.Contains("metadata.version 99", await RefusalAsync(disk));
    }

    private static long EndOf(ReadOnlySpan<byte> rest)
    {
        var end = 0L;
        while (Ouzel.Protocol.Records.RecordBatch.TryRead(rest, out var batch, out var size))
        {
            end = batch.LastOffset + 1;
            rest = rest[size..];
        }

        return end;
    }

    [Fact]
    public async Task After_a_clean_stop_any_wrong_byte_of_the_metadata_log_refuses_the_start()
    {
        var disk = await DiskOfRunAsync(clean: true);
        var bytes = disk.ReadAllBytes(MetadataLog);
        for (var i = 8; i < bytes.Length; i += 41)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= 0x10;
            if (IsBeforeChecksum(bytes, i))
            {
                continue;
            }

            DiskPicture.Write(disk, MetadataLog, damaged);
            await RefusalAsync(disk);
        }

        static bool IsBeforeChecksum(ReadOnlySpan<byte> whole, int at)
        {
            var start = 0;
            while (Ouzel.Protocol.Records.RecordBatch.TryRead(whole[start..], out _, out var size) && at >= start + size)
            {
                start += size;
            }

            return at - start is >= 12 and < 16; // the leader epoch, which no checksum covers
        }
    }

    [Fact]
    public async Task After_a_kill_a_wrong_byte_of_the_metadata_log_never_makes_a_topic_disappear()
    {
        var disk = await DiskOfRunAsync(clean: false);
        var bytes = disk.ReadAllBytes(MetadataLog);
        for (var i = 3; i < bytes.Length; i += 67)
        {
            var copy = DiskPicture.Copy(disk, _clock);
            var damaged = bytes.ToArray();
            damaged[i] ^= 0x10;
            DiskPicture.Write(copy, MetadataLog, damaged);
            try
            {
                await using var node = await TestNode.StartAsync(copy, _clock, []);
                Assert.Equal("precious", await FetchAsync(node, "t"));
            }
            catch (LogDirectoryException)
            {
                Assert.True(copy.Exists("/data/t-0"));
            }
        }
    }

    [Fact]
    public async Task A_torn_end_of_the_metadata_log_is_cut_after_a_kill()
    {
        var disk = await DiskOfRunAsync(clean: false);
        var bytes = disk.ReadAllBytes(MetadataLog);
        DiskPicture.Write(disk, MetadataLog, [.. bytes, .. bytes[..40]]);
        await using var node = await TestNode.StartAsync(disk, _clock, []);
        Assert.Equal("precious", await FetchAsync(node, "t"));
    }

    [Fact]
    public async Task A_log_that_ends_before_the_clean_stop_is_refused()
    {
        var node = await TestNode.StartAsync(null, _clock, []);
        var early = node.Disk.ReadAllBytes(MetadataLog);
        await node.DisposeAsync();
        var again = await TestNode.StartAsync(node.Disk, _clock, []);
        await again.DisposeAsync();
        DiskPicture.Write(node.Disk, MetadataLog, early);
        Assert.Contains("missing", await RefusalAsync(node.Disk));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_partition_with_another_topic_id_is_kept_and_answers_a_storage_error(bool isClean)
    {
        var disk = await DiskOfRunAsync(isClean);
        DiskPicture.Write(disk, "/data/t-0/partition.metadata", Encoding.UTF8.GetBytes("version: 0\ntopic_id: F90s8WyxTnunTX6KTdAknw"));
        var picture = DiskPicture.Of(disk, "/data/t-0");
        var log = new HeardLog();
        await using (var node = await TestNode.StartAsync(disk, _clock, [], log))
        {
            Assert.Equal("KafkaStorageError", await FetchAsync(node, "t"));
            _clock.Advance(TimeSpan.FromSeconds(90));
            Assert.Equal("KafkaStorageError", await FetchAsync(node, "t"));
        }

        Assert.Equal(picture, DiskPicture.Of(disk, "/data/t-0"));
        Assert.Contains(log.Lines, l => l.Level >= Microsoft.Extensions.Logging.LogLevel.Warning && l.Text.Contains("/data/t-0"));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(7, true)]
    [InlineData(7, false)]
    [InlineData(20, true)]
    [InlineData(21, false)]
    public async Task A_topic_id_with_a_wrong_byte_is_known_again_and_what_was_there_is_kept(int at, bool clean)
    {
        const string file = "/data/t-0/partition.metadata";
        var disk = await DiskOfRunAsync(clean);
        var before = disk.ReadAllBytes(file);
        var spoiled = before.ToArray();
        var index = Encoding.UTF8.GetString(before).IndexOf("topic_id: ", StringComparison.Ordinal) + "topic_id: ".Length + at;
        // Far enough that the bits of the last character that are read change too.
        spoiled[index] = (byte)(spoiled[index] == 'g' ? 'w' : 'g');
        DiskPicture.Write(disk, file, spoiled);
        var log = new HeardLog();
        await using (var node = await TestNode.StartAsync(disk, _clock, [], log))
        {
            Assert.Equal("precious", await FetchAsync(node, "t"));
            _clock.Advance(TimeSpan.FromSeconds(90));
            Assert.Equal("precious", await FetchAsync(node, "t"));
        }

        Assert.Equal(before, disk.ReadAllBytes(file));
        var kept = Assert.Single(disk.ListFiles("/data/t-0"), f => f.Name.StartsWith("partition.metadata.", StringComparison.Ordinal));
        Assert.Equal(spoiled, disk.ReadAllBytes("/data/t-0/" + kept.Name));
        Assert.Contains(log.Lines, l => l.Level >= Microsoft.Extensions.Logging.LogLevel.Warning && l.Text.Contains(file));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0\0")]
    [InlineData("version: 0\ntopic_id: ???")]
    public async Task A_partition_whose_topic_id_cannot_be_read_is_served_and_gets_it_back(string text)
    {
        var disk = await DiskOfRunAsync(clean: true);
        var before = disk.ReadAllBytes("/data/t-0/partition.metadata");
        DiskPicture.Write(disk, "/data/t-0/partition.metadata", Encoding.UTF8.GetBytes(text));
        await using var node = await TestNode.StartAsync(disk, _clock, []);
        Assert.Equal("precious", await FetchAsync(node, "t"));
        Assert.Equal(before, disk.ReadAllBytes("/data/t-0/partition.metadata"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_partition_whose_directory_is_gone_is_offline_and_comes_back_with_it(bool clean)
    {
        var disk = await DiskOfRunAsync(clean);
        if (!clean)
        {
            // A second run registers with the partition known: from then on it had its directory.
            var second = await TestNode.StartAsync(disk, _clock, []);
            disk = DiskPicture.Copy(second.Disk, _clock);
        }

        disk.Move("/data/t-0", "/elsewhere");
        var log = new HeardLog();
        await using (var node = await TestNode.StartAsync(disk, _clock, [], log))
        {
            Assert.Equal("KafkaStorageError", await FetchAsync(node, "t"));
        }

        Assert.Contains(log.Lines, l => l.Level == Microsoft.Extensions.Logging.LogLevel.Error && l.Text.Contains("t-0"));
        Assert.False(disk.Exists("/data/t-0"));
        disk.Move("/elsewhere", "/data/t-0");
        await using var again = await TestNode.StartAsync(disk, _clock, []);
        Assert.Equal("precious", await FetchAsync(again, "t"));
    }

    [Fact]
    public async Task A_topic_that_was_made_right_before_a_crash_gets_its_directory()
    {
        var node = await TestNode.StartAsync(null, _clock, []);
        await node.Broker.EnsureTopicAsync("t", 1);
        var disk = DiskPicture.Copy(node.Disk, _clock);
        disk.DeleteDirectory("/data/t-0");
        await using var again = await TestNode.StartAsync(disk, _clock, []);
        Assert.Equal("", await FetchAsync(again, "t"));
    }

    [Fact]
    public async Task A_topic_made_again_right_before_a_crash_gets_its_directory_though_a_checkpoint_knows_the_old_one()
    {
        var disk = await DiskOfRunAsync(clean: true);
        var checkpoint = disk.ReadAllBytes("/data/recovery-point-offset-checkpoint");
        var node = await TestNode.StartAsync(disk, _clock, []);
        using (var client = node.Connect())
        {
            await client.CallAsync(new DeleteTopicsRequest { Topics = [new() { Name = "t" }], TimeoutMs = 1000 }, 6);
        }

        await node.Broker.EnsureTopicAsync("t", 1);
        var killed = DiskPicture.Copy(node.Disk, _clock);
        killed.DeleteDirectory("/data/t-0");
        DiskPicture.Write(killed, "/data/recovery-point-offset-checkpoint", checkpoint);
        await node.DisposeAsync();
        await using var again = await TestNode.StartAsync(killed, _clock, []);
        Assert.Equal("", await FetchAsync(again, "t"));
    }

    [Fact]
    public async Task The_directory_of_a_topic_deleted_right_before_a_crash_is_deleted_at_the_next_start()
    {
        var node = await TestNode.StartAsync(null, _clock, []);
        await node.Broker.EnsureTopicAsync("t", 1);
        var with = DiskPicture.Copy(node.Disk, _clock);
        using (var client = node.Connect())
        {
            await client.CallAsync(new DeleteTopicsRequest { Topics = [new() { Name = "t" }], TimeoutMs = 1000 }, 6);
        }

        var disk = DiskPicture.Copy(node.Disk, _clock);
        disk.CreateDirectory("/data/t-0");
        foreach (var file in with.ListFiles("/data/t-0"))
        {
            DiskPicture.Write(disk, "/data/t-0/" + file.Name, with.ReadAllBytes("/data/t-0/" + file.Name));
        }

        await using var again = await TestNode.StartAsync(disk, _clock, []);
        Assert.DoesNotContain("t-0", disk.ListDirectories("/data"));
        Assert.Contains(disk.ListDirectories("/data"), name => name.StartsWith("t-0.") && name.EndsWith("-delete"));
    }

    [Fact]
    public async Task Folders_in_a_log_directory_that_the_cluster_does_not_know_are_left_alone()
    {
        var disk = await DiskOfRunAsync(clean: true);
        disk.CreateDirectory("/data/backup-2024");
        DiskPicture.Write(disk, "/data/backup-2024/00000000000000000000.log", [1, 2, 3]);
        disk.CreateDirectory("/data/important-delete");
        DiskPicture.Write(disk, "/data/important-delete/a.txt", [1]);
        var before = (DiskPicture.Of(disk, "/data/backup-2024"), DiskPicture.Of(disk, "/data/important-delete"));
        await using (var node = await TestNode.StartAsync(disk, _clock, []))
        {
            Assert.Equal("precious", await FetchAsync(node, "t"));
            _clock.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.Equal(before.Item1, DiskPicture.Of(disk, "/data/backup-2024"));
        Assert.Equal(before.Item2, DiskPicture.Of(disk, "/data/important-delete"));
    }

    [Fact]
    public async Task A_new_topic_does_not_take_over_a_directory_that_was_left_alone()
    {
        var disk = await DiskOfRunAsync(clean: true);
        disk.CreateDirectory("/data/u-0");
        DiskPicture.Write(disk, "/data/u-0/00000000000000000000.log", disk.ReadAllBytes("/data/t-0/00000000000000000000.log"));
        await using var node = await TestNode.StartAsync(disk, _clock, []);
        await node.Broker.EnsureTopicAsync("u", 1);
        Assert.Equal("", await FetchAsync(node, "u"));
        Assert.Contains(disk.ListDirectories("/data"), name => name.StartsWith("u-0.") && name.EndsWith("-stray"));
    }

    [Fact]
    public async Task The_metadata_log_lies_where_metadata_log_dir_says()
    {
        (string, string)[] settings = [("log.dirs", "/data"), ("metadata.log.dir", "/meta")];
        var node = await TestNode.StartAsync(null, _clock, settings);
        await node.Broker.EnsureTopicAsync("t", 1);
        await ProduceAsync(node, "t", "precious");
        await node.DisposeAsync();
        Assert.True(node.Disk.Exists("/meta/__cluster_metadata-0"));
        Assert.False(node.Disk.Exists("/data/__cluster_metadata-0"));
        Assert.False(node.Disk.Exists("/meta/.kafka_cleanshutdown"));
        Assert.Contains("metadata.log.dir", await RefusalAsync(node.Disk));
        await using var again = await TestNode.StartAsync(node.Disk, _clock, settings);
        Assert.Equal("precious", await FetchAsync(again, "t"));
    }

    [Theory]
    [InlineData("/a,/b", "/b")]
    [InlineData("/a,/b", "/b/")]
    [InlineData("/a,/b", "/a")]
    public async Task The_metadata_log_may_lie_in_any_of_log_dirs(string dirs, string metadata)
    {
        (string, string)[] settings = [("log.dirs", dirs), ("metadata.log.dir", metadata)];
        var node = await TestNode.StartAsync(null, _clock, settings);
        await node.Broker.EnsureTopicAsync("t", 4);
        await ProduceAsync(node, "t", "precious");
        await node.DisposeAsync();
        Assert.True(node.Disk.Exists($"{metadata.TrimEnd('/')}/__cluster_metadata-0"));
        Assert.Single(["/a", "/b"], root => node.Disk.Exists($"{root}/__cluster_metadata-0"));
        Assert.All(["/a", "/b"], root => Assert.True(node.Disk.Exists($"{root}/.kafka_cleanshutdown")));
        await using var again = await TestNode.StartAsync(node.Disk, _clock, settings);
        Assert.Equal("precious", await FetchAsync(again, "t"));
    }

    [Theory]
    [InlineData("/a,/a")]
    [InlineData("/a, /a")]
    [InlineData("/a,/a/")]
    [InlineData("/a,/b/../a")]
    [InlineData("/b,/a/./,/a")]
    public async Task A_directory_that_log_dirs_names_twice_is_refused_and_nothing_is_made(string dirs)
    {
        var disk = new MemoryDisk(_clock);
        var refusal = await Record.ExceptionAsync(() => TestNode.StartAsync(disk, _clock, [("log.dirs", dirs)]));
        Assert.True(refusal is LogDirectoryException or SettingException, $"{refusal}");
        Assert.Contains("twice", refusal.Message);
        Assert.Empty(disk.ListDirectories("/"));
    }

    [Theory]
    [InlineData("/good,/files/notes")]
    [InlineData("/good,/files/notes/below")]
    public async Task A_file_where_a_directory_should_be_is_refused_before_any_other_directory_is_made(string dirs) =>
        Assert.Contains("/files/notes is a file, not a directory", await RefusalAsync(DiskWith(("/files/notes", "mine")), ("log.dirs", dirs)));

    [Fact]
    public async Task A_link_that_leads_to_no_directory_is_refused_and_one_that_leads_to_another_log_directory_too()
    {
        var root = Directory.CreateTempSubdirectory("ouzel-survey").FullName;
        try
        {
            Directory.CreateSymbolicLink($"{root}/dangling", $"{root}/missing");
            Directory.CreateDirectory($"{root}/a");
            Directory.CreateSymbolicLink($"{root}/link", $"{root}/a");
            var disk = new RealDisk();
            var refusal = await Assert.ThrowsAsync<LogDirectoryException>(() => TestNode.StartAsync(disk, _clock, [("log.dirs", $"{root}/a,{root}/dangling")]));
            Assert.Contains($"{root}/dangling is a link to ", refusal.Message);
            refusal = await Assert.ThrowsAsync<LogDirectoryException>(() => TestNode.StartAsync(disk, _clock, [("log.dirs", $"{root}/a,{root}/link")]));
            Assert.Contains($"twice, as {root}/a and {root}/link", refusal.Message);
            Assert.Empty(Directory.GetFileSystemEntries($"{root}/a"));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
