using Ouzel.Storage.Disks;

namespace Ouzel.Testing;

/// <summary>
/// A memory disk that behaves as badly as a real one may: a power loss drops what was not synced (bytes, and names without a directory sync), tears the writes
/// that were under way, and writes and syncs fail on demand. All chances come from the given random source, so that a run can be repeated.
/// </summary>
public sealed class FaultyDisk(Random random, TimeProvider? time = null) : MemoryDisk(time)
{
    private const int PageBytes = 4096;
    private const int TooManyOpenFiles = 24;
    private readonly Dictionary<DirectoryNode, List<Dictionary<string, object>>> _unsyncedNames = [];
    private readonly Dictionary<DirectoryNode, Dictionary<string, object>> _durableNames = [];

    /// <inheritdoc/>
    public override bool IsLasting => true;

    /// <summary>Bytes that may still be added to files before writes fail with ENOSPC; null for no limit.</summary>
    public long? SpaceLeftBytes { get; set; }

    /// <summary>The number of next syncs of files that fail with EIO; what they should have saved may be lost although it still reads.</summary>
    public int SyncFailures { get; set; }

    /// <summary>The number of next writes that fail with EIO after a part of their bytes.</summary>
    public int WriteFailures { get; set; }

    /// <summary>The most files that may be open at one time; opening another fails with EMFILE.</summary>
    public int DescriptorsMax { get; set; } = int.MaxValue;

    /// <summary>The number of next syncs of directories that fail with EMFILE: they open a descriptor of their own.</summary>
    public int DirectorySyncFailures { get; set; }

    /// <summary>Called with the path before each sync of a file, outside all locks: to make it slow, or to crash there.</summary>
    public Action<string>? BeforeSync { get; set; }

    /// <summary>Called with the path before each write, resize, rename and directory sync: to count steps and crash at one.</summary>
    public Action<string>? BeforeChange { get; set; }

    /// <summary>Thrown by everything from now on: the machine has stopped, and code that goes on after the first throw changes nothing any more. A loss of power ends it.</summary>
    public Exception? Stopped { get; set; }

    /// <summary>Syncs of files so far.</summary>
    public int Syncs { get; private set; }

    /// <summary>Switches the machine off and on: what was not synced survives by chance only. Files that were open before write into nothing.</summary>
    public void PowerLoss()
    {
        lock (Gate)
        {
            Stopped = null;
            Root.Children = Survivors(Root, []);
            _unsyncedNames.Clear();
            _durableNames.Clear();
            Remember(Root);
            DropLocks();
        }
    }

    /// <summary>The process dies but the machine lives: everything written is there, locks are free.</summary>
    public void DropProcess()
    {
        lock (Gate)
        {
            DropLocks();
        }
    }

    /// <inheritdoc/>
    public override void Move(string from, string to)
    {
        ThrowIfStopped();
        base.Move(from, to);
    }

    /// <inheritdoc/>
    public override void Delete(string path)
    {
        ThrowIfStopped();
        base.Delete(path);
    }

    /// <inheritdoc/>
    public override void CreateDirectory(string path)
    {
        ThrowIfStopped();
        base.CreateDirectory(path);
    }

    private protected override void Opening(string path)
    {
        ThrowIfStopped();
        if (OpenFileCount >= DescriptorsMax)
        {
            throw new DiskException("open", path, TooManyOpenFiles, "too many open files (injected)");
        }
    }

    private protected override FileNode NewFile() => new FaultyNode { ModifiedMs = NowMs };

    private protected override void NameChanged(DirectoryNode directory)
    {
        if (!_durableNames.ContainsKey(directory))
        {
            _durableNames[directory] = [];
        }

        if (!_unsyncedNames.TryGetValue(directory, out var states))
        {
            _unsyncedNames[directory] = states = [];
        }

        states.Add(new Dictionary<string, object>(directory.Children));
    }

    private protected override void NamesSynced(DirectoryNode directory, string path)
    {
        ThrowIfStopped();
        BeforeChange?.Invoke(path);
        if (DirectorySyncFailures > 0)
        {
            DirectorySyncFailures--;
            throw new DiskException("open", path, TooManyOpenFiles, "too many open files (injected)");
        }

        _durableNames[directory] = new Dictionary<string, object>(directory.Children);
        _unsyncedNames.Remove(directory);
    }

