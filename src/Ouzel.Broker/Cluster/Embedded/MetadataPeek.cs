using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Protocol.Wire;
using Ouzel.Storage;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Cluster.Embedded;

/// <summary>
/// Reads a directory's metadata before any log is opened: whether it is whole, whose it is, and with which settings partitions are opened.
/// Writes nothing, and refuses what cannot be the whole of what was committed.
/// </summary>
/// <remarks>
/// Every batch that is still there is checked. What a crash leaves is a torn end: after an unclean stop, bytes behind which nothing follows but changes that may
/// have waited for the same sync. Anything else is damage. A newest snapshot that is not whole costs nothing while the log reaches back to an older one.
/// </remarks>
internal sealed class MetadataPeek
{
    private const string LogSuffix = ".log";

    /// <summary>Changes that wait for one sync are decided together, within moments. Later ones prove that what is before them had been synced.</summary>
    private const long TogetherMs = 30_000;

    private readonly Disk _disk;
    private readonly string _path;
    private readonly bool _wasClean;
    private readonly ClusterReplay _replay;
    private readonly HashSet<(Uuid TopicId, int Partition)> _young = [];
    private readonly Dictionary<Uuid, string> _names = [];
    private readonly HashSet<string> _deleted = [];
    private LogVoters _voters = LogVoters.Static;
    private long _offset;
    private string? _tornIn;

    private MetadataPeek(Disk disk, string path, string clusterId, bool wasClean)
    {
        (_disk, _path, _wasClean) = (disk, path, wasClean);
        _replay = new ClusterReplay(new ClusterImage { ClusterId = clusterId });
    }

    /// <summary>Folds the metadata in <paramref name="dataDirectory"/>; the empty image when there is none. The controller goes on with it.</summary>
    /// <param name="disk">Where it is.</param>
    /// <param name="dataDirectory">The directory that holds __cluster_metadata-0.</param>
    /// <param name="clusterId">The cluster's id.</param>
    /// <param name="wasClean">The last run closed the log: its end is not torn.</param>
    /// <exception cref="LogDirectoryException">It is damaged, or written by something newer.</exception>
    public static MetadataFold Fold(Disk disk, string dataDirectory, string clusterId, bool wasClean = false)
    {
        var path = $"{dataDirectory}/{EmbeddedClusterLog.Name}";
        try
        {
            return new MetadataPeek(disk, path, clusterId, wasClean).Read();
        }
        catch (Exception e) when (e is InvalidDataException or RecordFormatException)
        {
            throw new LogDirectoryException($"{path} does not hold together ({e.Message}): put back a copy of it, or choose another directory");
        }
    }

    /// <summary>The ids of all topics whose deletion the log still tells.</summary>
    public static HashSet<Uuid> DeletedTopics(Disk disk, string dataDirectory)
    {
        var path = $"{dataDirectory}/{EmbeddedClusterLog.Name}";
        var deleted = new HashSet<Uuid>();
        foreach (var segment in Segments(disk, path))
        {
            ReadOnlySpan<byte> rest = disk.ReadAllBytes($"{path}/{segment.Name}");
            while (RecordBatch.TryRead(rest, out var batch, out var size) && batch.IsCrcValid())
            {
                deleted.UnionWith(MetadataBatches.Read(batch).Records.Select(record => record.Message).OfType<RemoveTopicRecord>().Select(removal => removal.TopicId));
                rest = rest[size..];
            }
        }

        return deleted;
    }

    private MetadataFold Read()
    {
        var segments = Segments(_disk, _path);
        var snapshots = SnapshotFile.List(_disk, _path);
        var isCovered = snapshots.Count == 0;
        foreach (var file in Enumerable.Reverse(snapshots))
        {
            if (Understood(file.Name, () => file.Read(_disk, _path)) is not { } read)
            {
                continue;
            }

            _replay.Add(read.Snapshot);
            foreach (var record in read.Snapshot.Records)
            {
                NoteName(record);
            }

            _voters = read.Voters;
            _offset = file.OffsetNext;
            isCovered = true;
            break;
        }

        foreach (var segment in segments)
        {
            ReadSegment(segment);
        }

        var first = segments.Count > 0 ? segments[0].BaseOffset : 0;
        if (first > 0 && (_offset < first || !isCovered))
        {
            throw new LogDirectoryException($"{_path} begins at offset {first} and no whole snapshot (*.checkpoint) covers what came before: put back a copy of the newest one");
        }

        if (!isCovered && _offset == 0)
        {
            throw new LogDirectoryException($"{_path}/{snapshots[^1].Name} is damaged and the log beside it is empty: put back a copy of the file, or choose another directory");
        }

        return new MetadataFold(_replay, _replay.Complete()) { Voters = _voters, Young = _young, Deleted = _deleted, IsTorn = _tornIn is not null };
    }

