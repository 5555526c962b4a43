using Ouzel.Protocol;
using Ouzel.Storage.Compaction;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Tests.Support;
using Ouzel.Storage.Work;

namespace Ouzel.Storage.Tests;

/// <summary>Files that were changed while nobody looked: what can be built again is, what might be somebody's records is kept, and the log says so.</summary>
public sealed class DamageTests
{
    private static readonly TopicPartition Name = new("t", 0);
    private static readonly LogOptions Options = LogOptions.Default with { SegmentBytes = 800, IndexIntervalBytes = 100, SegmentIndexBytes = 1200, RetentionMs = -1 };
    private readonly FaultyDisk _disk = new(new Random(1));
    private LogOptions _options = Options;
    private DirectoryUse _use = DirectoryUse.Open;
    private CollectingLogger _told = new();
    private LogDirectory _directory;
    private PartitionLog _log;

    public DamageTests()
    {
        _directory = Open();
        _log = _directory.Create(Name, Uuid.Random(new Random(1)), Options, Batches.Start);
        for (var i = 0; i < 30; i++)
        {
            Append($"v{i}", Batches.Start + i);
        }
    }

    private LogDirectory Open(Disk? disk = null)
    {
        _told = new CollectingLogger();
        return LogDirectory.Open(disk ?? _disk, "/data", new StorageOptions { Directories = ["/data"], ClusterId = "c", NodeId = 1, LogOptionsOf = _ => _options, ClaimOf = (_, _, id) => new DirectoryClaim(_use, id, "it is nobody's") }, new Random(5), new InlineWork(), _told, Batches.Start);
    }

    private void Append(string value, long timestampMs = Batches.Start)
    {
        Assert.Equal(ErrorCode.None, _log.AppendAsLeader(Batches.At(timestampMs, value), 0, LogAppendOrigin.Client, Batches.Start).Error);
        _log.HighWatermark = _log.LogEndOffset;
    }

    private void Restart(string file, Func<byte[], byte[]> damage)
    {
        _directory.Close();
        var path = "/data/" + file;
        _disk.ReplaceFile(path, damage(_disk.ReadAllBytes(path)));
        Reopen();
    }

    private void Reopen()
    {
        _directory = Open();
        Assert.True(_directory.TryGet(Name, out _log!));
        _log.HighWatermark = _log.LogEndOffset;
    }

    private List<string> Values()
    {
        var values = new List<string>();
        for (var offset = _log.LogStartOffset; offset < _log.LogEndOffset;)
        {
            var result = _log.Read(offset, 1, FetchIsolation.LogEnd, true);
            Assert.Equal(ErrorCode.None, result.Error);
            using var slice = result.Records!;
            var (baseOffset, found) = Batches.Decode(slice.ToArray())[0];
            values.AddRange(found);
            offset = baseOffset + found.Length;
        }

        return values;
    }

    private static IEnumerable<string> Written(int count) => Enumerable.Range(0, count).Select(i => $"v{i}");

    private string Last(string suffix) => "t-0/" + LogFiles.Name(_log.Active.BaseOffset, suffix);

    private string Second(string suffix) => "t-0/" + LogFiles.Name(_log.Segments[1].BaseOffset, suffix);

    private static byte[] Flip(byte[] bytes, int at, int mask = 0x80)
    {
        var copy = bytes.ToArray();
        copy[at] ^= (byte)mask;
        return copy;
    }

