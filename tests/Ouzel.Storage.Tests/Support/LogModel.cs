using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Protocol;

namespace Ouzel.Storage.Tests.Support;

/// <summary>The machine stopped in the middle of an operation.</summary>
internal sealed class CrashException : Exception;

/// <summary>
/// Plays operations on a log over a faulty disk beside a model of what must be there. Every record knows the number of its write and the record before it, so
/// that after a crash the log can be held to be one beginning of what was really written, not a mixture.
/// </summary>
internal sealed class LogModel
{
    private const string Path = "/data";
    private static readonly TopicPartition Name = new("t", 0);
    private static readonly LogOptions Options = LogOptions.Default with
    {
        SegmentBytes = 2500,
        IndexIntervalBytes = 150,
        SegmentIndexBytes = 1200,
        RetentionMs = -1,
        RetentionBytes = 12_000,
        FileDeleteDelayMs = 1000,
    };

    private readonly Random _random;
    private readonly FaultyDisk _disk;
    private readonly List<(string Value, long TimestampMs)> _records = [];
    private readonly HashSet<(long Offset, string Value, string? Before)> _written = [];
    private readonly List<string> _steps = [];
    private LogDirectory _directory = null!;
    private PartitionLog _log = null!;
    private LateWork _work = new();
    private long _nowMs = Batches.Start;
    private long _firstOffset;
    private long _durableEnd;
    private long _startOffset;
    private long _startCheckpoint;
    private int _writes;
    private long _producerId = 1;
    private int _sequence;
    private int? _crashIn;

    public LogModel(int seed)
    {
        _random = new Random(seed);
        _disk = new FaultyDisk(new Random(seed + 1))
        {
            BeforeChange = _ =>
            {
                if (--_crashIn == 0)
                {
                    throw _disk!.Stopped = new CrashException();
                }
            },
        };
        Open();
    }

    public int Crashes { get; private set; }

    private long End => _firstOffset + _records.Count;

    public override string ToString() => string.Join("\n", _steps);

    public void Run(IEnumerable<int> codes)
    {
        foreach (var code in codes)
        {
            try
            {
                Step(code);
            }
            catch (Exception) when (_disk.Stopped != null)
            {
                // Code that goes on after the machine stopped, and what the model makes of it, has nothing to say.
            }

            if (_disk.Stopped != null)
            {
                PowerLoss();
            }
        }

        _crashIn = null;
        CheckAll();
    }

    private void Step(int code)
    {
        _nowMs += _random.Next(50);
        if (_random.Next(3) == 0)
        {
            _work.RunHeld(); // the disk's thread gets round to its syncs: until then several segments may be unsynced at once
        }

        switch ((uint)code % 24)
        {
            case < 7: Append(1 + _random.Next(3)); break;
            case < 10: AppendSequenced(); break;
            case 10: Durable(); Repeat(); break;
            case < 13: Durable(); break;
            case 13: Note("roll"); _log.RollSegment(_nowMs); break;
            case 14: Truncate(); break;
            case 15: DeleteRecords(); break;
            case 16: Note("retention"); _log.RunRetention(_nowMs); TakeStart(); break;
            case 17: Note("checkpoint"); _directory.CheckpointOffsets(); _startCheckpoint = _startOffset; break;
            case 18: CheckAll(); break;
            case 19: Restart(); break;
            case 20: PowerLoss(); break;
            case 21: Kill(); break;
            default: _crashIn = 1 + _random.Next(6); Note($"crash in {_crashIn} changes"); break;
        }
    }

    private void Append(int count)
    {
        if (_random.Next(4) == 0)
        {
            count *= 20; // a batch that fills most of a segment, and several pages
        }

        var records = Enumerable.Range(0, count).Select(_ => (Value: $"w{_writes++}", TimestampMs: _nowMs)).ToArray();
        Write(Batches.Timed(records), records);
    }

    private void AppendSequenced()
    {
        var record = ($"{_producerId}/{_sequence}", _nowMs);
        if (Write(Batches.Sequenced(_producerId, 0, _sequence, timestampMs: _nowMs), [record]))
        {
            _sequence++;
        }
    }

