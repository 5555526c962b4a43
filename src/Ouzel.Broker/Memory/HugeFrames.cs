namespace Ouzel.Broker.Memory;

/// <summary>The arrays of huge frames: a few are kept for the next, within what the lane has free.</summary>
/// <remarks>
/// Not the shared pool: it would round 100 MiB up to 128 and keep any number of them. What is let go is garbage until a collection of the
/// whole heap, which a program that allocates little hardly ever has; so one is asked for when as much has been let go as the lane may hold.
/// </remarks>
internal sealed class HugeFrames(MemoryLane lane)
{
    private const int StepBytes = 1 << 20;
    private const long GarbageBytesMin = 16L << 20;

    private readonly Lock _gate = new();
    private readonly List<byte[]> _kept = [];
    private long _keptBytes;
    private long _garbageBytes;
    private bool _usedLately;

    /// <summary>Kept for the next.</summary>
    public long KeptBytes
    {
        get
        {
            lock (_gate)
            {
                return _keptBytes;
            }
        }
    }

    /// <summary>An array of at least <paramref name="length"/> bytes, which the lane has granted.</summary>
    public byte[] Rent(int length)
    {
        bool collect;
        lock (_gate)
        {
            _usedLately = true;
            var best = -1;
            for (var i = 0; i < _kept.Count; i++)
            {
                if (_kept[i].Length >= length && _kept[i].Length / 2 <= length && (best < 0 || _kept[i].Length < _kept[best].Length))
                {
                    best = i;
                }
            }

            if (best >= 0)
            {
                var found = _kept[best];
                _kept.RemoveAt(best);
                _keptBytes -= found.Length;
                return found;
            }

            LetGo(room: lane.BytesMax - lane.Taken);
            collect = TakeGarbage();
        }

        Collect(collect);
        return GC.AllocateUninitializedArray<byte>((int)Math.Min(Array.MaxLength, ((long)length + StepBytes - 1) / StepBytes * StepBytes));
    }

    /// <summary>Called before the lane gets its bytes back.</summary>
    public void Return(byte[] array)
    {
        bool collect;
        lock (_gate)
        {
            _kept.Add(array);
            _keptBytes += array.Length;
            LetGo(room: lane.BytesMax - lane.Taken + array.Length);
            collect = TakeGarbage();
        }

        Collect(collect);
    }

    /// <summary>Lets everything go that nobody needed since the last call.</summary>
    public void Trim()
    {
        bool collect;
        lock (_gate)
        {
            if (!_usedLately)
            {
                LetGo(room: 0);
            }

            _usedLately = false;
            collect = TakeGarbage(all: true);
        }

        Collect(collect);
    }

    private void LetGo(long room)
    {
        while (_kept.Count > 0 && _keptBytes > room)
        {
            _keptBytes -= _kept[0].Length;
            _garbageBytes += _kept[0].Length;
            _kept.RemoveAt(0);
        }
    }

    private bool TakeGarbage(bool all = false)
    {
        if (_garbageBytes == 0 || (!all && _garbageBytes < Math.Max(GarbageBytesMin, lane.BytesMax / 4)))
        {
            return false;
        }

        _garbageBytes = 0;
        return true;
    }

    private static void Collect(bool wanted)
    {
        if (wanted)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
