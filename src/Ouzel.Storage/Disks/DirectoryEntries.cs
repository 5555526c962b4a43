namespace Ouzel.Storage.Disks;

/// <summary>
/// The names of the partitions' directories in a log directory. Creating a partition does not sync its name (the cluster's metadata creates it again if it is
/// lost); the first commit of that partition does, and with it the names of all made before.
/// </summary>
internal sealed class DirectoryEntries(Disk disk, string path)
{
    private readonly Lock _syncLock = new();
    private long _made;
    private long _synced;

    /// <summary>To be called after a directory was made; the number to ask for its durability with.</summary>
    public long Made() => Interlocked.Increment(ref _made);

    /// <summary>Returns when the name with this number is durable.</summary>
    public void EnsureDurable(long number)
    {
        lock (_syncLock)
        {
            if (_synced >= number)
            {
                return;
            }

            var made = Interlocked.Read(ref _made);
            disk.SyncDirectory(path);
            _synced = made;
        }
    }
}
