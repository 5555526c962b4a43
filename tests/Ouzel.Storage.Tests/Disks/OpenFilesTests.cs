using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Protocol;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Tests.Support;
using Ouzel.Storage.Work;

namespace Ouzel.Storage.Tests.Disks;

public sealed class OpenFilesTests
{
    private const int Partitions = 40;
    private readonly FaultyDisk _disk = new(new Random(11));

    private LogDirectory Open(FaultyDisk? disk = null, ILogger? logger = null) => LogDirectory.Open(disk ?? _disk, "/data",
        new StorageOptions { Directories = ["/data"], ClusterId = "AAAAAAAAQACAAAAAAAAAAQ", NodeId = 1 }, new Random(5), new InlineWork(), logger ?? NullLogger.Instance, Batches.Start);

    private static PartitionLog[] CreateAll(LogDirectory directory) =>
        [.. Enumerable.Range(0, Partitions).Select(p => directory.Create(new TopicPartition("t", p), Uuid.Random(new Random(p)), LogOptions.Default, Batches.Start))];

    private static PartitionLog[] All(LogDirectory directory) => [.. directory.Logs.OrderBy(l => l.Partition)];

    private static LogAppendResult Append(PartitionLog log, string value)
    {
        var result = log.AppendAsLeader(Batches.Of(value), 0, LogAppendOrigin.Client, Batches.Start);
        log.HighWatermark = log.LogEndOffset;
        return result;
    }

    private static void AppendOk(PartitionLog log, string value) => Assert.Equal(ErrorCode.None, Append(log, value).Error);

    private static string[] Values(PartitionLog log)
    {
        var result = log.Read(log.LogStartOffset, int.MaxValue, FetchIsolation.LogEnd, true);
        Assert.Equal(ErrorCode.None, result.Error);
        using var slice = result.Records;
        return slice == null ? [] : [.. Batches.Decode(slice.ToArray()).SelectMany(b => b.Values)];
    }

    [Fact]
    public void An_idle_log_owns_no_descriptor()
    {
        var directory = Open();
        var logs = CreateAll(directory);
        Assert.Equal(0, _disk.OpenFileCount);
        AppendOk(logs[3], "a");
        Assert.InRange(logs[3].OpenFileCount, 1, 4);
        Assert.Equal(logs[3].OpenFileCount, _disk.OpenFileCount);
        directory.Close();
        Assert.Equal(0, _disk.OpenFileCount);

        logs = All(Open());
        Assert.Equal(0, _disk.OpenFileCount);
        Assert.Equal(["a"], Values(logs[3]));
        Assert.Empty(Values(logs[4]));
    }

    [Fact]
    public void A_log_that_was_checked_after_an_unclean_stop_owns_no_descriptor_when_it_was_empty()
    {
        CreateAll(Open());
        _disk.DropProcess();
        var logs = All(Open());
        Assert.Equal(Partitions, logs.Length);
        Assert.Equal(0, logs.Sum(l => l.OpenFileCount));
    }

    [Fact]
    public async Task Open_files_stay_within_their_number()
    {
        _disk.OpenFiles.Max = 8;
        var directory = Open();
        var logs = CreateAll(directory);
        for (var round = 0; round < 5; round++)
        {
            foreach (var log in logs)
            {
                AppendOk(log, $"{log.Partition}/{round}");
                Assert.InRange(_disk.OpenFileCount, 1, 8);
                if (round % 2 == 1)
                {
                    Assert.True(await directory.WaitDurable(log, log.LogEndOffset));
                }

                Assert.Equal(round + 1, Values(log).Length);
                Assert.InRange(_disk.OpenFileCount, 1, 8);
            }
        }

        directory.Close();
        Assert.Equal(0, _disk.OpenFileCount);
        foreach (var log in All(Open()))
        {
            Assert.Equal(Enumerable.Range(0, 5).Select(r => $"{log.Partition}/{r}"), Values(log));
        }
    }

