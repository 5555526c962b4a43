namespace Ouzel.Storage;

/// <summary>
/// Whether a log directory's disk keeps up. A write into the page cache takes microseconds until the disk pushes back; then it may take seconds, and appends must
/// not keep the threads waiting that serve everybody. While the disk is slow they are queued for the directory's own thread.
/// </summary>
/// <remarks>
/// Order is kept: from the first queued append on the disk counts as slow until the queue is empty, so nobody overtakes. Without a clock nothing is measured.
/// </remarks>
internal sealed class DiskPace(BlockingWork work, TimeProvider? clock, Action<TimeSpan> told)
{
    /// <summary>A write that takes longer is a sign that the disk pushes back.</summary>
    private const int SlowWriteMs = 20;

    /// <summary>Syncs may take long on a slow disk without holding up writes; after so long without the end of one, writes are about to wait as well.</summary>
    private const int StalledSyncMs = 500;

    /// <summary>How long the disk counts as slow after the last sign.</summary>
    private const int CalmMs = 1000;

    /// <summary>Bytes of appends that may be queued.</summary>
    public const int QueuedBytesMax = 32 << 20;

    private readonly Lock _lock = new();
    private volatile bool _isSlow;
    private long _slowAt;
    private long _queuedBytes;
    private int _queued;
    private int _syncs;
    private long _syncAt;

    /// <summary>Whether the next append has to be queued.</summary>
    public bool IsSlow
    {
        get
        {
            if (_isSlow)
                return !HasRecovered();
            if (Volatile.Read(ref _syncs) == 0 || !IsSyncStalled(out var took))
                return false;
            Slow(took);
            return true;
        }
    }

    /// <summary>Runs an append on the directory's thread, behind those before it. False when too many bytes are queued: nothing will run.</summary>
    public bool TryQueue(int bytes, Action append)
    {
        lock (_lock)
        {
            if (_queued > 0 && _queuedBytes + bytes > QueuedBytesMax)
                return false;
            _queued++;
            _queuedBytes += bytes;
            _isSlow = true;
        }
        work.Start(() =>
        {
            append();
            lock (_lock)
            {
                _queued--;
                _queuedBytes -= bytes;
            }
        });
        return true;
    }

    /// <summary>The beginning of a write, for <see cref="EndWrite"/>.</summary>
    public long BeginWrite() => clock?.GetTimestamp() ?? 0;

    public void EndWrite(long began)
    {
        if (clock?.GetElapsedTime(began) is { } took && took.TotalMilliseconds > SlowWriteMs)
            Slow(took);
    }

    public void BeginSync()
    {
        if (Interlocked.Increment(ref _syncs) == 1 && clock != null)
            Volatile.Write(ref _syncAt, clock.GetTimestamp());
    }

    public void EndSync()
    {
        if (clock != null)
            Volatile.Write(ref _syncAt, clock.GetTimestamp());
        Interlocked.Decrement(ref _syncs);
    }

    private bool IsSyncStalled(out TimeSpan took)
    {
        took = clock?.GetElapsedTime(Volatile.Read(ref _syncAt)) ?? default;
        return took.TotalMilliseconds > StalledSyncMs;
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
            told(took);
    }

    private bool HasRecovered()
    {
        lock (_lock)
        {
            if (_queued > 0 || (_syncs > 0 && IsSyncStalled(out _)) || clock?.GetElapsedTime(_slowAt).TotalMilliseconds < CalmMs)
                return false;
            _isSlow = false;
            return true;
        }
    }
}