    private bool Write(byte[] batch, (string Value, long TimestampMs)[] records)
    {
        Note($"append {string.Join(',', records.Select(r => r.Value))} at {End}");
        var before = _records.Count > 0 ? _records[^1].Value : null;
        for (var i = 0; i < records.Length; i++)
        {
            _written.Add((End + i, records[i].Value, i == 0 ? before : records[i - 1].Value));
        }

        var result = _log.AppendAsLeader(batch, 0, LogAppendOrigin.Client, _nowMs);
        Assert.Equal(ErrorCode.None, result.Error);
        Assert.False(result.IsDuplicate);
        Assert.Equal((End, End + records.Length - 1), (result.BaseOffset, result.LastOffset));
        _records.AddRange(records);
        _log.HighWatermark = End;
        Assert.Equal(End, _log.LogEndOffset);
        return true;
    }

    private void Repeat()
    {
        var at = _records.FindLastIndex(r => r.Value == $"{_producerId}/{_sequence - 1}");
        if (at < 0)
        {
            return;
        }

        var result = _log.AppendAsLeader(Batches.Sequenced(_producerId, 0, _sequence - 1, timestampMs: _nowMs), 0, LogAppendOrigin.Client, _nowMs);
        Assert.True(result.IsDuplicate, $"a repetition of {_producerId}/{_sequence - 1} was answered {result.Error} {result.BaseOffset}");
        Assert.Equal(_firstOffset + at, result.BaseOffset);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber,
            _log.AppendAsLeader(Batches.Sequenced(_producerId, 0, _sequence + 1), 0, LogAppendOrigin.Client, _nowMs).Error);
    }

    private void Durable()
    {
        Note("wait durable");
        var wait = _directory.WaitDurable(_log, End);
        _work.RunHeld();
        Assert.True(wait.IsCompleted);
        Assert.True(wait.AsTask().Result);
        _durableEnd = End;
    }

    private void Truncate()
    {
        if (_records.Count == 0)
        {
            return;
        }

        var offset = BatchStart(_startOffset + _random.NextInt64(End - _startOffset + 1));
        Note($"truncate to {offset}");
        _durableEnd = Math.Min(_durableEnd, offset);
        _startCheckpoint = Math.Min(_startCheckpoint, offset);
        _log.TruncateTo(offset, _nowMs);
        _records.RemoveRange((int)(offset - _firstOffset), (int)(End - offset));
        TakeStart();
        ForgetProducer();
    }

    private void DeleteRecords()
    {
        var offset = _startOffset + _random.NextInt64(End - _startOffset + 1);
        Note($"delete records below {offset}");
        Assert.Equal(ErrorCode.None, _log.MaybeIncrementStart(offset));
        TakeStart();
    }

    private void Restart()
    {
        Note("restart");
        _directory.Close();
        (_durableEnd, _startCheckpoint) = (End, _startOffset);
        Open();
        Assert.True(_directory.WasCleanShutdown);
        Assert.Equal((_startOffset, End), (_log.LogStartOffset, _log.LogEndOffset));
    }

    private void PowerLoss()
    {
        Note("power loss");
        Crashes++;
        _crashIn = null;
        _disk.PowerLoss();
        Open();
        AfterCrash();
    }

    /// <summary>The process dies, the machine lives: what was written is there, whether synced or not.</summary>
    private void Kill()
    {
        Note("kill");
        Crashes++;
        var end = End;
        _disk.DropProcess();
        Open();
        Assert.Equal(end, _log.LogEndOffset);
        AfterCrash();
    }

    private void Open()
    {
        _work = new LateWork();
        _directory = LogDirectory.Open(_disk, Path, new StorageOptions { Directories = [Path], ClusterId = "c", NodeId = 1, LogOptionsOf = _ => Options },
            new Random(9), _work, NullLogger.Instance, _nowMs);
        if (!_directory.TryGet(Name, out _log!))
        {
            _log = _directory.Create(Name, Uuid.Zero, Options, _nowMs);
        }

        _log.HighWatermark = _log.LogEndOffset;
    }

    /// <summary>A segment that never reached the disk may be missing between others, above what was durable. The model goes on below such a gap.</summary>
    private void EndAtGap()
    {
        for (var offset = _log.LogStartOffset; offset < _log.LogEndOffset;)
        {
            using var slice = _log.Read(offset, 1, FetchIsolation.LogEnd, true).Records;
            var batch = slice == null ? default : Batches.Decode(slice.ToArray())[0];
            if (slice == null || batch.BaseOffset > offset)
            {
                Assert.True(offset >= _durableEnd, $"{offset} is missing, {_durableEnd} was durable");
                slice?.Dispose();
                _log.TruncateTo(offset, _nowMs);
                _log.HighWatermark = _log.LogEndOffset;
                return;
            }

            offset = batch.BaseOffset + batch.Values.Length;
        }
    }

    private void AfterCrash()
    {
        EndAtGap();
        var found = ReadAll();
        Assert.True(_log.LogEndOffset >= _durableEnd, $"the log ends at {_log.LogEndOffset}, {_durableEnd} was durable");
        Assert.InRange(_log.LogStartOffset, Math.Min(_startCheckpoint, _log.LogEndOffset), Math.Max(_startOffset, _startCheckpoint));
        for (var i = 0; i < found.Count; i++)
        {
            var offset = _log.LogStartOffset + i;
            if (offset < _durableEnd && offset >= _firstOffset)
            {
                Assert.Equal(_records[(int)(offset - _firstOffset)].Value, found[i].Value);
            }

            var before = i > 0 ? found[i - 1].Value : null;
            Assert.True(_written.Any(w => w.Offset == offset && w.Value == found[i].Value && (i == 0 || w.Before == before)),
                $"offset {offset} holds {found[i].Value} after {before}, which was never written so");
        }

        (_firstOffset, _startOffset) = (_log.LogStartOffset, _log.LogStartOffset);
        _records.Clear();
        _records.AddRange(found);
        ForgetProducer();
    }

    private void CheckAll()
    {
        Note("check");
        var found = ReadAll();
        Assert.Equal(_records.Skip((int)(_startOffset - _firstOffset)).Select(r => r.Value), found.Select(r => r.Value));
        for (var i = 0; i < 5 && found.Count > 0; i++)
        {
            var offset = _startOffset + _random.Next(found.Count);
            using var slice = _log.Read(offset, 1, FetchIsolation.HighWatermark, true).Records!;
            var (baseOffset, values) = Batches.Decode(slice.ToArray())[0];
            Assert.InRange(offset, baseOffset, baseOffset + values.Length - 1);
            var timestampMs = found[_random.Next(found.Count)].TimestampMs + _random.Next(3);
            var expected = found.FindIndex(r => r.TimestampMs >= timestampMs);
            Assert.Equal(expected < 0 ? -1 : _startOffset + expected, _log.OffsetForTimestamp(timestampMs, FetchIsolation.HighWatermark).Offset);
        }
    }

    private List<(string Value, long TimestampMs)> ReadAll()
    {
        var records = new List<(string, long)>();
        var offset = _log.LogStartOffset;
        while (offset < _log.LogEndOffset)
        {
            using var slice = _log.Read(offset, 1, FetchIsolation.LogEnd, true).Records;
            Assert.NotNull(slice);
            var bytes = slice.ToArray();
            Assert.True(Protocol.Records.RecordBatch.TryRead(bytes, out var batch, out _) && batch.IsCrcValid());
            foreach (var record in batch.Records())
            {
                if (record.Offset < offset)
                {
                    continue;
                }

                Assert.Equal(offset, record.Offset);
                records.Add((System.Text.Encoding.UTF8.GetString(record.Value), record.TimestampMs));
                offset++;
            }
        }

        return records;
    }

    private long BatchStart(long offset)
    {
        if (offset >= End)
        {
            return End;
        }

        using var slice = _log.Read(offset, 1, FetchIsolation.LogEnd, true).Records!;
        var baseOffset = Batches.Decode(slice.ToArray())[0].BaseOffset;
        return baseOffset < _startOffset ? End : baseOffset; // truncation goes by whole batches; DeleteRecords may have put the start inside one
    }

    private void TakeStart()
    {
        _startOffset = _log.LogStartOffset;
        Assert.InRange(_startOffset, _firstOffset, End);
    }

    /// <summary>Goes on with a new producer after records were lost: what the log remembers of the old one is the log's business.</summary>
    private void ForgetProducer() => (_producerId, _sequence) = (_producerId + 1, 0);

    private void Note(string step) => _steps.Add(string.Create(CultureInfo.InvariantCulture, $"[{_startOffset}..{_durableEnd}..{End}) {step}"));
}
