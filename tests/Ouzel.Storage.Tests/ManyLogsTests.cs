using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Protocol;
using Ouzel.Storage.Disks;
using Ouzel.Storage.Tests.Support;
using Ouzel.Storage.Work;

namespace Ouzel.Storage.Tests;

/// <summary>The costs that a directory of many partitions must not have per partition.</summary>
public sealed class ManyLogsTests
{
    private readonly CountingDisk _disk = new();

    private LogDirectory Open() => LogDirectory.Open(_disk, "/data",
        new StorageOptions { Directories = ["/data"], ClusterId = "AAAAAAAAQACAAAAAAAAAAQ", NodeId = 1 }, new Random(5), new InlineWork(), NullLogger.Instance, Batches.Start);

    private static TopicPartition Name(int number) => new("t", number);

    private static PartitionLog Get(LogDirectory directory, int number)
    {
        Assert.True(directory.TryGet(Name(number), out var log));
        return log;
    }

    private static void Append(PartitionLog log, int epoch)
    {
        Assert.Equal(ErrorCode.None, log.AppendAsLeader(Batches.Of("x"), epoch, LogAppendOrigin.Client, Batches.Start).Error);
        log.HighWatermark = log.LogEndOffset;
    }

    /// <summary>Twenty logs, ten of them with a record of epoch 0 and one of epoch 2, closed cleanly.</summary>
    private void Fill()
    {
        var directory = Open();
        for (var i = 0; i < 20; i++)
        {
            var log = directory.Create(Name(i), Uuid.Random(new Random(i)), LogOptions.Default, Batches.Start);
            log.AssignLeaderEpoch(0);
            if (i % 2 == 0)
            {
                continue;
            }

            Append(log, 0);
            log.AssignLeaderEpoch(2);
            Append(log, 2);
        }

        directory.Close();
    }

    [Fact]
    public void A_clean_start_that_leads_everything_reads_no_leader_epoch_file()
    {
        Fill();
        _disk.Opened.Clear();
        var directory = Open();
        foreach (var log in directory.Logs)
        {
            log.AssignLeaderEpoch(4);
            Assert.Equal(4, log.LatestEpoch);
            Assert.Equal((4, log.LogEndOffset), log.EndOffsetForEpoch(4));
        }

        Assert.DoesNotContain(_disk.Opened, path => path.EndsWith(LeaderEpochs.FileName, StringComparison.Ordinal));
    }

    [Fact]
    public void Older_epochs_are_there_when_somebody_asks()
    {
        Fill();
        var directory = Open();
        var log = Get(directory, 1);
        log.AssignLeaderEpoch(4);
        log.AssignLeaderEpoch(6);
        Assert.Equal((0, 1), log.EndOffsetForEpoch(1));
        Assert.Equal((2, 2), log.EndOffsetForEpoch(5));
        Assert.Equal(0, log.EarliestOffset().LeaderEpoch);
        Assert.Equal([new LeaderEpoch(0, 0), new LeaderEpoch(2, 1), new LeaderEpoch(6, 2)], log.LeaderEpochs);
        Assert.Equal([new LeaderEpoch(0, 0)], Get(directory, 2).LeaderEpochs.Append(new LeaderEpoch(0, 0)).Distinct());
    }

    [Fact]
    public void A_start_that_was_moved_before_the_file_was_read_counts()
    {
        Fill();
        var log = Get(Open(), 3);
        log.HighWatermark = 2;
        Assert.Equal(ErrorCode.None, log.MaybeIncrementStart(1));
        Assert.Equal([new LeaderEpoch(2, 1)], log.LeaderEpochs);
    }

    [Fact]
    public void A_flush_writes_no_file_for_a_leader_that_wrote_nothing_and_one_for_its_first_record()
    {
        Fill();
        var directory = Open();
        var log = Get(directory, 5);
        log.AssignLeaderEpoch(4);
        _disk.Opened.Clear();
        log.Flush();
        Assert.Empty(_disk.Opened);
        Append(log, 4);
        log.Flush();
        Assert.Equal("0\n3\n0 0\n2 1\n4 2\n", Text(5));
    }

    [Fact]
    public void A_clean_stop_leaves_the_epoch_of_a_leader_that_wrote_nothing_in_the_file_as_Kafka_does()
    {
        Fill();
        var directory = Open();
        foreach (var log in directory.Logs)
        {
            log.AssignLeaderEpoch(4);
        }

        directory.Close();
        Assert.Equal("0\n3\n0 0\n2 1\n4 2\n", Text(5));
        Assert.Equal("0\n1\n4 0\n", Text(6));
    }

    [Fact]
    public void Many_logs_are_deleted_with_one_sync()
    {
        Fill();
        var directory = Open();
        _disk.DirectorySyncs = 0;
        Assert.Equal(15, directory.Delete([.. Enumerable.Range(5, 40).Select(Name)], Batches.Start));
        Assert.Equal(1, _disk.DirectorySyncs);
        Assert.Equal(5, directory.LogCount);
        directory.Close();
        Assert.Equal(5, Open().LogCount);
    }

    private string Text(int number) => System.Text.Encoding.UTF8.GetString(_disk.ReadAllBytes($"/data/{Name(number)}/{LeaderEpochs.FileName}"));

    private sealed class CountingDisk : MemoryDisk
    {
        public List<string> Opened { get; } = [];

        public int DirectorySyncs { get; set; }

        public override DiskFile OpenFile(string path, DiskOpen mode)
        {
            Opened.Add(path);
            return base.OpenFile(path, mode);
        }

        public override void SyncDirectory(string path)
        {
            DirectorySyncs++;
            base.SyncDirectory(path);
        }
    }
}
