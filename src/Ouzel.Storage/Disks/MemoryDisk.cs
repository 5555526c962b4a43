namespace Ouzel.Storage.Disks;

/// <summary>A file system inside the process: nothing on any real disk, gone with the object. For `--memory` and for tests.</summary>
public class MemoryDisk : Disk
{
    private readonly Lock _gate = new();
    private readonly DirectoryNode _root = new();
    private readonly HashSet<string> _locked = [];
    private readonly TimeProvider _time;

    /// <summary>An empty disk; the clock gives files their time of change.</summary>
    public MemoryDisk(TimeProvider? time = null) => _time = time ?? TimeProvider.System;

    /// <summary>The size of the disk in all, as <see cref="Space"/> tells it.</summary>
    public long CapacityBytes { get; set; } = 1L << 40;

    /// <inheritdoc/>
    public override bool IsLasting => false;

    /// <summary>Files that are open now.</summary>
    public int OpenFileCount { get; private set; }

    private protected Lock Gate => _gate;

    private protected DirectoryNode Root => _root;

    private protected long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc/>
    public override DiskFile OpenFile(string path, DiskOpen mode)
    {
        lock (_gate)
        {
            Opening(path);
            var (parent, name) = ParentOf(path, "open");
            if (!parent.Children.TryGetValue(name, out var node))
            {
                if (mode is DiskOpen.Existing or DiskOpen.Read)
                {
                    throw Missing("open", path);
                }

                node = NewFile();
                parent.Children[name] = node;
                NameChanged(parent);
            }

            if (node is not FileNode file)
            {
                throw new DiskException("open", path, 21, "is a directory");
            }

            if (mode == DiskOpen.Truncate)
            {
                file.SetLength(0);
            }

            OpenFileCount++;
            return new MemoryFile(this, path, file);
        }
    }

