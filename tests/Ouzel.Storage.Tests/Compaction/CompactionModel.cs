using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Protocol;
using Ouzel.Protocol.Records;
using Ouzel.Storage.Compaction;
using Ouzel.Storage.Tests.Support;
using Ouzel.Storage.Work;

namespace Ouzel.Storage.Tests.Compaction;

/// <summary>
/// Plays writes, passes of compaction, restarts and crashes on a compacted log beside a model that remembers every record ever written. Everything written is
/// waited for, so a crash must not lose any of it; and what a finished pass removed must never be seen again.
/// </summary>
internal sealed class CompactionModel
{
    public const long DeleteRetentionMs = 5_000;
    private const string Path = "/data";
    private static readonly TopicPartition Partition = new("t", 0);
    private static readonly CompressionCodec[] Codecs = [CompressionCodec.None, CompressionCodec.None, CompressionCodec.Gzip, CompressionCodec.Lz4, CompressionCodec.Zstd];
    private static readonly LogOptions Options = LogOptions.Default with
    {
        SegmentBytes = 1500,
        IndexIntervalBytes = 100,
        SegmentIndexBytes = 1200,
        RetentionMs = -1,
        FileDeleteDelayMs = 1000,
        Delete = false,
        Compact = true,
        MinCleanableDirtyRatio = 0,
        DeleteRetentionMs = DeleteRetentionMs,
    };

    private readonly Random _random;
    private readonly FaultyDisk _disk;
    private readonly SortedDictionary<long, Written> _written = [];
    private readonly Dictionary<long, (short Epoch, int Sequence, List<long>? Open)> _producers = [];
    private readonly List<string> _steps = [];
    private HashSet<long> _visible = [];
    private LogDirectory _directory = null!;
    private PartitionLog _log = null!;
    private long _nowMs = Batches.Start;
    private int _writes;
    private long _touched;
    private int? _crashIn;

    public CompactionModel(int seed)
    {
        _random = new Random(seed);
        _disk = new FaultyDisk(new Random(seed + 1)) { BeforeChange = _ => { if (--_crashIn == 0) { throw _disk!.Stopped = new CrashException(); } } };
        Open();
    }

    public int Passes { get; private set; }
    public int Removed => _written.Count - _visible.Count;
    public PartitionLog Log => _log;

    public override string ToString() => string.Join("\n", _steps);

    public void Run(IEnumerable<int> codes)
    {
        foreach (var code in codes)
        {
            Step(code);
        }

        Check();
    }

    /// <summary>A pass that the machine does not survive: it stops before the given change of the disk. False when the pass had fewer.</summary>
    public bool CompactWithCrash(int atChange)
    {
        Note($"compact, crash before change {atChange}");
        var active = _log.Active.BaseOffset;
        _crashIn = atChange;
        try
        {
            Compact();
        }
        catch (Exception) when (_disk.Stopped != null)
        {
            // What goes on after the machine stopped has nothing to say.
        }

        _crashIn = null;
        if (_disk.Stopped == null)
        {
            return false;
        }

        _touched = Math.Max(_touched, active); // replaced segments may be there without the checkpoint that says so
        PowerLoss();
        return true;
    }

    public void Compact(long dedupeBufferBytes = 1 << 20)
    {
        Note("compact");
        Passes += _directory.Compact(new CompactionOptions { DedupeBufferBytes = dedupeBufferBytes, IoBufferBytes = 8192 }, _nowMs, () => false);
    }

    public void Roll() => _log.RollSegment(_nowMs);

    public void Wait(long ms) => _nowMs += ms;

    public void PowerLoss()
    {
        Note("power loss");
        _disk.PowerLoss();
        Open();
        Check();
    }

    /// <summary>Every producer as the log itself tells it, without snapshots.</summary>
    public void ForgetSnapshots()
    {
        Note("kill, snapshots and checkpoints lost");
        var before = Producers();
        _disk.DropProcess();
        foreach (var file in _disk.ListFiles(_log.DirectoryPath).Where(f => f.Name.EndsWith(".snapshot", StringComparison.Ordinal)))
        {
            _disk.Delete(_log.DirectoryPath + "/" + file.Name);
        }

        _disk.Delete(Path + "/recovery-point-offset-checkpoint");
        Open();
        Assert.Equal(before, Producers());
        Check();
    }

