using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Protocol;
using Ouzel.Storage.Tests.Support;

namespace Ouzel.Storage.Tests;

/// <summary>Orders of disk operations that a crash must find, each tried with many kinds of luck. The model test meets them seldom.</summary>
public sealed class CrashOrderTests
{
    private const int Lucks = 200;

    private static readonly TopicPartition Name = new("t", 0);

    [Fact]
    public void Truncated_batches_do_not_come_back_behind_new_ones() => WithEveryLuck(bed =>
    {
        bed.Append("a", "b", "c");
        bed.MakeDurable();
        bed.Log.TruncateTo(1, Batches.Start);
        bed.Append("x");
        AssertIsBeginningOf(bed.ValuesAfterPowerLoss(), "ax", "abc");
    });

    [Fact]
    public void Truncated_segments_do_not_come_back_behind_new_ones() => WithEveryLuck(bed =>
    {
        bed.Append("a");
        bed.Roll();
        bed.Append("b");
        bed.Roll();
        bed.Append("c");
        bed.MakeDurable();
        bed.Log.TruncateTo(1, Batches.Start);
        bed.Append("x");
        AssertIsBeginningOf(bed.ValuesAfterPowerLoss(), "ax", "abc");
    });

    [Fact]
    public void A_crash_inside_a_truncation_leaves_no_hole_where_holes_are_allowed() => WithEveryLuck(bed =>
    {
        bed.Append("a");
        bed.Roll();
        bed.Append("b");
        bed.Roll();
        bed.Append("c");
        bed.Roll();
        bed.Append("d");
        bed.MakeDurable();
        bed.CrashBeforeSyncOfNames();
        Assert.Throws<CrashException>(() => bed.Log.TruncateTo(1, Batches.Start));
        AssertIsBeginningOf(bed.ValuesAfterPowerLoss(), "abcd");
    }, LogOptions.Default with { Compact = true });

    [Fact]
    public void Deleted_records_do_not_come_back_after_the_checkpoint_forgot_where_the_log_starts() => WithEveryLuck(bed =>
    {
        bed.Append("a");
        bed.Roll();
        bed.Append("b");
        bed.MakeDurable();
        Assert.Equal(ErrorCode.None, bed.Log.MaybeIncrementStart(1));
        bed.Directory.CheckpointOffsets();
        Assert.Equal(1, bed.Log.RunRetention(Batches.Start));
        bed.Directory.CheckpointOffsets();
        Assert.Equal(["b"], bed.ValuesAfterPowerLoss());
    });

    [Fact]
    public void What_recovery_cut_off_does_not_come_back_behind_new_records() => WithEveryLuck(bed =>
    {
        bed.Append("a");
        bed.MakeDurable();
        bed.Append("b");
        bed.Roll();
        bed.Append("c");
        bed.Roll();
        bed.Append("d");
        bed.PowerLoss();
        var kept = bed.Values();
        AssertIsPartOf(kept, "abcd");
        bed.Append("x");
        AssertIsPartOf(bed.ValuesAfterPowerLoss(), string.Concat(kept) + "x");
    });

    /// <summary>Asserts that a crash left one life of the log up to some point, with what was durable in all of them.</summary>
    private static void AssertIsBeginningOf(List<string> values, params string[] lives)
    {
        var found = string.Concat(values);
        Assert.True(found.StartsWith('a') && lives.Any(l => l.StartsWith(found, StringComparison.Ordinal)), $"{found} is the beginning of none of {string.Join(", ", lives)}");
    }

    /// <summary>A segment that never reached the disk may be missing between others; what is there is in the order of one life.</summary>
    private static void AssertIsPartOf(List<string> values, string life)
    {
        var at = 0;
        foreach (var value in string.Concat(values))
        {
            at = life.IndexOf(value, at) is >= 0 and var found ? found + 1 : throw new InvalidOperationException($"{string.Concat(values)} is no part of {life}");
        }

        Assert.Equal("a", values[0]);
    }

    private static void WithEveryLuck(Action<Bed> play, LogOptions? options = null)
    {
        for (var seed = 0; seed < Lucks; seed++)
        {
            try
            {
                play(new Bed(seed, options ?? LogOptions.Default));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }
        }
    }

    /// <summary>One log on a faulty disk whose syncs are held back until they are asked for.</summary>
    private sealed class Bed
    {
        private readonly FaultyDisk _disk;
        private readonly LogOptions _options;
        private LateWork _work = new();

        public Bed(int seed, LogOptions options)
        {
            _disk = new FaultyDisk(new Random(seed));
            _options = options;
            Open();
        }

        public LogDirectory Directory { get; private set; } = null!;

        public PartitionLog Log { get; private set; } = null!;

        public void Append(params string[] values)
        {
            foreach (var value in values)
            {
                Assert.Equal(ErrorCode.None, Log.AppendAsLeader(Batches.Of(value), 0, LogAppendOrigin.Client, Batches.Start).Error);
            }

            Log.HighWatermark = Log.LogEndOffset;
        }

        public void Roll() => Log.RollSegment(Batches.Start);

        public void MakeDurable()
        {
            var wait = Directory.WaitDurable(Log, Log.LogEndOffset);
            _work.RunHeld();
            Assert.True(wait.AsTask().Result);
        }

        /// <summary>The next sync of the names in the log's directory is where the machine stops.</summary>
        public void CrashBeforeSyncOfNames() => _disk.BeforeChange = path =>
        {
            if (path == Log.DirectoryPath)
            {
                throw new CrashException();
            }
        };

        public void PowerLoss()
        {
            _disk.BeforeChange = null;
            _disk.PowerLoss();
            Open();
        }

        public List<string> ValuesAfterPowerLoss()
        {
            PowerLoss();
            return Values();
        }

        public List<string> Values()
        {
            var values = new List<string>();
            for (var offset = Log.LogStartOffset; offset < Log.LogEndOffset;)
            {
                using var slice = Log.Read(offset, 1, FetchIsolation.LogEnd, true).Records;
                if (slice == null)
                {
                    break; // an empty segment behind one that is missing
                }

                var (baseOffset, found) = Batches.Decode(slice.ToArray())[0];
                Assert.True(baseOffset >= offset);
                values.AddRange(found);
                offset = baseOffset + found.Length;
            }

            return values;
        }

        private void Open()
        {
            _work = new LateWork();
            Directory = LogDirectory.Open(_disk, "/data", new StorageOptions { Directories = ["/data"], ClusterId = "c", NodeId = 1, LogOptionsOf = _ => _options }, new Random(9), _work, NullLogger.Instance, Batches.Start);
            if (!Directory.TryGet(Name, out var log))
            {
                log = Directory.Create(Name, Uuid.Zero, _options, Batches.Start);
            }

            Log = log;
            Log.HighWatermark = Log.LogEndOffset;
        }
    }
}
