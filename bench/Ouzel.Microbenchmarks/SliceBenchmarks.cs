using BenchmarkDotNet.Attributes;
using Microsoft.Win32.SafeHandles;
using Ouzel.Storage;

namespace Ouzel.Microbenchmarks;

/// <summary>Finding what a fetch asks for and leaving it in the page cache, beside copying it out.</summary>
public class SliceBenchmarks : IDisposable
{
    private const int LogBytes = 64 << 20, BatchBytes = 16 << 10;
    private readonly ScratchDirectory _directory = new();
    private readonly byte[] _copy = new byte[1 << 20];
    private readonly FileSlice _slice = new();
    private PartitionLog? _log;
    private SafeFileHandle? _file;
    private long _offset;
    private long _position;

    [Params(16 << 10, 64 << 10, 1 << 20)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _log = LogFixture.Create(_directory.Path);
        var batch = LogFixture.Batch(BatchBytes);
        for (long written = 0; written < LogBytes; written += batch.Length)
        {
            LogFixture.Append(_log, batch);
        }

        _log.HighWatermark = _log.LogEndOffset;
        _file = File.OpenHandle(Path.Combine(_log.DirectoryPath, $"{0:d20}.log"));
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _slice.Dispose();
        _file?.Dispose();
        _log?.Close();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The offset is found, no byte of the batches is read.</summary>
    [Benchmark(Baseline = true)]
    public int Slice()
    {
        var read = Read();
        read.Records!.Dispose();
        return _log!.Partition;
    }

    /// <summary>The rejected alternative above 16 KiB: the same, then a copy for an ordinary send.</summary>
    [Benchmark]
    public int SliceAndCopy()
    {
        var read = Read();
        var bytes = read.Records!.Read(0, _copy.AsSpan(0, read.Records.Length));
        read.Records.Dispose();
        return bytes;
    }

    /// <summary>Measures the copy alone.</summary>
    [Benchmark]
    public int CopyAlone()
    {
        _position = (_position + (37 * BatchBytes)) % (LogBytes - Size);
        return RandomAccess.Read(_file!, _copy.AsSpan(0, Size), _position);
    }

    private LogReadResult Read()
    {
        _offset = (_offset + 997) % (_log!.LogEndOffset - 2000);
        return _log.Read(_offset, Size, FetchIsolation.HighWatermark, minOneMessage: true, _slice);
    }
}