    private void Step(int code)
    {
        _nowMs += _random.Next(200);
        switch ((uint)code % 24)
        {
            case < 6: Append(producerId: -1, isTransactional: false); break;
            case < 9: Append(_random.Next(1, 4), isTransactional: false); break;
            case < 13: Append(_random.Next(10, 13), isTransactional: true); break;
            case < 16: EndTransaction(_random.Next(10, 13)); break;
            case 16: Note("roll"); Roll(); break;
            case < 19: Compact(_random.Next(3) == 0 ? 400 : 1 << 20); Check(); break;
            case 19: _nowMs += DeleteRetentionMs; break;
            case 20: Restart(); break;
            case 21: ForgetSnapshots(); break;
            case 22: Note("retention"); _directory.RunRetention(_nowMs); break;
            default: CompactWithCrash(1 + _random.Next(60)); break;
        }
    }

    public void Append(long producerId, bool isTransactional)
    {
        using var builder = new RecordBatchBuilder { Codec = Codecs[_random.Next(Codecs.Length)] };
        var producer = _producers.GetValueOrDefault(producerId);
        if (producerId >= 0)
        {
            (builder.ProducerId, builder.ProducerEpoch, builder.BaseSequence, builder.IsTransactional) = (producerId, producer.Epoch, producer.Sequence, isTransactional);
        }

        var (first, count) = (_log.LogEndOffset, 1 + _random.Next(5));
        var records = new List<Written>();
        for (var i = 0; i < count; i++)
        {
            var key = $"k{_random.Next(9)}";
            var value = _random.Next(4) == 0 ? null : $"v{_writes++}";
            builder.Append(_nowMs + i, Encoding.UTF8.GetBytes(key), value == null ? null : Encoding.UTF8.GetBytes(value));
            records.Add(new Written(key, value, _nowMs + i));
        }

        Note($"append {count} at {first} of producer {producerId}");
        Write(builder.BuildArray(), LogAppendOrigin.Client);
        for (var i = 0; i < count; i++)
        {
            _written[first + i] = records[i];
            _visible.Add(first + i);
        }

        if (producerId < 0)
        {
            return;
        }

        var open = isTransactional ? producer.Open ?? [] : null;
        open?.AddRange(Enumerable.Range(0, count).Select(i => first + i));
        _producers[producerId] = (producer.Epoch, producer.Sequence + count, open);
    }

    public void EndTransaction(long producerId)
    {
        if (!_producers.TryGetValue(producerId, out var producer) || producer.Open == null)
        {
            return;
        }

        var isCommitted = _random.Next(2) == 0;
        var raises = _random.Next(3) == 0; // KIP-890: the marker carries the next epoch
        Note($"{(isCommitted ? "commit" : "abort")} of producer {producerId} at {_log.LogEndOffset}");
        var epoch = (short)(producer.Epoch + (raises ? 1 : 0));
        Write(Batches.Marker(producerId, epoch, isCommitted, timestampMs: _nowMs), LogAppendOrigin.Coordinator);
        foreach (var offset in producer.Open)
        {
            _written[offset].IsAborted = !isCommitted;
        }

        _producers[producerId] = (epoch, raises ? 0 : producer.Sequence, null);
    }

    private void Write(byte[] batch, LogAppendOrigin origin)
    {
        var result = _log.AppendAsLeader(batch, 0, origin, _nowMs);
        Assert.Equal(ErrorCode.None, result.Error);
        var wait = _directory.WaitDurable(_log, result.LastOffset + 1);
        Assert.True(wait.IsCompleted && wait.AsTask().Result);
        _log.HighWatermark = _log.LogEndOffset;
    }

    private void Restart()
    {
        Note("restart");
        var before = Producers();
        _directory.Close();
        Open();
        Assert.True(_directory.WasCleanShutdown);
        Assert.Equal(before, Producers());
        Check();
    }