    private protected override void WriteTo(FileNode file, string path, long position, ReadOnlySpan<byte> bytes)
    {
        ThrowIfStopped();
        BeforeChange?.Invoke(path);
        var added = Math.Max(0, position + bytes.Length - file.Length);
        if (WriteFailures > 0)
        {
            WriteFailures--;
            Record((FaultyNode)file, position, bytes[..random.Next(bytes.Length + 1)]);
            throw new DiskException("write", path, DiskException.InputOutputError, "input/output error (injected)");
        }

        if (SpaceLeftBytes < added)
        {
            Record((FaultyNode)file, position, bytes[..(int)(bytes.Length - (added - SpaceLeftBytes.Value))]);
            SpaceLeftBytes = 0;
            throw new DiskException("write", path, DiskException.OutOfSpace, "no space left on device (injected)");
        }

        SpaceLeftBytes -= added;
        Record((FaultyNode)file, position, bytes);
    }

    private protected override void ResizeTo(FileNode file, string path, long length)
    {
        ThrowIfStopped();
        BeforeChange?.Invoke(path);
        file.SetLength(length);
        ((FaultyNode)file).Unsynced.Add(new Change(length, null));
    }

    private protected override void SyncOf(FileNode file, string path)
    {
        ThrowIfStopped();
        BeforeSync?.Invoke(path);
        lock (Gate)
        {
            Syncs++;
            var node = (FaultyNode)file;
            if (SyncFailures > 0)
            {
                SyncFailures--;
                node.Unsynced.RemoveAll(c => c.Bytes != null && random.Next(2) == 0); // the kernel gives up on dirty pages once it has told the error
                throw new DiskException("sync", path, DiskException.InputOutputError, "input/output error (injected)");
            }

            node.Unsynced.ForEach(c => c.ApplyTo(node.Durable));
            node.Unsynced.Clear();
        }
    }

    private void ThrowIfStopped()
    {
        if (Stopped is { } stopped)
        {
            throw stopped;
        }
    }

    private void Record(FaultyNode file, long position, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0)
        {
            return;
        }

        file.Write(position, bytes);
        file.ModifiedMs = NowMs;
        file.Unsynced.Add(new Change(position, bytes.ToArray()));
    }

    private Dictionary<string, object> Survivors(DirectoryNode directory, Dictionary<FaultyNode, FaultyNode> files)
    {
        var names = _durableNames.GetValueOrDefault(directory) ?? [];
        if (_unsyncedNames.TryGetValue(directory, out var states) && random.Next(states.Count + 1) is var kept and > 0)
        {
            names = states[kept - 1];
        }

        var survivors = new Dictionary<string, object>();
        foreach (var (name, node) in names)
        {
            if (node is DirectoryNode inner)
            {
                survivors[name] = new DirectoryNode { Children = Survivors(inner, files) };
            }
            else if (node is FaultyNode file)
            {
                survivors[name] = files.TryGetValue(file, out var copy) ? copy : files[file] = AfterPowerLoss(file);
            }
        }

        return survivors;
    }

    private FaultyNode AfterPowerLoss(FaultyNode file)
    {
        var node = new FaultyNode { ModifiedMs = file.ModifiedMs };
        node.CopyFrom(file.Durable);
        if (random.Next(2) == 0)
        {
            var kept = random.Next(file.Unsynced.Count + 1);
            file.Unsynced.Take(kept).ToList().ForEach(c => c.ApplyTo(node));
            if (kept < file.Unsynced.Count)
            {
                file.Unsynced[kept].Torn(random).ApplyTo(node);
            }
        }
        else
        {
            foreach (var page in file.Unsynced.SelectMany(c => c.Pages(PageBytes)).Where(_ => random.Next(2) == 0))
            {
                page.ApplyTo(node);
            }
        }

        node.Durable.CopyFrom(node);
        return node;
    }

    private void Remember(DirectoryNode directory)
    {
        _durableNames[directory] = new Dictionary<string, object>(directory.Children);
        foreach (var inner in directory.Children.Values.OfType<DirectoryNode>())
        {
            Remember(inner);
        }
    }

    private sealed class FaultyNode : FileNode
    {
        public SparseBytes Durable { get; } = new();
        public List<Change> Unsynced { get; } = [];
    }

    /// <summary>A write at a position, or without bytes a new length.</summary>
    private readonly record struct Change(long Position, byte[]? Bytes)
    {
        public void ApplyTo(SparseBytes content)
        {
            if (Bytes == null)
            {
                content.SetLength(Position);
            }
            else
            {
                content.Write(Position, Bytes);
            }
        }

        public Change Torn(Random random) => Bytes == null ? this : new Change(Position, Bytes[..random.Next(Bytes.Length + 1)]);

        public IEnumerable<Change> Pages(int pageBytes)
        {
            if (Bytes == null)
            {
                yield return this;
                yield break;
            }

            for (var at = 0; at < Bytes.Length;)
            {
                var part = (int)Math.Min(pageBytes - ((Position + at) % pageBytes), Bytes.Length - at);
                yield return new Change(Position + at, Bytes[at..(at + part)]);
                at += part;
            }
        }
    }
}
