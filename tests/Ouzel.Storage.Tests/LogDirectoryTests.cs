using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Protocol;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Tests.Support;
using Ouzel.Storage.Work;

namespace Ouzel.Storage.Tests;

public sealed class LogDirectoryTests
{
    private static readonly TopicPartition Name = new("my-topic", 3);
    private readonly MemoryDisk _disk = new();

    private LogDirectory Open(Disk? disk = null, string cluster = "AAAAAAAAQACAAAAAAAAAAQ", int node = 1, ILogger? logger = null) => LogDirectory.Open(disk ?? _disk, "/data",
        new StorageOptions { Directories = ["/data"], ClusterId = cluster, NodeId = node }, new Random(5), new InlineWork(), logger ?? NullLogger.Instance, Batches.Start);

    private static void Append(PartitionLog log, string value)
    {
        Assert.Equal(ErrorCode.None, log.AppendAsLeader(Batches.Of(value), 0, LogAppendOrigin.Client, Batches.Start).Error);
        log.HighWatermark = log.LogEndOffset;
    }

    [Fact]
    public void Logs_ids_and_marks_are_there_again_after_a_clean_stop()
    {
        var directory = Open();
        var id = Uuid.Random(new Random(1));
        var log = directory.Create(Name, id, LogOptions.Default, Batches.Start);
        Append(log, "a");
        Append(log, "b");
        Append(log, "c");
        log.HighWatermark = 2;
        Assert.Equal(ErrorCode.None, log.MaybeIncrementStart(1));
        directory.Close(brokerEpoch: 17);
        Assert.Equal("0\n1\nmy-topic 3 1\n", Text("log-start-offset-checkpoint"));
        Assert.Equal("0\n1\nmy-topic 3 3\n", Text("recovery-point-offset-checkpoint"));
        Assert.Equal("{\"version\":0,\"brokerEpoch\":17}", Text(".kafka_cleanshutdown"));
        Assert.Equal($"version: 0\ntopic_id: {id}", Text("my-topic-3/partition.metadata"));

        var again = Open();
        Assert.True(again.WasCleanShutdown);
        Assert.Equal(17, again.PreviousBrokerEpoch);
        Assert.Equal(directory.DirectoryId, again.DirectoryId);
        Assert.True(again.TryGet(Name, out var reopened));
        Assert.Equal((1, 3, 2, 3), (reopened.LogStartOffset, reopened.LogEndOffset, reopened.HighWatermark, reopened.RecoveryPoint));
        Assert.Equal(id, reopened.TopicId);
        Assert.False(_disk.Exists("/data/.kafka_cleanshutdown"));
    }

    [Fact]
    public void A_truncation_writes_the_checkpoint_of_all_partitions_only_when_that_says_too_much_of_one()
    {
        var disk = new FaultyDisk(new Random(1));
        var directory = Open(disk);
        var log = directory.Create(Name, Uuid.Random(new Random(1)), LogOptions.Default, Batches.Start);
        Append(log, "a");
        log.Flush();
        directory.CheckpointOffsets();
        var writes = 0;
        disk.BeforeChange = path => writes += path.Contains("recovery-point-offset-checkpoint", StringComparison.Ordinal) ? 1 : 0;
        for (var i = 0; i < 10; i++)
        {
            Append(log, "b");
            log.Flush();
            Assert.True(log.TruncateTo(1, Batches.Start));
        }

        Assert.Equal((0, 1), (writes, log.RecoveryPoint));
        Assert.True(log.TruncateTo(0, Batches.Start));
        Assert.InRange(writes, 1, int.MaxValue);
        disk.BeforeChange = null;
        directory.Close();
    }

    [Fact]
    public void A_directory_in_use_is_refused()
    {
        var first = Open();
        Assert.Contains("in use", Assert.Throws<LogDirectoryException>(() => Open()).Message, StringComparison.Ordinal);
        first.Close();
        Open().Close();
    }

    [Fact]
    public void A_directory_of_another_cluster_or_node_is_refused()
    {
        Open().Close();
        Assert.Contains("cluster", Assert.Throws<LogDirectoryException>(() => Open(cluster: "BBBBBBBBQACAAAAAAAAAAQ")).Message, StringComparison.Ordinal);
        Assert.Contains("node.id=1", Assert.Throws<LogDirectoryException>(() => Open(node: 2)).Message, StringComparison.Ordinal);
        Open().Close();
    }

    [Fact]
    public void A_deleted_log_is_renamed_at_once_and_gone_after_its_delay()
    {
        var directory = Open();
        Append(directory.Create(Name, Uuid.Zero, LogOptions.Default with { FileDeleteDelayMs = 100 }, Batches.Start), "a");
        Assert.True(directory.Delete(Name, Batches.Start));
        Assert.False(directory.Delete(Name, Batches.Start));
        Assert.False(directory.TryGet(Name, out _));
        Assert.Matches("^my-topic-3\\.[0-9a-f]{32}-delete$", Assert.Single(_disk.ListDirectories("/data")));
        directory.DeleteDue(Batches.Start + 99);
        Assert.Single(_disk.ListDirectories("/data"));
        directory.DeleteDue(Batches.Start + 100);
        Assert.Empty(_disk.ListDirectories("/data"));
        Assert.Equal(0, directory.Create(Name, Uuid.Zero, LogOptions.Default, Batches.Start).LogEndOffset);
    }

