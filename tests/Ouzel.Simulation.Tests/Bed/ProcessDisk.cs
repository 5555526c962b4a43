using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Simulation.Tests.Bed;

/// <summary>The machine's disk as one life of the broker sees it: gone once that life is over, and the place where it may end.</summary>
internal sealed class ProcessDisk(Scheduler scheduler, Process process, FaultyDisk disk) : Disk
{
    /// <summary>After how many changes the power goes; 0 for not.</summary>
    public int ChangesLeft { get; set; }

    /// <summary>Called when <see cref="ChangesLeft"/> has run out.</summary>
    public Action? PowerGoes { get; set; }

    public override DiskFile OpenFile(string path, DiskOpen mode) => new File(this, Alive(() => disk.OpenFile(path, mode), path, changes: mode != DiskOpen.Existing));

    public override bool Exists(string path) => Alive(() => disk.Exists(path), path);

    public override IReadOnlyList<DiskEntry> ListFiles(string directory) => Alive(() => disk.ListFiles(directory), directory);

    public override IReadOnlyList<string> ListDirectories(string directory) => Alive(() => disk.ListDirectories(directory), directory);

    public override void CreateDirectory(string path) => Change(() => disk.CreateDirectory(path), path);

    public override void Move(string from, string to) => Change(() => disk.Move(from, to), from);

    public override void Delete(string path) => Change(() => disk.Delete(path), path);

    public override void DeleteDirectory(string path) => Change(() => disk.DeleteDirectory(path), path);

    public override void SyncDirectory(string path) => Change(() => disk.SyncDirectory(path), path);

    public override IDisposable? TryLockFile(string path) => Alive(() => disk.TryLockFile(path), path);

    public override DiskSpace Space(string path) => Alive(() => disk.Space(path), path);

    private void Change(Action run, string path) => Alive(() =>
    {
        run();
        return 0;
    }, path, changes: true);

    private T Alive<T>(Func<T> run, string path, bool changes = false)
    {
        if (!scheduler.IsHere("the disk") || process.IsDead)
        {
            throw new DiskException("use", path, DiskException.InputOutputError, "the machine is off");
        }

        var result = run();
        process.KeepsPower |= changes && scheduler.IsInside && path.EndsWith("checkpoint", StringComparison.Ordinal);
        if (changes && !process.KeepsPower && ChangesLeft > 0 && --ChangesLeft == 0)
        {
            PowerGoes?.Invoke();
            throw new DiskException("use", path, DiskException.InputOutputError, "the power went");
        }

        return result;
    }

    /// <summary>
    /// A sync of a segment's file keeps only its own thread waiting, and so do the reads and writes of a compaction: whoever wants runs before and after. Only there, where
    /// whoever works holds no lock that another might want: on the one thread no lock would keep anybody out.
    /// </summary>
    private void OthersRun(string path, bool isSync)
    {
        var isSegment = path.Contains(".log", StringComparison.Ordinal) || path.Contains("index", StringComparison.Ordinal);
        var isStep = process.InSteps switch
        {
            Steps.Sync => isSync && isSegment,
            Steps.Compaction => isSegment && (isSync || path.Contains(".log", StringComparison.Ordinal)),
            _ => false,
        };
        if (isStep)
        {
            scheduler.StepInside(process);
        }
    }

    private sealed class File(ProcessDisk owner, DiskFile inner) : DiskFile
    {
        public override string Path => inner.Path;

        public override long Length => inner.Length;

        public override int Read(long position, Span<byte> buffer)
        {
            Check();
            owner.OthersRun(Path, isSync: false);
            Check();
            return inner.Read(position, buffer);
        }

        public override void Write(long position, ReadOnlySpan<byte> bytes)
        {
            Check();
            inner.Write(position, bytes);
            owner.Change(() => { }, Path);
            owner.OthersRun(Path, isSync: false);
        }

        public override void SetLength(long length) => owner.Change(() => inner.SetLength(length), Path);

        public override void Sync()
        {
            owner.OthersRun(Path, isSync: true);
            owner.Change(inner.Sync, Path);
            owner.OthersRun(Path, isSync: true);
        }

        protected override void Close() => inner.Release();

        private void Check() => owner.Alive(() => 0, Path);
    }
}
