using BenchmarkDotNet.Attributes;
using Microsoft.Win32.SafeHandles;
using Ouzel.Protocol.Records;
using Ouzel.Protocol.Records.Validation;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Microbenchmarks;

/// <summary>An append with its checks, offsets and indexes, and its two large parts; beside them the write alone and a write that gathers.</summary>
[InvocationCount(Invocations)]
public class AppendBenchmarks : IDisposable
{
    private const int Invocations = 512, Gathered = 8;
    private ScratchDirectory? _directory;
    private PartitionLog? _log;
    private Segment? _segment;
    private SafeFileHandle? _file;
    private readonly ValidationRules _rules = new AppendRules(LogOptions.Default).Client;
    private byte[] _batch = [];
    private long _offset;
    private ReadOnlyMemory<byte>[] _batches = [];
    private long _position;

    [Params(1 << 10, 16 << 10, 64 << 10)]
    public int Size { get; set; }

    /// <summary>New files for each iteration, as every segment is one.</summary>
    [IterationSetup]
    public void Setup()
    {
        _directory = new ScratchDirectory();
        _log = LogFixture.Create(_directory.Path);
        _file = File.OpenHandle(Path.Combine(_directory.Path, "raw"), FileMode.CreateNew, FileAccess.ReadWrite);
        _batch = LogFixture.Batch(Size);
        _batches = [.. Enumerable.Repeat<ReadOnlyMemory<byte>>(_batch, Gathered)];
        var segment = Path.Combine(_directory.Path, "segment");
        Directory.CreateDirectory(segment);
        _segment = Segment.Create(new RealDisk(), segment, 0, LogOptions.Default, LogFixture.NowMs, 0);
        (_position, _offset) = (0, 0);
        LogFixture.WarmMemory((long)Size * Invocations * Gathered);
    }

    [IterationCleanup]
    public void Dispose()
    {
        _log?.Close();
        _segment?.Close();
        _file?.Dispose();
        _directory?.Dispose();
        (_log, _segment, _file, _directory) = (null, null, null, null);
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public long Append() => LogFixture.Append(_log!, _batch);

    /// <summary>The part that reads every byte: checksum and records.</summary>
    [Benchmark]
    public bool CheckAlone() => RecordValidator.Validate(_batch, _rules, LogFixture.NowMs).Error == Protocol.ErrorCode.None;

    /// <summary>The part that writes: room ahead, the write, index entries.</summary>
    [Benchmark]
    public void SegmentAppend()
    {
        RecordBatch.SetBaseOffset(_batch, _offset);
        _segment!.Append(_batch, LogOptions.Default);
        _offset = BatchHeader.Parse(_batch, 0)!.Value.LastOffset + 1;
    }

    /// <summary>The floor: nothing is checked, no room is reserved.</summary>
    [Benchmark(Baseline = true)]
    public void WriteAlone()
    {
        RandomAccess.Write(_file!, _batch, _position);
        _position += _batch.Length;
    }

    /// <summary>Eight batches in one call, counted as eight: not taken, because requests seldom wait for each other.</summary>
    [Benchmark(OperationsPerInvoke = Gathered)]
    public void WriteGathered()
    {
        RandomAccess.Write(_file!, _batches, _position);
        _position += (long)_batch.Length * Gathered;
    }
}