    [Fact]
    public void A_slice_keeps_its_file_open_when_others_need_room()
    {
        _disk.OpenFiles.Max = 2;
        var logs = CreateAll(Open());
        AppendOk(logs[0], "kept");
        using var slice = logs[0].Read(0, 1000, FetchIsolation.LogEnd, true).Records!;
        foreach (var log in logs[1..])
        {
            AppendOk(log, "x");
        }

        Assert.Equal("kept", Batches.Decode(slice.ToArray())[0].Values[0]);
    }

    [Fact]
    public void When_the_system_refuses_a_descriptor_idle_files_give_way()
    {
        var directory = Open();
        var logs = CreateAll(directory);
        _disk.DescriptorsMax = 6;
        foreach (var log in logs)
        {
            AppendOk(log, $"{log.Partition}");
        }

        foreach (var log in logs)
        {
            Assert.Equal([$"{log.Partition}"], Values(log));
        }

        Assert.False(directory.IsOffline);
    }

    [Fact]
    public async Task Without_any_descriptor_left_operations_fail_but_the_directory_stays()
    {
        var directory = Open();
        var logs = CreateAll(directory);
        AppendOk(logs[0], "a");
        AppendOk(logs[1], "b");
        Assert.True(await directory.WaitDurable(logs[0], 1));
        _disk.DescriptorsMax = 0;
        _disk.OpenFiles.LetGo(100);
        Assert.Equal(0, _disk.OpenFileCount);

        Assert.Equal(ErrorCode.KafkaStorageError, Append(logs[0], "refused").Error);
        Assert.Equal(ErrorCode.KafkaStorageError, logs[0].Read(0, 1000, FetchIsolation.LogEnd, true).Error);
        Assert.False(await directory.WaitDurable(logs[1], 1));
        directory.CheckpointOffsets();
        directory.CheckpointHighWatermarks();
        Assert.ThrowsAny<DiskException>(() => directory.Create(new TopicPartition("u", 0), Uuid.Zero, LogOptions.Default, Batches.Start));
        Assert.False(directory.IsOffline);
        Assert.False(logs[0].IsFailed);

        _disk.DescriptorsMax = int.MaxValue;
        AppendOk(logs[0], "c");
        Assert.True(await directory.WaitDurable(logs[1], 1));
        Assert.Equal(["a", "c"], Values(logs[0]));
        AppendOk(directory.Create(new TopicPartition("u", 0), Uuid.Zero, LogOptions.Default, Batches.Start), "d");
        directory.Close();
        var again = Open();
        Assert.True(again.WasCleanShutdown);
        Assert.Equal(["a", "c"], Values(All(again).First(l => l.TopicPartition == new TopicPartition("t", 0))));
    }

    [Fact]
    public async Task A_commit_that_found_no_descriptor_is_made_whole_by_the_next()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var disk = new FaultyDisk(new Random(seed));
            var directory = Open(disk);
            var log = CreateAll(directory)[0];
            AppendOk(log, "a");
            var slice = log.Read(0, 1000, FetchIsolation.LogEnd, true).Records!;
            disk.OpenFiles.LetGo(100);
            disk.DescriptorsMax = disk.OpenFileCount; // the log file stays open for the slice, the rest of the commit finds nothing
            Assert.False(await directory.WaitDurable(log, 1));
            disk.DescriptorsMax = int.MaxValue;
            slice.Dispose();
            Assert.True(await directory.WaitDurable(log, 1));
            disk.PowerLoss();
            Assert.True(Open(disk).TryGet(log.TopicPartition, out log), $"seed {seed}");
            Assert.Equal(["a"], Values(log));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_roll_without_a_descriptor_leaves_the_log_as_it_was(bool isClean)
    {
        var directory = Open();
        var log = directory.Create(new TopicPartition("t", 0), Uuid.Zero, LogOptions.Default with { SegmentBytes = 300 }, Batches.Start);
        var values = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            _disk.OpenFiles.LetGo(100);
            _disk.DescriptorsMax = _disk.OpenFileCount + (i % 5);
            if (Append(log, $"{i}").Error == ErrorCode.None)
            {
                values.Add($"{i}");
            }

            _disk.DescriptorsMax = int.MaxValue;
            Assert.False(directory.IsOffline);
        }

