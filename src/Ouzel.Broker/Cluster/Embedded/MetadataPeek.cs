using Ouzel.Protocol.Records;
using Ouzel.Protocol.Wire;
using Ouzel.Storage;

namespace Ouzel.Broker.Cluster.Embedded;

/// <summary>
/// Looks at a directory's metadata before its logs are opened: a partition's log is opened with its topic's settings, and those stand in the metadata log.
/// Reads only, and stops at whatever is torn; the log that is opened afterwards is the truth.
/// </summary>
internal static class MetadataPeek
{
    private const string LogSuffix = ".log";

    /// <summary>
    /// What the metadata in <paramref name="dataDirectory"/> says, as far as it can be read; the empty image when there is none. The controller goes on
    /// with it if the log turns out to end there.
    /// </summary>
    public static MetadataFold Fold(Disk disk, string dataDirectory, string clusterId)
    {
        var path = $"{dataDirectory}/{EmbeddedClusterLog.Name}";
        var empty = new ClusterImage { ClusterId = clusterId };
        var replay = new ClusterReplay(empty);
        var offset = 0L;
        foreach (var file in Enumerable.Reverse(SnapshotFile.List(disk, path)))
        {
            if (file.Read(disk, path) is not { } read)
                continue;
            replay.Add(read.Snapshot);
            offset = file.OffsetNext;
            break;
        }

        try
        {
            foreach (var segment in Segments(disk, path))
                offset = ReadSegment(disk.ReadAllBytes($"{path}/{segment}"), offset, replay);
            return new MetadataFold(replay, replay.Complete());
        }
        catch (Exception e) when (e is InvalidDataException or WireFormatException or RecordFormatException)
        {
            // Opening the log itself reports what is wrong with it.
            var nothing = new ClusterReplay(empty);
            return new MetadataFold(nothing, nothing.Complete());
        }
    }

    private static IEnumerable<string> Segments(Disk disk, string path) => disk.ListFiles(path)
        .Select(file => file.Name)
        .Where(name => name.EndsWith(LogSuffix, StringComparison.Ordinal) && long.TryParse(name.AsSpan(0, name.Length - LogSuffix.Length), out _))
        .Order(StringComparer.Ordinal);

    private static long ReadSegment(ReadOnlySpan<byte> rest, long offset, ClusterReplay replay)
    {
        while (RecordBatch.TryRead(rest, out var batch, out var size) && batch.IsCrcValid())
        {
            if (batch.BaseOffset >= offset)
            {
                replay.Add(MetadataBatches.Read(batch));
                offset = batch.LastOffset + 1;
            }

            rest = rest[size..];
        }

        return offset;
    }
}