    private static List<(long BaseOffset, string Name)> Segments(Disk disk, string path)
    {
        var segments = new List<(long, string)>();
        foreach (var file in disk.ListFiles(path))
        {
            if (file.Name.EndsWith(LogSuffix, StringComparison.Ordinal) && long.TryParse(file.Name.AsSpan(0, file.Name.Length - LogSuffix.Length), out var offset))
            {
                segments.Add((offset, file.Name));
            }
        }

        segments.Sort();
        return segments;
    }

    private void ReadSegment((long BaseOffset, string Name) segment)
    {
        ReadOnlyMemory<byte> bytes = _disk.ReadAllBytes($"{_path}/{segment.Name}");
        var position = 0;
        while (position < bytes.Length)
        {
            var rest = bytes.Span[position..];
            if (!RecordBatch.TryRead(rest, out var batch, out var size) || !batch.IsCrcValid())
            {
                if (_wasClean || IsProvenSynced(rest[1..]))
                {
                    throw Damaged(segment.Name, position);
                }

                _tornIn ??= segment.Name;
                return;
            }

            if (_tornIn is { } torn)
            {
                throw Damaged(torn, -1);
            }

            Take(segment.Name, position, bytes.Slice(position, size));
            position += size;
        }
    }

    private void Take(string name, int position, ReadOnlyMemory<byte> bytes)
    {
        RecordBatch.TryRead(bytes.Span, out var batch, out _);
        if (batch.BaseOffset < _offset)
        {
            return;
        }

        if (batch.BaseOffset > _offset)
        {
            throw new LogDirectoryException($"{_path}/{name} goes on at offset {batch.BaseOffset} where {_offset} was expected: records between them are missing. Put back a copy of the directory");
        }

        if (batch.IsControl)
        {
            MetadataBatches.ReadControls(batch, (type, value) => _voters = _voters.With(type, value));
        }

        var read = Understood($"{name} at position {position}", () =>
        {
            RecordBatch.TryRead(bytes.Span, out var whole, out _);
            return MetadataBatches.Read(whole);
        });
        try
        {
            _replay.Add(read);
        }
        catch (InvalidDataException e)
        {
            throw new LogDirectoryException($"{_path}/{name} does not follow from what is before offset {batch.BaseOffset} ({e.Message}): put back a copy of the directory, or choose another one");
        }

        _offset = batch.LastOffset + 1;
        foreach (var record in read.Records)
        {
            NoteYoung(record);
            NoteName(record);
        }
    }

    private void NoteName(ClusterRecord record)
    {
        if (record.Message is TopicRecord topic)
        {
            _names[topic.TopicId] = topic.Name;
        }
        else if (record.Message is RemoveTopicRecord removal && _names.Remove(removal.TopicId, out var name))
        {
            _deleted.Add(name);
        }
    }

    /// <summary>
    /// A run makes the directories of all partitions that it finds before it registers. So only those that came after the newest registration, and are in no
    /// snapshot, may never have had one.
    /// </summary>
    private void NoteYoung(ClusterRecord record)
    {
        if (record.Message is RegisterBrokerRecord)
        {
            _young.Clear();
        }
        else if (record.Message is PartitionRecord partition)
        {
            _young.Add((partition.TopicId, partition.PartitionId));
        }
    }

    /// <summary>True when something in these bytes was written after what is before them had been synced: by a later run, or much later.</summary>
    private bool IsProvenSynced(ReadOnlySpan<byte> bytes)
    {
        long? firstMs = null;
        for (var at = 0; at + RecordBatch.HeaderSize <= bytes.Length; at++)
        {
            if (!RecordBatch.TryRead(bytes[at..], out var batch, out var size) || batch.Magic != 2 || batch.BaseOffset < _offset || !batch.IsCrcValid())
            {
                continue;
            }

            firstMs ??= batch.MaxTimestamp;
            if (batch.IsControl || batch.MaxTimestamp - firstMs > TogetherMs)
            {
                return true;
            }

            at += size - 1;
        }

        return false;
    }

    private T Understood<T>(string where, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (WireFormatException e)
        {
            throw new LogDirectoryException(
                $"{_path}/{where} was written by something newer than this program ({e.Message}). Nothing was changed; start what wrote it, or choose another directory");
        }
    }

    private LogDirectoryException Damaged(string name, int position) => new(
        $"{_path}/{name} is damaged at offset {_offset}{(position < 0 ? "" : $" (position {position})")}: a checksum is wrong or bytes are missing, and going on would lose topics. "
        + $"Nothing was changed; put back a copy of the file{(position < 0 ? "" : $". Only where there is none: truncate -s {position} cuts it there, giving up every change of the metadata from then on")}");
}