    /// <summary>A header that names an offset far behind would take every segment up to there along.</summary>
    [Theory]
    [InlineData(23)]
    [InlineData(70)]
    public void A_damaged_copy_of_a_compaction_replaces_nothing_and_is_kept(int at)
    {
        _directory.Close();
        const string First = "/data/t-0/00000000000000000000.log";
        var copy = _disk.ReadAllBytes(First);
        copy[at] ^= 0x40;
        _disk.ReplaceFile(First + LogFiles.Swap, copy);
        Reopen();
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"v{i}"), Values());
        Assert.True(_disk.Exists(First + LogFiles.Swap + LogFiles.Removed));
        Assert.Contains(_told.Lines, l => l.Contains(LogFiles.Swap, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bytes_cut_off_after_a_clean_stop_cost_what_was_in_them_and_nothing_that_is_written_later()
    {
        var file = Last(LogFiles.Log);
        Restart(file, b => b[..^7]);
        Assert.Equal(29, _log.LogEndOffset);
        Assert.Contains(_told.Lines, l => l.Contains("/data/t-0", StringComparison.Ordinal) && l.Contains("ends at offset 29", StringComparison.Ordinal));
        Assert.True(_disk.Exists("/data/" + file + LogFiles.Removed));
        Append("on");
        Assert.True(await _directory.WaitDurable(_log, 30));
        _disk.PowerLoss();
        Reopen();
        Assert.Equal([.. Written(29), "on"], Values());
    }

    [Fact]
    public void The_end_is_checked_after_a_clean_stop_also_when_the_indexes_of_an_older_segment_are_built_again()
    {
        var (index, file) = ("/data/" + Second(LogFiles.OffsetIndex), "/data/" + Last(LogFiles.Log));
        _directory.Close();
        _disk.Delete(index);
        _disk.ReplaceFile(file, _disk.ReadAllBytes(file).AsSpan()[..^7]);
        Reopen();
        Assert.Equal(29, _log.LogEndOffset);
        Append("on");
        Assert.Equal([.. Written(29), "on"], Values());
    }

    [Fact]
    public async Task A_new_log_in_the_place_of_a_directory_that_was_left_alone_does_not_inherit_its_marks()
    {
        Assert.Equal(ErrorCode.None, _log.MaybeIncrementStart(20));
        _directory.Close();
        _use = DirectoryUse.LeaveAlone;
        _directory = Open();
        _directory.CheckpointOffsets();
        Assert.True(_directory.IsLeftAlone(Name));
        _directory.SetAsideLeftAlone(Name);
        await CreatedAnewOutlivesALossOfPower();
    }

    [Fact]
    public async Task A_new_log_in_the_place_of_a_directory_that_went_missing_does_not_inherit_its_marks()
    {
        Assert.Equal(ErrorCode.None, _log.MaybeIncrementStart(20));
        _directory.Close();
        _disk.DeleteDirectory("/data/t-0");
        _directory = Open();
        Assert.True(_directory.RemembersLog(Name));
        await CreatedAnewOutlivesALossOfPower();
    }

    [Fact]
    public void What_checkpoints_say_of_a_directory_that_went_missing_stays_until_the_partition_is_deleted()
    {
        Assert.Equal(ErrorCode.None, _log.MaybeIncrementStart(20));
        _directory.Close();
        _disk.Move("/data/t-0", "/elsewhere");
        string[] files = ["recovery-point-offset-checkpoint", "log-start-offset-checkpoint", "replication-offset-checkpoint"];
        var before = files.Select(Checkpoint).ToList();
        for (var start = 0; start < 2; start++)
        {
            _directory = Open();
            _directory.CheckpointOffsets();
            _directory.CheckpointHighWatermarks();
            Assert.Equal(before, files.Select(Checkpoint));
            _directory.Close();
        }

        // It comes back with the disk it is on.
        _disk.Move("/elsewhere", "/data/t-0");
        Reopen();
        Assert.Equal(20, _log.LogStartOffset);
        _directory.Close();
        _disk.Move("/data/t-0", "/elsewhere");
        _directory = Open();
        _directory.Forget([Name]);
        _directory.CheckpointOffsets();
        Assert.False(_directory.RemembersLog(Name));
        Assert.Equal("0\n0\n", Checkpoint(files[0]));
    }

    private string Checkpoint(string file) => System.Text.Encoding.UTF8.GetString(_disk.ReadAllBytes("/data/" + file));

    private async Task CreatedAnewOutlivesALossOfPower()
    {
        _use = DirectoryUse.Open;
        _log = _directory.Create(Name, Uuid.Random(new Random(2)), Options, Batches.Start);
        Append("mine");
        Assert.True(await _directory.WaitDurable(_log, 1));
        _disk.PowerLoss();
        Reopen();
        Assert.Equal((0, 1), (_log.LogStartOffset, _log.LogEndOffset));
        Assert.Equal(["mine"], Values());
    }

    [Fact]
    public void A_wrong_byte_in_the_last_batch_is_found_after_a_clean_stop_too()
    {
        Restart(Last(LogFiles.Log), b => Flip(b, b.Length - 3));
        Assert.Equal(29, _log.LogEndOffset);
        Assert.Contains(_told.Lines, l => l.Contains("wrong checksum", StringComparison.Ordinal));
        Assert.Equal(Written(29), Values());
    }

    [Theory]
    [InlineData(LogFiles.OffsetIndex, 0)]
    [InlineData(LogFiles.OffsetIndex, 4)]
    [InlineData(LogFiles.OffsetIndex, 5)]
    [InlineData(LogFiles.TimeIndex, 0)]
    [InlineData(LogFiles.TimeIndex, 8)]
    public void One_bit_in_the_last_segments_index_costs_a_line(string suffix, int at)
    {
        Restart(Last(suffix), b => Flip(b, at));
        Assert.Single(_told.Lines, l => l.Contains("the last stop was clean", StringComparison.Ordinal));
        Assert.Equal(Written(30), Values());
    }

    [Theory]
    [InlineData(LogFiles.OffsetIndex, 0)]
    [InlineData(LogFiles.OffsetIndex, 4)]
    [InlineData(LogFiles.TimeIndex, 0)]
    public void An_entry_out_of_range_in_an_older_segment_is_built_again_once_when_it_is_met(string suffix, int at)
    {
        Restart(Second(suffix), b => Flip(b, at));
        Assert.Empty(_told.Lines);
        Assert.Equal(Written(30), Values());
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(i, _log.OffsetForTimestamp(Batches.Start + i, FetchIsolation.LogEnd).Offset);
        }

        Assert.Single(_told.Lines, l => l.Contains("built again", StringComparison.Ordinal));
        _directory.Close();
        Reopen();
        Assert.Equal(Written(30), Values());
        Assert.Empty(_told.Lines);
    }

    [Fact]
    public void Without_entries_in_a_time_index_the_files_time_decides_and_the_batches_tell()
    {
        Restart(Second(LogFiles.TimeIndex), _ => []);
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(i, _log.OffsetForTimestamp(Batches.Start + i, FetchIsolation.LogEnd).Offset);
        }
    }

    [Fact]
    public void Retention_believes_a_time_index_only_when_the_batches_agree()
    {
        _options = Options with { RetentionMs = 1000 };
        var second = Second(LogFiles.TimeIndex);
        Restart("t-0/" + LogFiles.Name(0, LogFiles.TimeIndex), b => [.. b[..^12], .. new byte[] { 0, 0, 0, 0, 0, 0, 0, 9 }, .. b[^4..]]);
        _log.Options = _options;
        Assert.Equal(0, _directory.RunRetention(Batches.Start));
        Assert.Equal(Written(30), Values());
        Assert.True(_disk.Exists("/data/" + second));
    }

    [Theory]
    [InlineData("recovery-point-offset-checkpoint")]
    [InlineData("log-start-offset-checkpoint")]
    [InlineData("replication-offset-checkpoint")]
    [InlineData("cleaner-offset-checkpoint")]
    public void A_damaged_checkpoint_counts_as_missing_is_told_and_kept(string file)
    {
        _directory.Close();
        _disk.ReplaceFile("/data/" + file, "0\n1\nt 0 -5\n"u8.ToArray());
        Reopen();
        Assert.Contains(_told.Lines, l => l.Contains(file, StringComparison.Ordinal));
        Assert.Equal("0\n1\nt 0 -5\n"u8.ToArray(), _disk.ReadAllBytes("/data/" + file + LogFiles.Removed));
        Assert.Equal(Written(30), Values());
    }

    [Fact]
    public void Damaged_leader_epochs_are_told_and_kept()
    {
        Restart("t-0/leader-epoch-checkpoint", _ => "0\n2\n0 0\n"u8.ToArray());
        _ = _log.EarliestOffset();
        Assert.Contains(_told.Lines, l => l.Contains("leader-epoch-checkpoint", StringComparison.Ordinal));
        Assert.True(_disk.Exists("/data/t-0/leader-epoch-checkpoint" + LogFiles.Removed));
    }

    [Fact]
    public void A_partition_that_cannot_be_opened_is_offline_and_alone()
    {
        var other = _directory.Create(new TopicPartition("u", 0), Uuid.Zero, Options, Batches.Start);
        _directory.Close();
        var bad = new DiskWithBadFile(_disk, "/data/" + Last(LogFiles.Log));
        _disk.Delete("/data/.kafka_cleanshutdown");
        _directory = Open(bad);
        Assert.True(_directory.TryGet(Name, out _log!));
        Assert.True(_log.IsFailed);
        Assert.Equal(ErrorCode.KafkaStorageError, _log.AppendAsLeader(Batches.Of("x"), 0, LogAppendOrigin.Client, Batches.Start).Error);
        Assert.True(_directory.TryGet(other.TopicPartition, out other!));
        Assert.Equal(ErrorCode.None, other.AppendAsLeader(Batches.Of("x"), 0, LogAppendOrigin.Client, Batches.Start).Error);
        Assert.Contains(_told.Lines, l => l.Contains("/data/t-0 cannot be opened", StringComparison.Ordinal));
        _directory.CheckpointOffsets();
        _directory.Close();
        Reopen();
        Assert.False(_directory.WasCleanShutdown);
        Assert.Equal(Written(30), Values());
    }

    [Fact]
    public void A_log_that_was_compacted_once_keeps_its_gaps_whatever_its_topic_says_today()
    {
        _options = Options with { Compact = true, Delete = false, MinCleanableDirtyRatio = 0.01, DeleteRetentionMs = 0 };
        _log.Options = _options;
        Assert.True(_directory.Compact(new CompactionOptions(), Batches.Start, () => false) > 0);
        var values = Values();
        Assert.True(values.Count < 20);
        Append("last");
        _options = Options;
        _disk.DropProcess();
        _disk.Delete("/data/recovery-point-offset-checkpoint");
        _disk.Delete("/data/cleaner-offset-checkpoint");
        Reopen();
        Assert.Equal([.. values, "last"], Values());
        Assert.Equal(31, _log.LogEndOffset);
    }

    [Fact]
    public void A_log_that_ends_before_its_start_is_kept_beside()
    {
        _directory.Close();
        _disk.ReplaceFile("/data/log-start-offset-checkpoint", "0\n1\nt 0 1000\n"u8.ToArray());
        Reopen();
        Assert.Equal(1000, _log.LogStartOffset);
        Assert.True(_disk.Exists("/data/t-0/" + LogFiles.Name(0, LogFiles.Log) + LogFiles.Removed));
        Assert.Contains(_told.Lines, l => l.Contains("before its own start", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deleted_records_do_not_come_back_once_that_was_acknowledged()
    {
        Assert.True(await _directory.WaitDurable(_log, 30));
        Assert.Equal(ErrorCode.None, _log.MaybeIncrementStart(17));
        Assert.True(await _directory.WaitStartsDurableAsync());
        _disk.PowerLoss();
        Reopen();
        Assert.Equal(17, _log.LogStartOffset);
    }

    [Fact]
    public async Task Starts_that_cannot_be_written_are_not_acknowledged()
    {
        Assert.Equal(ErrorCode.None, _log.MaybeIncrementStart(17));
        _disk.SyncFailures = 1;
        Assert.False(await _directory.WaitStartsDurableAsync());
        Assert.True(_directory.IsOffline);
    }

    /// <summary>One file of it lies on a sector that cannot be read.</summary>
    private sealed class DiskWithBadFile(Disk disk, string path) : Disk
    {
        public override DiskFile OpenFile(string file, DiskOpen mode) =>
            file == path ? throw new DiskException("read", file, DiskException.InputOutputError, "input/output error") : disk.OpenFile(file, mode);
        public override bool Exists(string file) => disk.Exists(file);
        public override IReadOnlyList<DiskEntry> ListFiles(string directory) => disk.ListFiles(directory);
        public override IReadOnlyList<string> ListDirectories(string directory) => disk.ListDirectories(directory);
        public override void CreateDirectory(string file) => disk.CreateDirectory(file);
        public override void Move(string from, string to) => disk.Move(from, to);
        public override void Delete(string file) => disk.Delete(file);
        public override void DeleteDirectory(string file) => disk.DeleteDirectory(file);
        public override void SyncDirectory(string file) => disk.SyncDirectory(file);
        public override IDisposable? TryLockFile(string file) => disk.TryLockFile(file);
        public override DiskSpace Space(string file) => disk.Space(file);
    }
}