    /// <inheritdoc/>
    public override bool Exists(string path)
    {
        lock (_gate)
        {
            return Find(path) != null;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<DiskEntry> ListFiles(string directory)
    {
        lock (_gate)
        {
            return Find(directory) is DirectoryNode found
                ? [.. found.Children.Where(c => c.Value is FileNode).Select(c => new DiskEntry(c.Key, ((FileNode)c.Value).Length, ((FileNode)c.Value).ModifiedMs))]
                : [];
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> ListDirectories(string directory)
    {
        lock (_gate)
        {
            return Find(directory) is DirectoryNode found ? [.. found.Children.Where(c => c.Value is DirectoryNode).Select(c => c.Key)] : [];
        }
    }

    /// <inheritdoc/>
    public override void CreateDirectory(string path)
    {
        lock (_gate)
        {
            var at = _root;
            foreach (var name in Names(path))
            {
                if (!at.Children.TryGetValue(name, out var next))
                {
                    next = new DirectoryNode();
                    at.Children[name] = next;
                    NameChanged(at);
                }

                at = next as DirectoryNode ?? throw new DiskException("create", path, 20, "not a directory");
            }
        }
    }

    /// <inheritdoc/>
    public override void Move(string from, string to)
    {
        lock (_gate)
        {
            var (oldParent, oldName) = ParentOf(from, "rename");
            var (newParent, newName) = ParentOf(to, "rename");
            if (!oldParent.Children.Remove(oldName, out var node))
            {
                throw Missing("rename", from);
            }

            newParent.Children[newName] = node;
            NameChanged(oldParent);
            if (newParent != oldParent)
            {
                NameChanged(newParent);
            }
        }
    }

    /// <inheritdoc/>
    public override void Delete(string path)
    {
        lock (_gate)
        {
            if (Find(path) is not FileNode)
            {
                return;
            }

            var (parent, name) = ParentOf(path, "delete");
            parent.Children.Remove(name);
            NameChanged(parent);
        }
    }

    /// <inheritdoc/>
    public override void DeleteDirectory(string path)
    {
        lock (_gate)
        {
            if (Find(path) is not DirectoryNode)
            {
                return;
            }

            var (parent, name) = ParentOf(path, "delete");
            parent.Children.Remove(name);
            NameChanged(parent);
        }
    }

    /// <inheritdoc/>
    public override void SyncDirectory(string path)
    {
        lock (_gate)
        {
            NamesSynced(Find(path) as DirectoryNode ?? throw Missing("sync", path), path);
        }
    }

    /// <inheritdoc/>
    public override IDisposable? TryLockFile(string path)
    {
        OpenFile(path, DiskOpen.OrCreate).Release();
        lock (_gate)
        {
            return _locked.Add(path) ? new HeldLock(this, path) : null;
        }
    }

    /// <inheritdoc/>
    public override DiskSpace Space(string path)
    {
        lock (_gate)
        {
            return new DiskSpace(CapacityBytes, Math.Max(0, CapacityBytes - UsedBytes(_root)));
        }
    }

    /// <summary>Called under the gate after a name in the directory came, went or changed.</summary>
    private protected virtual void NameChanged(DirectoryNode directory)
    {
    }

    private protected virtual void NamesSynced(DirectoryNode directory, string path)
    {
    }

    /// <summary>Called under the gate before a file is opened.</summary>
    private protected virtual void Opening(string path)
    {
    }

    private protected virtual FileNode NewFile() => new() { ModifiedMs = NowMs };

    private protected virtual void WriteTo(FileNode file, string path, long position, ReadOnlySpan<byte> bytes)
    {
        file.Write(position, bytes);
        file.ModifiedMs = NowMs;
    }

    private protected virtual void ResizeTo(FileNode file, string path, long length) => file.SetLength(length);

    private protected virtual void SyncOf(FileNode file, string path)
    {
    }

    private protected virtual int ReadFrom(FileNode file, string path, long position, Span<byte> buffer) => file.Read(position, buffer);

    /// <summary>Forgets who holds locks, as a machine that was switched off does.</summary>
    private protected void DropLocks() => _locked.Clear();

    private protected static DiskException Missing(string operation, string path) =>
        new(operation, path, DiskException.NotFound, "no such file or directory");

    private protected object? Find(string path)
    {
        object? at = _root;
        foreach (var name in Names(path))
        {
            if (at is not DirectoryNode directory || !directory.Children.TryGetValue(name, out at))
            {
                return null;
            }
        }

        return at;
    }

    /// <summary>Relative paths begin at the root, which is also what "." names.</summary>
    private static string[] Names(string path) => Array.FindAll(path.Split('/', StringSplitOptions.RemoveEmptyEntries), name => name != ".");

    private (DirectoryNode Parent, string Name) ParentOf(string path, string operation)
    {
        var cut = path.TrimEnd('/').LastIndexOf('/');
        var name = path.TrimEnd('/')[(cut + 1)..];
        return Find(cut <= 0 ? "" : path[..cut]) is DirectoryNode parent ? (parent, name) : throw Missing(operation, path);
    }

    private static long UsedBytes(DirectoryNode directory) =>
        directory.Children.Values.Sum(c => c is DirectoryNode inner ? UsedBytes(inner) : ((FileNode)c).Length);

    private protected sealed class DirectoryNode
    {
        public Dictionary<string, object> Children { get; set; } = [];
    }

    private sealed class HeldLock(MemoryDisk disk, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (disk._gate)
            {
                disk._locked.Remove(path);
            }
        }
    }

    private sealed class MemoryFile(MemoryDisk disk, string path, FileNode node) : DiskFile
    {
        public override string Path => path;

        public override long Length
        {
            get
            {
                lock (disk._gate)
                {
                    return node.Length;
                }
            }
        }

        public override int Read(long position, Span<byte> buffer)
        {
            lock (disk._gate)
            {
                return disk.ReadFrom(node, path, position, buffer);
            }
        }

        public override void Write(long position, ReadOnlySpan<byte> bytes)
        {
            lock (disk._gate)
            {
                disk.WriteTo(node, path, position, bytes);
            }
        }

        public override void SetLength(long length)
        {
            lock (disk._gate)
            {
                disk.ResizeTo(node, path, length);
            }
        }

        public override void Sync() => disk.SyncOf(node, path);

        protected override void Close()
        {
            lock (disk._gate)
            {
                disk.OpenFileCount--;
            }
        }
    }
}
