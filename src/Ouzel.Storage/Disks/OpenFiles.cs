namespace Ouzel.Storage.Disks;

/// <summary>
/// The files of a disk that are open because somebody used them lately, held to a number: the one that was not used for longest is let go for the next (by
/// second chance: using a file sets a flag and takes no lock). Files in use stay open, so the number is exceeded while more than that are in use at one time.
/// </summary>
internal sealed class OpenFiles
{
    /// <summary>The number of files let go when the system has no descriptor left.</summary>
    public const int LetGoWhenExhausted = 64;

    /// <summary>The most files that one search looks at; the first half are passed over when they were used since the last look.</summary>
    private const int LooksMax = 1024;

    private readonly Lock _lock = new();
    private readonly LinkedList<FileOnDemand> _open = new();

    /// <summary>The most files that are kept open without being in use.</summary>
    public int Max { get; set; } = int.MaxValue;

    /// <summary>Files open now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _open.Count;
            }
        }
    }

    public void Add(LinkedListNode<FileOnDemand> file)
    {
        lock (_lock)
        {
            _open.AddLast(file);
        }
    }

    public void Remove(LinkedListNode<FileOnDemand> file)
    {
        lock (_lock)
        {
            if (file.List != null)
            {
                _open.Remove(file);
            }
        }
    }

    /// <summary>Lets files go until one more may be opened.</summary>
    public void MakeRoom()
    {
        while (Count >= Max && TryLetGoOne())
        {
        }
    }

    /// <summary>Lets up to that many go; false when there was none.</summary>
    public bool LetGo(int count)
    {
        var done = 0;
        while (done < count && TryLetGoOne())
        {
            done++;
        }

        return done > 0;
    }

    private bool TryLetGoOne()
    {
        var looks = Math.Min(2 * Count, LooksMax);
        for (var look = 0; look < looks; look++)
        {
            FileOnDemand candidate;
            lock (_lock)
            {
                if (_open.First is not { } oldest)
                {
                    return false;
                }

                _open.Remove(oldest);
                _open.AddLast(oldest);
                candidate = oldest.Value;
            }

            if ((look >= looks / 2 || !candidate.TakeUsed()) && candidate.TryLetGo(syncFirst: true))
            {
                return true;
            }
        }

        return false;
    }
}
