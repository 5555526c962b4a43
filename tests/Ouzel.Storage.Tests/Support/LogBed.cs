using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Protocol;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage.Tests.Support;

/// <summary>One partition's log on a disk of the test's choice.</summary>
internal sealed class LogBed
{
    public const string Directory = "/logs/t-0";
    public static readonly TopicPartition Partition = new("t", 0);

    private readonly LogContext _context;

    public LogBed(LogOptions? options = null, Disk? disk = null)
    {
        Disk = disk ?? new MemoryDisk();
        Options = options ?? LogOptions.Default;
        _context = new LogContext(Disk, new StorageOptions { Directories = ["/logs"], ClusterId = "c", NodeId = 1 }, new Random(7), NullLogger.Instance);
        Log = LogLoader.Create(_context, Directory, Partition, Uuid.Random(new Random(3)), Options, NowMs);
    }

    public Disk Disk { get; }
    public LogOptions Options { get; set; }
    public PartitionLog Log { get; private set; }
    public long NowMs { get; set; } = Batches.Start;

    public LogAppendResult Append(byte[] batch, LogAppendOrigin origin = LogAppendOrigin.Client, int epoch = 0)
    {
        var result = Log.AppendAsLeader(batch, epoch, origin, NowMs);
        Log.HighWatermark = Log.LogEndOffset;
        return result;
    }

    public long AppendOk(byte[] batch, LogAppendOrigin origin = LogAppendOrigin.Client, int epoch = 0)
    {
        var result = Append(batch, origin, epoch);
        Assert.Equal(ErrorCode.None, result.Error);
        return result.BaseOffset;
    }

    public PartitionLog Reopen(bool clean = true, long recoveryPoint = 0, long logStart = 0, bool close = true)
    {
        if (close)
        {
            Log.Close();
        }

        return Log = LogLoader.Open(_context, Directory, Partition, Options, new LogCheckpoint(clean, recoveryPoint, logStart, long.MaxValue), NowMs);
    }

    public List<(long BaseOffset, string[] Values)> Read(long offset, int bytesMax = int.MaxValue, FetchIsolation isolation = FetchIsolation.LogEnd)
    {
        var result = Log.Read(offset, bytesMax, isolation, minOneMessage: true);
        Assert.Equal(ErrorCode.None, result.Error);
        using var slice = result.Records;
        return slice == null ? [] : Batches.Decode(slice.ToArray());
    }

    /// <summary>Everything from the offset on, fetch by fetch.</summary>
    public List<string> Values(long offset = 0, FetchIsolation isolation = FetchIsolation.LogEnd)
    {
        var values = new List<string>();
        for (var batches = Read(offset, isolation: isolation); batches.Count > 0; batches = Read(offset, isolation: isolation))
        {
            values.AddRange(batches.SelectMany(b => b.Values));
            offset = batches[^1].BaseOffset + batches[^1].Values.Length;
        }

        return values;
    }

    public string[] Files() => [.. Disk.ListFiles(Directory).Select(f => f.Name).Order(StringComparer.Ordinal)];
}
