using BenchmarkDotNet.Attributes;
using Microsoft.Win32.SafeHandles;
using Ouzel.Storage;

namespace Ouzel.Microbenchmarks;

/// <summary>An append with its checks, offsets and indexes, beside the write alone and beside a write that gathers.</summary>
[InvocationCount(Invocations)]
public class AppendBenchmarks : IDisposable
{
    private const int Invocations = 512, Gathered = 8;
    private ScratchDirectory? _directory;
    private PartitionLog? _log;
    private SafeFileHandle? _file;
    private byte[] _batch = [];
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
        _position = 0;
        LogFixture.WarmMemory((long)Size * Invocations * Gathered);
    }

    [IterationCleanup]
    public void Dispose()
    {
        _log?.Close();
        _file?.Dispose();
        _directory?.Dispose();
        (_log, _file, _directory) = (null, null, null);
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public long Append() => LogFixture.Append(_log!, _batch);

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
