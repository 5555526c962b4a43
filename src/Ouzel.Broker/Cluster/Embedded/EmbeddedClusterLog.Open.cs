using Microsoft.Extensions.Logging;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Cluster.Embedded;

internal sealed partial class EmbeddedClusterLog
{
    /// <summary>
    /// Opens the metadata log of a log directory, or makes one as <c>kafka-storage format --standalone</c> would: the directory's own node is the only voter.
    /// </summary>
    /// <exception cref="LogDirectoryException">The directory belongs to a cluster of several controllers.</exception>
    /// <exception cref="InvalidDataException">What is there cannot be the whole log.</exception>
    public static EmbeddedClusterLog Open(Disk disk, LogDirectory directory, string clusterId, EmbeddedLogOptions options, TimeProvider clock, ILogger logger)
    {
        var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (!directory.TryGet(Name, out var log))
        {
            log = directory.Create(Name, TopicId, LogOptions, nowMs);
        }

        log.Options = LogOptions;
        if (log.LogEndOffset == 0 && SnapshotFile.List(disk, log.DirectoryPath).Count == 0)
        {
            Format(disk, directory, log.DirectoryPath, options, nowMs);
        }

        var opened = new EmbeddedClusterLog(disk, directory, clusterId, options, clock, log, logger);
        opened.Load(logger);
        return opened;
    }

    /// <summary>The file that a fresh log begins with. The snapshot at offset 0 names the voter and the feature levels; without it the next start does this again.</summary>
    private static void Format(Disk disk, LogDirectory directory, string path, EmbeddedLogOptions options, long nowMs)
    {
        // A directory that an older Kafka formatted says in its own file at which levels the cluster is to begin.
        var levels = disk.Exists($"{directory.Path}/{BootstrapFile}") ? [] : Bootstrap.FeatureLevels;
        var endpoint = options.ControllerEndpoint;
        var voter = new VotersRecord.Voter
        {
            VoterId = options.NodeId,
            VoterDirectoryId = directory.DirectoryId,
            Endpoints = [new() { Name = endpoint.Name, Host = endpoint.Host, Port = endpoint.Port }],
            KRaftVersionFeature = new() { MinSupportedVersion = 0, MaxSupportedVersion = 1 },
        };
        var voters = new LogVoters(1, new VotersRecord { Voters = [voter] });
        disk.ReplaceFile($"{path}/{SnapshotFile.NameOf(0, 0)}", SnapshotFile.Write(new ClusterSnapshot(0, 0, nowMs, levels), voters, nowMs));
    }

    /// <summary>Feature levels for a cluster that has none yet, in the log directory itself, where Kafka put them before 4.4.</summary>
    public const string BootstrapFile = "bootstrap.checkpoint";

    /// <summary>
    /// Reads the records that a new cluster begins with, as the directory was formatted: in a file of their own before Kafka 4.4, then in the snapshot at
    /// offset 0.
    /// </summary>
    public IReadOnlyList<ClusterRecord> ReadBootstrap()
    {
        var path = $"{_directory.Path}/{BootstrapFile}";
        return _disk.Exists(path) && SnapshotFile.Read(_disk.ReadAllBytes(path), 0, 0) is { } read && read.Snapshot.Records.Count > 0
            ? read.Snapshot.Records
            : _snapshots.Find(snapshot => snapshot.OffsetNext == 0)?.Read(_disk, _path)?.Snapshot.Records is { Count: > 0 } formatted
            ? formatted
            : Bootstrap.FeatureLevels;
    }

    private void Load(ILogger logger)
    {
        var snapshot = NewestWhole(logger);
        if (snapshot is null && _log.LogStartOffset > 0)
        {
            throw new InvalidDataException($"{_path} begins at offset {_log.LogStartOffset} and no whole snapshot covers what came before");
        }

        if (snapshot is not null && snapshot.OffsetNext < _log.LogStartOffset)
        {
            throw new InvalidDataException($"{_path} begins at offset {_log.LogStartOffset}, its newest whole snapshot ends at {snapshot.OffsetNext}: records between them are missing");
        }

        if (snapshot is not null && snapshot.OffsetNext > _log.LogEndOffset)
        {
            ClusterEvents.EndsBeforeSnapshot(logger, _path, _log.LogEndOffset, snapshot.OffsetNext);
            _log.TruncateFullyAndStartAt(snapshot.OffsetNext, NowMs);
        }

        _offsetNext = _log.LogEndOffset;
        _log.HighWatermark = _offsetNext;
        ScanControls(snapshot?.OffsetNext ?? 0);
        CheckVoters();
    }

    private SnapshotFile? NewestWhole(ILogger logger)
    {
        for (var i = _snapshots.Count - 1; i >= 0; i--)
        {
            if (_snapshots[i].Read(_disk, _path) is { } read)
            {
                _voters = read.Voters;
                return _snapshots[i];
            }

            ClusterEvents.SnapshotDamaged(logger, _path, _snapshots[i].Name);
            _snapshots.RemoveAt(i);
        }

        return null;
    }

    /// <summary>Control records behind the snapshot may name other voters; and the bytes there count towards the next snapshot.</summary>
    private void ScanControls(long offset)
    {
        while (offset < _offsetNext)
        {
            var read = _log.Read(offset, ReadBytesMax, FetchIsolation.LogEnd, minOneMessage: true);
            using var slice = read.Records ?? throw new InvalidDataException($"{_path} cannot be read at offset {offset} ({read.Error})");
            ReadOnlySpan<byte> rest = slice.ToArray();
            var before = offset;
            while (RecordBatch.TryRead(rest, out var batch, out var size))
            {
                if (batch.IsControl)
                {
                    MetadataBatches.ReadControls(batch, (type, value) => _voters = _voters.With(type, value));
                }

                offset = batch.LastOffset + 1;
                BytesSinceSnapshot += size;
                rest = rest[size..];
            }

            if (offset <= before)
            {
                throw new InvalidDataException($"{_path} has no whole batch at offset {offset}, below its end {_offsetNext}");
            }
        }
    }

    private void CheckVoters()
    {
        var ids = _voters.Voters is { } voters
            ? [.. voters.Voters.Select(voter => voter.VoterId)]
            : QuorumState.Read(_disk, _path)?.StaticVoters ?? [];
        if (ids.Count > 1)
        {
            throw new LogDirectoryException(
                $"{_directory.Path} belongs to a cluster of {ids.Count} controllers ({string.Join(", ", ids)}); one node alone cannot go on with it. Choose another directory");
        }

        if (ids.Count == 1 && ids[0] != _options.NodeId)
        {
            throw new LogDirectoryException($"{_directory.Path} is the log of controller {ids[0]}, this is node {_options.NodeId}; set node.id={ids[0]} or choose another directory");
        }
    }
}
