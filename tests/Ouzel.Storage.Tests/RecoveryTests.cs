using Ouzel.Storage.Tests.Support;

namespace Ouzel.Storage.Tests;

public sealed class RecoveryTests
{
    private readonly LogBed _bed = new(LogOptions.Default with { SegmentBytes = 400, IndexIntervalBytes = 100, SegmentIndexBytes = 1200 });

    public RecoveryTests()
    {
        for (var i = 0; i < 20; i++)
        {
            _bed.AppendOk(Batches.At(Batches.Start + i, $"v{i}"));
        }
    }

    private string LastLog => LogFiles.PathOf(LogBed.Directory, _bed.Log.Active.BaseOffset, LogFiles.Log);

    private void Edit(string path, Func<byte[], byte[]> edit) => _bed.Disk.ReplaceFile(path, edit(_bed.Disk.ReadAllBytes(path)));

    [Fact]
    public void A_torn_batch_is_cut_off_and_kept_beside()
    {
        Edit(LastLog, b => b[..^10]);
        _bed.Reopen(clean: false, close: false);
        Assert.Equal(19, _bed.Log.LogEndOffset);
        Assert.Equal(Enumerable.Range(0, 19).Select(i => $"v{i}"), _bed.Values());
        Assert.Contains(Path.GetFileName(LastLog) + ".removed", _bed.Files());
        Assert.Equal(19, _bed.AppendOk(Batches.Of("on")));
    }

    [Fact]
    public void A_batch_of_which_only_the_first_page_was_written_is_no_message_of_magic_0()
    {
        var size = _bed.Log.Active.Size;
        var last = _bed.Log.Active.Find(19)!.Value.Position;
        Edit(LastLog, b => [.. b[..(last + 12)], .. new byte[size - last - 12]]);
        _bed.Reopen(clean: false, close: false);
        Assert.Equal(19, _bed.Log.LogEndOffset);
        Assert.Equal(Enumerable.Range(0, 19).Select(i => $"v{i}"), _bed.Values());
    }

    [Fact]
    public void A_tail_of_zeros_is_cut_off_without_a_trace()
    {
        Edit(LastLog, b => [.. b, .. new byte[5000]]);
        _bed.Reopen(clean: false, close: false);
        Assert.Equal(20, _bed.Log.LogEndOffset);
        Assert.DoesNotContain(_bed.Files(), f => f.EndsWith(".removed", StringComparison.Ordinal));
    }

    [Fact]
    public void A_wrong_byte_cuts_the_log_there_and_deletes_what_follows()
    {
        var second = _bed.Log.Segments[1].BaseOffset;
        Edit(LogFiles.PathOf(LogBed.Directory, second, LogFiles.Log), b => [.. b[..100], (byte)(b[100] ^ 1), .. b[101..]]);
        _bed.Reopen(clean: false, close: false);
        Assert.Equal(second + 1, _bed.Log.LogEndOffset);
        Assert.Equal(second, _bed.Log.Active.BaseOffset);
        Assert.Equal(Enumerable.Range(0, (int)second + 1).Select(i => $"v{i}"), _bed.Values());
    }

    [Fact]
    public void What_lies_below_the_recovery_point_is_not_read()
    {
        var second = _bed.Log.Segments[1].BaseOffset;
        Edit(LogFiles.PathOf(LogBed.Directory, second, LogFiles.Log), b => [.. b[..100], (byte)(b[100] ^ 1), .. b[101..]]);
        _bed.Log.Segments.ToList().ForEach(s => s.Seal());
        _bed.Reopen(clean: false, close: false, recoveryPoint: _bed.Log.Active.BaseOffset);
        Assert.Equal(20, _bed.Log.LogEndOffset);
    }

    [Fact]
    public void Missing_indexes_are_built_again_even_after_a_clean_stop()
    {
        _bed.Log.Close();
        var before = Contents();
        foreach (var file in _bed.Files().Where(f => f.EndsWith("index", StringComparison.Ordinal)))
        {
            _bed.Disk.Delete(LogBed.Directory + "/" + file);
        }

        _bed.Reopen(close: false);
        _bed.Log.Close();
        Assert.Equal(before, Contents());
    }

