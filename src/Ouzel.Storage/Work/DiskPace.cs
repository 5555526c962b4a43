namespace Ouzel.Storage.Work;

/// <summary>
/// The pace of a log directory's disk: does it keep up? A write into the page cache takes microseconds until the disk pushes back; then it may take seconds,
/// and appends must not keep the threads waiting that serve everybody. While the disk is slow they are queued for the directory's own thread.
/// </summary>
/// <remarks>
/// A sync that takes long is no sign: that of a gigabyte which was written in a second takes seconds, and writes go on beside it.
/// Order is kept: from the first queued append on the disk counts as slow until the queue is empty, so nobody overtakes. Without a clock nothing is measured.
/// </remarks>
internal sealed class DiskPace(BlockingWork work, TimeProvider? clock, Action<TimeSpan> told)
{
    /// <summary>A write that takes longer is a sign that the disk pushes back.</summary>
    private const int SlowWriteMs = 50;

    /// <summary>The time that the disk counts as slow after the last sign.</summary>
    private const int CalmMs = 1000;

    /// <summary>Bytes of appends that may be queued in copies of their own.</summary>
    public const int QueuedBytesMax = 32 << 20;

    /// <summary>Writes under way that are watched: a few for each processor, and a power of two.</summary>
    private const int WritesSeenMax = 16;

    private readonly Lock _lock = new();
    private volatile bool _isSlow;
    private long _slowAt;
    private long _queuedBytes;
    private int _queued;

    /// <summary>
    /// The begins of the writes under way, 0 where there is none: each has a place of its own, so that one that ends does not hide one that hangs.
    /// </summary>
    /// <remarks>Writes beyond so many go unseen: when as many hang, that is noticed already.</remarks>
    private readonly long[] _writingSince = new long[WritesSeenMax];

    /// <summary>True when the next append has to be queued.</summary>
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
    public DiskWrite BeginWrite()
    {
        if (clock is null)
        {
            return new DiskWrite(0, -1);
        }

        var now = Math.Max(clock.GetTimestamp(), 1);
        var first = Environment.CurrentManagedThreadId;
        for (var i = 0; i < WritesSeenMax; i++)
        {
            var place = (first + i) & (WritesSeenMax - 1);
            if (_writingSince[place] == 0 && Interlocked.CompareExchange(ref _writingSince[place], now, 0) == 0)
            {
                return new DiskWrite(now, place);
            }
        }

        return new DiskWrite(now, -1);
    }

    public void EndWrite(DiskWrite write)
    {
        if (write.Place >= 0)
        {
            Volatile.Write(ref _writingSince[write.Place], 0);
        }

        if (clock?.GetElapsedTime(write.Began) is { } took && took.TotalMilliseconds > SlowWriteMs)
        {
            Slow(took);
        }
    }

    /// <summary>A write under way takes long already: its thread is lost until the disk moves, and no other one shall be.</summary>
    private bool IsHanging()
    {
        var since = Oldest();
        if (since == 0 || clock!.GetElapsedTime(since) is var took && took.TotalMilliseconds <= SlowWriteMs)
        {
            return false;
        }

        Slow(took);
        return true;
    }

    /// <summary>The begin of the oldest of the writes under way; 0 when there is none.</summary>
    private long Oldest()
    {
        var oldest = 0L;
        for (var i = 0; i < WritesSeenMax; i++)
        {
            var since = Volatile.Read(ref _writingSince[i]);
            oldest = since != 0 && (oldest == 0 || since < oldest) ? since : oldest;
        }

        return oldest;
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

/// <summary>A write under way.</summary>
/// <param name="Began">A timestamp of the pace's clock.</param>
/// <param name="Place">Where it is noted, -1 where it is not.</param>
internal readonly record struct DiskWrite(long Began, int Place);
