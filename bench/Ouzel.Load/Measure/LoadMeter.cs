using System.Diagnostics;

namespace Ouzel.Load;

/// <summary>The end of the run: by time, by bytes, or by the user.</summary>
internal sealed class LoadTotal(long bytesMax, TimeSpan longest, CancellationToken stop)
{
    private long _began;
    private long _bytes;

    public bool IsOver => stop.IsCancellationRequested || Stopwatch.GetElapsedTime(_began) >= longest || (bytesMax > 0 && Interlocked.Read(ref _bytes) >= bytesMax);

    public void Begin() => _began = Stopwatch.GetTimestamp();

    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
}

/// <summary>The work of one connection.</summary>
internal sealed class LoadMeter(LoadTotal total)
{
    public long Requests { get; private set; }

    public long Records { get; private set; }

    public long Bytes { get; private set; }

    public Latencies Latencies { get; } = new();

    public bool IsOver => total.IsOver;

    public void Answered(long sentAt, long records, long bytes)
    {
        Latencies.Add(Stopwatch.GetElapsedTime(sentAt));
        Requests++;
        Records += records;
        Bytes += bytes;
        total.Add(bytes);
    }
}