    [Fact]
    public void Rebuilt_indexes_equal_those_that_were_written()
    {
        _bed.Log.Close();
        var before = Contents();
        _bed.Reopen(clean: false, close: false);
        _bed.Log.Close();
        Assert.Equal(before, Contents());
    }

    [Fact]
    public void A_replacement_that_had_begun_is_completed()
    {
        _bed.Log.Close();
        var second = _bed.Log.Segments[1].BaseOffset;
        foreach (var suffix in (string[])[LogFiles.Log, LogFiles.OffsetIndex, LogFiles.TimeIndex])
        {
            _bed.Disk.Move(LogFiles.PathOf(LogBed.Directory, second, suffix), LogFiles.PathOf(LogBed.Directory, second, suffix) + LogFiles.Swap);
        }

        _bed.Reopen(clean: false, close: false);
        Assert.Equal(20, _bed.Values().Count);
        Assert.DoesNotContain(_bed.Files(), f => f.EndsWith(LogFiles.Swap, StringComparison.Ordinal));
    }

    [Fact]
    public void A_replacement_newer_than_an_unfinished_cleaning_is_undone()
    {
        _bed.Log.Close();
        var second = LogFiles.PathOf(LogBed.Directory, _bed.Log.Segments[1].BaseOffset, LogFiles.Log);
        _bed.Disk.ReplaceFile(second + LogFiles.Swap, [1, 2, 3]);
        _bed.Disk.ReplaceFile(LogFiles.PathOf(LogBed.Directory, 0, LogFiles.Log) + LogFiles.Cleaned, [1]);
        _bed.Reopen(clean: false, close: false);
        Assert.Equal(20, _bed.Values().Count);
    }

    [Fact]
    public void A_log_that_ends_before_its_start_begins_empty_there()
    {
        _bed.Reopen(clean: false, logStart: 100);
        Assert.Equal((100, 100), (_bed.Log.LogStartOffset, _bed.Log.LogEndOffset));
        Assert.Equal(100, _bed.AppendOk(Batches.Of("x")));
    }

    [Fact]
    public void Epochs_beyond_the_end_are_cut()
    {
        _bed.Log.AssignLeaderEpoch(3);
        Assert.Equal([new LeaderEpoch(0, 0), new LeaderEpoch(3, 20)], _bed.Log.LeaderEpochs);
        _bed.Reopen(clean: false);
        Assert.Equal([new LeaderEpoch(0, 0)], _bed.Log.LeaderEpochs);
    }

    [Fact]
    public void A_damaged_producer_snapshot_gives_way_to_the_log()
    {
        _bed.AppendOk(Batches.Sequenced(5, 0, 0));
        _bed.Log.Close();
        foreach (var file in _bed.Files().Where(f => f.EndsWith(LogFiles.Snapshot, StringComparison.Ordinal)))
        {
            Edit(LogBed.Directory + "/" + file, b => [.. b[..^1], (byte)(b[^1] ^ 1)]);
        }

        _bed.Reopen(clean: false, close: false);
        Assert.Equal(5, Assert.Single(_bed.Log.ActiveProducers()).ProducerId);
    }

    [Fact]
    public void After_a_clean_stop_without_snapshots_no_producer_is_known()
    {
        _bed.AppendOk(Batches.Sequenced(5, 0, 0));
        _bed.Log.Close();
        foreach (var file in _bed.Files().Where(f => f.EndsWith(LogFiles.Snapshot, StringComparison.Ordinal)))
        {
            _bed.Disk.Delete(LogBed.Directory + "/" + file);
        }

        _bed.Reopen(close: false);
        Assert.Empty(_bed.Log.ActiveProducers());
    }

    private Dictionary<string, string> Contents() => _bed.Files().ToDictionary(f => f, f => Convert.ToHexString(_bed.Disk.ReadAllBytes(LogBed.Directory + "/" + f)));
}
