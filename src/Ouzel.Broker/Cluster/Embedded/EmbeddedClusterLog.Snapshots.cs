namespace Ouzel.Broker.Cluster.Embedded;

internal sealed partial class EmbeddedClusterLog
{
    public ValueTask<ClusterSnapshot?> LatestSnapshotAsync(CancellationToken cancellation) =>
        new(_snapshots.Count == 0 ? null : _snapshots[^1].Read(_disk, _path)?.Snapshot);

    public ValueTask SnapshotAsync(ClusterSnapshot snapshot, CancellationToken cancellation)
    {
        if (snapshot.OffsetNext > _offsetNext)
        {
            throw new InvalidOperationException($"A snapshot of offset {snapshot.OffsetNext} when the log ends at {_offsetNext}");
        }

        if (_snapshots.Count > 0 && _snapshots[^1].OffsetNext >= snapshot.OffsetNext)
        {
            return ValueTask.CompletedTask;
        }

        var bytes = SnapshotFile.Write(snapshot, _voters, NowMs);
        var file = new SnapshotFile(snapshot.OffsetNext, snapshot.Epoch, bytes.Length, NowMs);
        _disk.ReplaceFile($"{_path}/{file.Name}", bytes);
        _snapshots.Add(file);
        BytesSinceSnapshot = 0;
        return ValueTask.CompletedTask;
    }

    /// <summary>Oldest snapshots go while there is too much or they are too old; the log then begins where the oldest one left ends. The newest always stays.</summary>
    public ValueTask PruneAsync(CancellationToken cancellation)
    {
        var nowMs = NowMs;
        var removed = false;
        while (_snapshots.Count > 1 && (TotalBytes() > _options.RetentionBytes || nowMs - _snapshots[0].ModifiedMs > _options.RetentionMs))
        {
            // The log's start moves first: a crash in between leaves one snapshot too many, not one too few.
            _log.MaybeIncrementStart(_snapshots[1].OffsetNext);
            _disk.Delete($"{_path}/{_snapshots[0].Name}");
            _snapshots.RemoveAt(0);
            removed = true;
        }

        if (removed)
        {
            _disk.SyncDirectory(_path);
            _log.RunRetention(nowMs);
        }

        return ValueTask.CompletedTask;
    }

    private long TotalBytes() => _log.SizeBytes + _snapshots.Sum(snapshot => snapshot.Bytes);
}