    [Fact]
    public async Task Many_waits_are_released_by_few_syncs()
    {
        var work = new LateWork();
        var disk = new FaultyDisk(new Random(1));
        var directory = LogDirectory.Open(disk, "/data", new StorageOptions { Directories = ["/data"], ClusterId = "c", NodeId = 1 }, new Random(5), work, NullLogger.Instance, Batches.Start);
        var log = directory.Create(Name, Uuid.Zero, LogOptions.Default, Batches.Start);
        Append(log, "first");
        log.Flush(); // the new directory's own files
        var waits = new List<Task<bool>>();
        for (var i = 0; i < 50; i++)
        {
            Append(log, "x");
            waits.Add(directory.WaitDurable(log, log.LogEndOffset).AsTask());
        }

        Assert.DoesNotContain(waits, w => w.IsCompleted);
        var before = disk.Syncs;
        work.RunHeld();
        Assert.All(await Task.WhenAll(waits), Assert.True);
        Assert.Equal(1, disk.Syncs - before);
        Assert.Equal(1, directory.Syncs.Syncs);
        Assert.Equal(51, log.RecoveryPoint);
        Assert.True(await directory.WaitDurable(log, 51));
    }

    [Fact]
    public async Task A_failed_sync_takes_the_directory_offline_for_good()
    {
        var disk = new FaultyDisk(new Random(1));
        var directory = Open(disk);
        var log = directory.Create(Name, Uuid.Zero, LogOptions.Default, Batches.Start);
        var other = directory.Create(new TopicPartition("other", 0), Uuid.Zero, LogOptions.Default, Batches.Start);
        var told = 0;
        directory.WentOffline += (_, _) => told++;
        Append(log, "a");
        disk.SyncFailures = 1;
        Assert.False(await directory.WaitDurable(log, 1));
        Assert.True(directory.IsOffline);
        Assert.Equal(1, told);
        Assert.Equal(ErrorCode.KafkaStorageError, log.AppendAsLeader(Batches.Of("b"), 0, LogAppendOrigin.Client, Batches.Start).Error);
        Assert.Equal(ErrorCode.KafkaStorageError, other.AppendAsLeader(Batches.Of("b"), 0, LogAppendOrigin.Client, Batches.Start).Error);
        Assert.False(await directory.WaitDurable(log, 1));

        // What is refused later names what failed first.
        var refused = Assert.Throws<DiskException>(() => other.RollSegment(Batches.Start));
        Assert.Equal(DiskException.InputOutputError, refused.Errno);
        Assert.Contains("sync of", refused.Message, StringComparison.Ordinal);
        directory.Close();
        Assert.False(disk.Exists("/data/.kafka_cleanshutdown"));
    }

    [Fact]
    public void A_full_disk_refuses_the_append_and_recovery_finds_what_was_whole()
    {
        var disk = new FaultyDisk(new Random(1));
        var directory = Open(disk);
        var log = directory.Create(Name, Uuid.Zero, LogOptions.Default, Batches.Start);
        Append(log, "a");
        disk.SpaceLeftBytes = 30;
        Assert.Equal(ErrorCode.KafkaStorageError, log.AppendAsLeader(Batches.Of("b"), 0, LogAppendOrigin.Client, Batches.Start).Error);
        Assert.True(directory.IsOffline);
        directory.Close();
        disk.SpaceLeftBytes = null;
        Assert.True(Open(disk).TryGet(Name, out var again));
        Assert.Equal(1, again.LogEndOffset);
    }

    [Fact]
    public void A_disk_that_fails_while_stopping_leaves_no_clean_marker_and_no_lock()
    {
        var disk = new FaultyDisk(new Random(1));
        var directory = Open(disk);
        Append(directory.Create(Name, Uuid.Zero, LogOptions.Default, Batches.Start), "a");
        disk.SyncFailures = 1;
        directory.Close();
        Assert.True(directory.IsOffline);
        Assert.False(Open(disk).WasCleanShutdown);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_syncs_took_is_told_as_an_event_of_its_own_of_disks_that_last(bool lasts)
    {
        var logger = new CollectingLogger(LogLevel.Information);
        var directory = Open(lasts ? new FaultyDisk(new Random(1)) : new MemoryDisk(), logger: logger);
        var log = directory.Create(Name, Uuid.Zero, LogOptions.Default, Batches.Start);
        Append(log, "a");
        Assert.True(await directory.WaitDurable(log, 1));
        directory.Close();
        Assert.Equal(lasts ? [nameof(StorageEvents.Synced)] : [], logger.Events.Select(e => e.Name));
    }

    [Fact]
    public void The_directory_with_fewest_logs_gets_the_next()
    {
        var options = new StorageOptions { Directories = ["/a", "/b"], ClusterId = "c", NodeId = 1 };
        var all = LogDirectories.Open(_disk, options, new Random(5), _ => new InlineWork(), NullLogger.Instance, 0);
        for (var i = 0; i < 4; i++)
        {
            all.ForNewPartition().Create(new TopicPartition("t", i), Uuid.Zero, LogOptions.Default, 0);
        }

        Assert.Equal([2, 2], all.All.Select(d => d.Logs.Count));
        Assert.True(all.TryGet(new TopicPartition("t", 3), out _, out _));
        all.Close();
    }

    private string Text(string file) => System.Text.Encoding.UTF8.GetString(_disk.ReadAllBytes("/data/" + file));
}
