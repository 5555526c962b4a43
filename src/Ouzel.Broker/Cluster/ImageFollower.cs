namespace Ouzel.Broker.Cluster;

/// <summary>
/// Follows the cluster's log: reads what is committed, folds it, and shows the image to this node. Every node has one, whether it controls the cluster or not.
/// </summary>
/// <remarks>One caller at a time: the loop of a node that follows, or the controller while it is active on this node.</remarks>
internal sealed class ImageFollower(IClusterLog log, MetadataCache cache)
{
    private const int RecordsPerRead = 10_000;

    private readonly List<IClusterListener> _listeners = [];

    /// <summary>The fold of what was read; null while a controller of this node goes on from it, and until it is read again.</summary>
    private ClusterReplay? _replay;

    /// <summary>Adds a listener; before anything is shown, in the order in which they are told.</summary>
    public void Subscribe(IClusterListener listener) => _listeners.Add(listener);

    /// <summary>
    /// Shows listeners everything there is: what was <paramref name="found"/> before, if the log ends there; else the newest snapshot and the log behind it are read.
    /// </summary>
    public async ValueTask LoadAsync(MetadataFold? found, CancellationToken cancellation)
    {
        if (found is { Replay.InTransaction: false } && found.Replay.OffsetNext == log.OffsetNext && found.Delta.After.ClusterId == log.ClusterId)
        {
            _replay = found.Replay;
            await ShowAsync(found.Delta);
            return;
        }

        await ReadAsync(cancellation);
        if (!_replay!.InTransaction)
        {
            await ShowAsync(_replay.Complete());
        }
    }

    /// <summary>Reads what was committed since it was read last, and shows it. Of a change that is not whole yet nothing is seen.</summary>
    /// <remarks>Where the log no longer holds what comes next, the newest snapshot is shown as one change of the image that was shown last, and what stands behind it as the next.</remarks>
    /// <exception cref="InvalidDataException">The log no longer holds what comes next, and no snapshot reaches behind it.</exception>
    public async ValueTask CatchUpAsync(CancellationToken cancellation)
    {
        await ReadAsync(cancellation);
        if (!_replay!.InTransaction && _replay.OffsetNext > cache.Current.Offset + 1)
        {
            await ShowAsync(_replay.Complete());
        }
    }

    /// <summary>Follows until it is cancelled: what a node does that does not control the cluster.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await CatchUpAsync(cancellation);
            await log.WatchAsync(_replay!.OffsetNext, cancellation);
        }
    }

    /// <summary>Hands the fold over to a controller of this node, which goes on from it and shows what it commits through <see cref="ShowAsync"/>.</summary>
    public ClusterReplay HandOver()
    {
        var replay = _replay ?? throw new InvalidOperationException("the log was not read");
        _replay = null;
        return replay;
    }

    /// <summary>Shows a committed step to the listeners, then to everybody.</summary>
    public async ValueTask ShowAsync(ClusterDelta delta)
    {
        foreach (var listener in _listeners)
        {
            await listener.OnChangeAsync(delta.After, delta);
        }

        // Last, so that whoever finds a partition in the image also finds it served.
        cache.Current = delta.After;
    }

    private async ValueTask ReadAsync(CancellationToken cancellation)
    {
        _replay ??= await BeginAsync(cancellation);
        while (_replay.OffsetNext < log.OffsetNext)
        {
            if (await log.ReadAsync(_replay.OffsetNext, RecordsPerRead, cancellation) is not { } batches)
            {
                _replay = await LeapAsync(_replay.OffsetNext, cancellation);
                continue;
            }

            foreach (var batch in batches)
            {
                _replay.Add(batch);
            }
        }
    }

    /// <summary>The fold up to the newest snapshot. A node that has shown an image shows the snapshot's; one that has shown none goes on to the end of the log first.</summary>
    private async ValueTask<ClusterReplay> LeapAsync(long offset, CancellationToken cancellation)
    {
        if (await log.LatestSnapshotAsync(cancellation) is not { } snapshot || snapshot.OffsetNext <= offset)
        {
            throw new InvalidDataException($"The metadata log begins at {log.OffsetFirst}, behind what this node has read, {offset}, and no snapshot reaches there");
        }

        var replay = new ClusterReplay(new ClusterImage { ClusterId = log.ClusterId });
        replay.Add(snapshot);
        if (cache.Current.Offset >= 0)
        {
            await ShowAsync(new ClusterDelta(cache.Current, replay.Complete().After));
        }

        return replay;
    }

    /// <summary>The fold up to what was shown last: from there the log is read again, so that what a controller had not committed never was.</summary>
    private async ValueTask<ClusterReplay> BeginAsync(CancellationToken cancellation)
    {
        if (cache.Current.Offset >= 0)
        {
            return new ClusterReplay(cache.Current);
        }

        var replay = new ClusterReplay(new ClusterImage { ClusterId = log.ClusterId });
        if (await log.LatestSnapshotAsync(cancellation) is { } snapshot)
        {
            replay.Add(snapshot);
        }

        return replay;
    }
}