        Assert.InRange(values.Count, 10, 39);
        Assert.True(log.SegmentCount > 2);
        if (isClean)
        {
            directory.Close();
        }
        else
        {
            _disk.DropProcess();
        }

        log = Assert.Single(Open().Logs);
        var read = new List<string>();
        for (long at = 0; at < log.LogEndOffset;)
        {
            using var slice = log.Read(at, int.MaxValue, FetchIsolation.LogEnd, true).Records!;
            read.AddRange(Batches.Decode(slice.ToArray()).SelectMany(b => b.Values));
            at = read.Count;
        }

        Assert.Equal(values, read);
    }

    [Fact]
    public void What_is_not_synced_is_synced_before_its_file_is_let_go()
    {
        var logs = CreateAll(Open());
        AppendOk(logs[0], "a");
        var before = _disk.Syncs;
        _disk.OpenFiles.LetGo(100);
        Assert.Equal(before + 1, _disk.Syncs); // the log; its indexes hold nothing yet
        Assert.Equal(["a"], Values(logs[0]));
        _disk.OpenFiles.LetGo(100);
        Assert.Equal(before + 1, _disk.Syncs);
    }

    [Fact]
    public void A_failed_sync_of_a_file_let_go_is_told_to_its_next_user()
    {
        var directory = Open();
        var logs = CreateAll(directory);
        AppendOk(logs[0], "a");
        _disk.SyncFailures = 1;
        _disk.OpenFiles.LetGo(100);
        Assert.False(directory.IsOffline);
        Assert.ThrowsAny<DiskException>(logs[0].Flush);
        Assert.True(directory.IsOffline);
    }

    [Fact]
    public void Creating_a_partition_syncs_nothing()
    {
        var directory = Open();
        var before = _disk.Syncs;
        var syncedNames = 0;
        _disk.BeforeChange = path => syncedNames += path is "/data" or "/data/t-0" ? 1 : 0;
        CreateAll(directory);
        Assert.Equal((before, 0), (_disk.Syncs, syncedNames));
    }

    [Fact]
    public async Task The_first_commit_syncs_the_names_of_a_new_partition()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var disk = new FaultyDisk(new Random(seed));
            var directory = Open(disk);
            var logs = CreateAll(directory);
            if (seed % 3 == 1)
            {
                directory.Close();
                logs = All(directory = Open(disk));
            }
            else if (seed % 3 == 2)
            {
                disk.DropProcess();
                logs = All(directory = Open(disk));
            }

            AppendOk(logs[7], "a");
            Assert.True(await directory.WaitDurable(logs[7], 1));
            var id = logs[7].TopicId;
            disk.PowerLoss();
            directory = Open(disk);
            Assert.True(directory.TryGet(new TopicPartition("t", 7), out var log), $"seed {seed}");
            Assert.Equal(["a"], Values(log));
            Assert.Equal(id, log.TopicId);
        }
    }

    [Fact]
    public void A_power_loss_after_a_clean_stop_leaves_empty_logs_that_take_appends()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var disk = new FaultyDisk(new Random(seed));
            var directory = Open(disk);
            CreateAll(directory);
            directory.Close();
            disk.PowerLoss();
            directory = Open(disk);
            foreach (var log in directory.Logs)
            {
                Assert.Equal(0, log.LogEndOffset);
                AppendOk(log, "a");
                Assert.Equal(0, log.OffsetForTimestamp(Batches.Start, FetchIsolation.LogEnd).Offset);
            }

            directory.Close();
        }
    }

    [Fact]
    public void A_start_after_an_unclean_stop_tells_of_ten_logs_and_the_number_of_the_others()
    {
        CreateAll(Open());
        _disk.DropProcess();
        var lines = new Lines();
        Open(logger: lines);
        Assert.Equal(10, lines.Told.Count(l => l.Contains("checking segment", StringComparison.Ordinal)));
        Assert.Contains(lines.Told, l => l.Contains($"{Partitions - 10} more", StringComparison.Ordinal));
        Assert.InRange(lines.Told.Count, 12, 13);
    }

    private sealed class Lines : ILogger
    {
        public List<string> Told { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Told.Add(formatter(state, exception));
    }
}
