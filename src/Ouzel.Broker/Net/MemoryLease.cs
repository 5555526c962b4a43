namespace Ouzel.Broker.Net;

/// <summary>Bytes of a lane that somebody holds for as long as it keeps what they stand for: a group's members, a batch that is being unpacked.</summary>
/// <remarks>Grows and shrinks with what it stands for. One owner; only <see cref="Dispose"/> may be called from any thread, and more than once.</remarks>
internal sealed class MemoryLease(MemoryLane lane, long bytes) : IDisposable
{
    private long _bytes = bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Holds <paramref name="bytes"/> from now on. False when the lane does not have what that is more: nothing has changed then.</summary>
    public bool TryResize(long bytes)
    {
        long before = Bytes;
        if (bytes > before && !lane.TryTake(bytes - before))
        {
            return false;
        }

        Interlocked.Exchange(ref _bytes, bytes);
        if (bytes < before)
        {
            lane.Give(before - bytes);
        }

        return true;
    }

    public void Dispose()
    {
        long held = Interlocked.Exchange(ref _bytes, 0);
        if (held > 0)
        {
            lane.Give(held);
        }
    }
}
