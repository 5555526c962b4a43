using System.Collections.Concurrent;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage.Tests.Support;

/// <summary>A use of a disk.</summary>
internal enum DiskStep
{
    Open,
    Read,
    Write,
    Sync,
    Move,
}

/// <summary>
/// A disk at whose steps a test does something else, on the thread that takes the step: what it starts there on another thread comes between two instructions of the
/// product, and comes there each time. A file that is used after its last holder let go of it is noted.
/// </summary>
internal sealed class WatchedDisk(Disk disk) : Disk
{
    private readonly Lock _lock = new();
    private readonly List<Watch> _watches = [];

    /// <summary>Once, before the first such step of a path with this ending; of a rename the path is the old one.</summary>
    public void Before(DiskStep step, string ending, Action work) => Add(new Watch(step, ending, false, work));

    /// <summary>Once, behind the first such step.</summary>
    public void Behind(DiskStep step, string ending, Action work) => Add(new Watch(step, ending, true, work));

    /// <summary>True when everything that was to be done has been.</summary>
    public bool IsThrough
    {
        get
        {
            lock (_lock)
            {
                return _watches.Count == 0;
            }
        }
    }

    /// <summary>Files that were used after they were closed.</summary>
    public ConcurrentQueue<string> Misused { get; } = new();

    public override DiskFile OpenFile(string path, DiskOpen mode) => Watched(DiskStep.Open, path, () => new File(this, disk.OpenFile(path, mode)));

    public override bool Exists(string path) => disk.Exists(path);

    public override IReadOnlyList<DiskEntry> ListFiles(string directory) => disk.ListFiles(directory);

    public override IReadOnlyList<string> ListDirectories(string directory) => disk.ListDirectories(directory);

    public override void CreateDirectory(string path) => disk.CreateDirectory(path);

    public override void Move(string from, string to) => Watched(DiskStep.Move, from, () =>
    {
        disk.Move(from, to);
        return true;
    });

    public override void Delete(string path) => disk.Delete(path);

    public override void DeleteDirectory(string path) => disk.DeleteDirectory(path);

    public override void SyncDirectory(string path) => disk.SyncDirectory(path);

    public override IDisposable? TryLockFile(string path) => disk.TryLockFile(path);

    public override DiskSpace Space(string path) => disk.Space(path);

    private void Add(Watch watch)
    {
        lock (_lock)
        {
            _watches.Add(watch);
        }
    }

    private T Watched<T>(DiskStep step, string path, Func<T> take)
    {
        Run(step, path, isBehind: false);
        var result = take();
        Run(step, path, isBehind: true);
        return result;
    }

    private void Run(DiskStep step, string path, bool isBehind)
    {
        Watch? found;
        lock (_lock)
        {
            found = _watches.Find(w => w.Step == step && w.IsBehind == isBehind && path.EndsWith(w.Ending, StringComparison.Ordinal));
            if (found is null)
            {
                return;
            }

            _watches.Remove(found);
        }

        found.Work();
    }

    private sealed record Watch(DiskStep Step, string Ending, bool IsBehind, Action Work);

    private sealed class File(WatchedDisk disk, DiskFile file) : DiskFile
    {
        private volatile bool _isClosed;

        public override string Path => file.Path;

        public override long Length => Open.Length;

        private DiskFile Open
        {
            get
            {
                if (_isClosed)
                {
                    disk.Misused.Enqueue(file.Path);
                }

                return file;
            }
        }

        public override int Read(long position, Span<byte> buffer)
        {
            disk.Run(DiskStep.Read, file.Path, isBehind: false);
            var read = Open.Read(position, buffer);
            disk.Run(DiskStep.Read, file.Path, isBehind: true);
            return read;
        }

        public override void Write(long position, ReadOnlySpan<byte> bytes)
        {
            disk.Run(DiskStep.Write, file.Path, isBehind: false);
            Open.Write(position, bytes);
            disk.Run(DiskStep.Write, file.Path, isBehind: true);
        }

        public override void SetLength(long length) => Open.SetLength(length);

        public override void Sync() => disk.Watched(DiskStep.Sync, file.Path, () =>
        {
            Open.Sync();
            return true;
        });

        protected override void Close()
        {
            _isClosed = true;
            file.Release();
        }
    }
}