    private void Open()
    {
        _directory = LogDirectory.Open(_disk, Path, new StorageOptions { Directories = [Path], ClusterId = "c", NodeId = 1, LogOptionsOf = _ => Options },
            new Random(9), new InlineWork(), NullLogger.Instance, _nowMs);
        if (!_directory.TryGet(Partition, out _log!))
        {
            _log = _directory.Create(Partition, Uuid.Zero, Options, _nowMs);
        }

        _log.HighWatermark = _log.LogEndOffset;
    }

    private List<(long, short, int, long)> Producers() =>
        [.. _log.ActiveProducers().OrderBy(p => p.ProducerId).Select(p => (p.ProducerId, p.Epoch, p.LastSequence, p.TransactionFirstOffset))];

    private void Check()
    {
        Assert.False(_log.CannotBeCompacted);
        var all = ReadAll(FetchIsolation.HighWatermark);
        foreach (var offset in all.Offsets)
        {
            Assert.True(_visible.Contains(offset), $"offset {offset} came back");
        }

        Assert.Equal(all.Offsets.Select(o => _written[o].Line(o)), all.Lines);
        _visible = [.. all.Offsets];
        _touched = Math.Max(_touched, _log.CompactedTo ?? 0);
        foreach (var offset in _written.Keys.Where(o => o >= _touched))
        {
            Assert.True(_visible.Contains(offset), $"offset {offset} is gone, compacted is only what lies below {_touched}");
        }

        CheckCommitted();
        CheckReads();
    }

    private void CheckCommitted()
    {
        var committed = ReadAll(FetchIsolation.Committed);
        var stable = _log.LastStableOffset;
        Assert.Equal(_visible.Where(o => o < stable && !_written[o].IsAborted).Order(), committed.Offsets);
        foreach (var ofKey in _written.Where(w => w.Key < stable && !w.Value.IsAborted).GroupBy(w => w.Value.Key))
        {
            var (offset, last) = ofKey.Last();
            if (last.Value != null || _nowMs < last.TimestampMs + DeleteRetentionMs)
            {
                Assert.True(_visible.Contains(offset), $"the last record of {last.Key} at {offset} is gone");
            }
            else if (!_visible.Contains(offset))
            {
                Assert.DoesNotContain(ofKey, w => _visible.Contains(w.Key));
            }
        }
    }

    /// <summary>A read from any offset begins with the batch that holds it, or with the first one behind the hole.</summary>
    private void CheckReads()
    {
        var batches = new List<(long Base, long Last)>();
        for (long offset = 0; Batch(offset) is { } batch; offset = batch.Last + 1)
        {
            batches.Add(batch);
        }

        for (var i = 0; i < 10 && _log.LogEndOffset > 0; i++)
        {
            var offset = _random.NextInt64(_log.LogEndOffset);
            Assert.Equal(batches.Select(b => ((long, long)?)b).FirstOrDefault(b => b!.Value.Item2 >= offset), Batch(offset));
        }
    }

    private (long Base, long Last)? Batch(long offset)
    {
        using var slice = _log.Read(offset, 1, FetchIsolation.HighWatermark, minOneMessage: true).Records;
        return slice != null && RecordBatch.TryRead(slice.ToArray(), out var batch, out _) ? (batch.BaseOffset, batch.LastOffset) : null;
    }

    private ReadBack ReadAll(FetchIsolation isolation)
    {
        var read = new ReadBack(0);
        while (true)
        {
            var result = _log.Read(read.NextOffset, 700, isolation, minOneMessage: true);
            Assert.Equal(ErrorCode.None, result.Error);
            using var slice = result.Records;
            if (slice == null)
            {
                return read;
            }

            Assert.True(read.Add(slice.ToArray(), result.AbortedTransactions?.Select(a => (a.ProducerId, a.FirstOffset))));
        }
    }

    private void Note(string step) => _steps.Add(string.Create(CultureInfo.InvariantCulture, $"[{_log?.CompactedTo}..{_log?.LogEndOffset}) {_nowMs - Batches.Start} {step}"));

    private sealed record Written(string Key, string? Value, long TimestampMs)
    {
        public bool IsAborted { get; set; }

        public string Line(long offset) => $"{offset} {TimestampMs} {Hex(Key)} {(Value == null ? "null" : Hex(Value))} []";

        private static string Hex(string text) => $"'{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text))}'";
    }
}
