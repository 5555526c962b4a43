namespace Ouzel.Storage.Work;

/// <summary>
/// Whether a log directory's disk keeps up. A write into the page cache takes microseconds until the disk pushes back; then it may take seconds, and appends must
/// not keep the threads waiting that serve everybody. While the disk is slow they are queued for the directory's own thread.
/// </summary>
/// <remarks>
/// A sync that takes long is no sign: that of a gigabyte which was written in a second takes seconds, and writes go on beside it.
/// Order is kept: from the first queued append on the disk counts as slow until the queue is empty, so nobody overtakes. Without a clock nothing is measured.
/// </remarks>
internal sealed class DiskPace(BlockingWork work, TimeProvider? clock, Action<TimeSpan> told)
{
    /// <summary>A write that takes longer is a sign that the disk pushes back.</summary>
    private const int SlowWriteMs = 50;

    /// <summary>How long the disk counts as slow after the last sign.</summary>
    private const int CalmMs = 1000;

    /// <summary>Bytes of appends that may be queued in copies of their own.</summary>
    public const int QueuedBytesMax = 32 << 20;

    private readonly Lock _lock = new();
    private volatile bool _isSlow;
    private long _slowAt;
    private long _queuedBytes;
    private int _queued;

    /// <summary>When one of the writes under way began; 0 when none is. Which one does not matter: when a disk hangs, they all do.</summary>
    private long _writingSince;

    /// <summary>Whether the next append has to be queued.</summary>
    public bool IsSlow => IsHanging() || (_isSlow && !HasRecovered());

    /// <summary>Runs an append on the directory's thread, behind those before it. False when too many bytes are queued: nothing will run, and whoever has the bytes queues them where they lie.</summary>
    public bool TryQueue(int bytes, Action append) => Queue(bytes, append, QueuedBytesMax);

    /// <summary>The same without a copy, and so without a bound: the bytes are somebody's who does nothing else until they are written.</summary>
    public void QueueInPlace(Action append) => Queue(0, append, long.MaxValue);

    private bool Queue(int bytes, Action append, long bytesMax)
    {
        lock (_lock)
        {
            if (_queued > 0 && _queuedBytes + bytes > bytesMax)
            {
                return false;
            }

            _queued++;
            _queuedBytes += bytes;
            _isSlow = true;
        }

        work.Start(() =>
        {
            try
            {
                append();
            }
            finally
            {
                lock (_lock)
                {
                    _queued--;
                    _queuedBytes -= bytes;
                }
            }
        });
        return true;
    }

    /// <summary>The beginning of a write, for <see cref="EndWrite"/>.</summary>
    public long BeginWrite()
    {
        var now = clock?.GetTimestamp() ?? 0;
        Interlocked.CompareExchange(ref _writingSince, now, 0);
        return now;
    }

    public void EndWrite(long began)
    {
        Interlocked.CompareExchange(ref _writingSince, 0, began);
        if (clock?.GetElapsedTime(began) is { } took && took.TotalMilliseconds > SlowWriteMs)
        {
            Slow(took);
        }
    }

    /// <summary>A write under way takes long already: its thread is lost until the disk moves, and no other one shall be.</summary>
    private bool IsHanging()
    {
        var since = Volatile.Read(ref _writingSince);
        if (since == 0 || clock!.GetElapsedTime(since) is var took && took.TotalMilliseconds <= SlowWriteMs)
        {
            return false;
        }

        Slow(took);
        return true;
    }

    private void Slow(TimeSpan took)
    {
        bool isNew;
        lock (_lock)
        {
            isNew = !_isSlow;
            _isSlow = true;
            _slowAt = clock!.GetTimestamp();
        }

        if (isNew)
        {
            told(took);
        }
    }

    private bool HasRecovered()
    {
        lock (_lock)
        {
            if (_queued > 0 || clock?.GetElapsedTime(_slowAt).TotalMilliseconds < CalmMs)
            {
                return false;
            }

            _isSlow = false;
            return true;
        }
    }
}
