using System.Globalization;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Records;
using Ouzel.Protocol.Wire;
using Ouzel.Storage.Disks;

namespace Ouzel.Broker.Cluster.Embedded;

/// <summary>
/// The voters on the log, as the log and its snapshots name them in control records. Version 0 of kraft.version says nothing: the settings do.
/// </summary>
internal sealed record LogVoters(short KRaftVersion, VotersRecord? Voters)
{
    public static readonly LogVoters Static = new(0, null);

    /// <summary>The records that say it, for a snapshot's head or an epoch's beginning.</summary>
    public LogControl[] Controls => KRaftVersion == 0 || Voters is null
        ? []
        :
        [
            new(ControlRecordType.KraftVersion, new KRaftVersionRecord { KRaftVersion = KRaftVersion }),
            new(ControlRecordType.KraftVoters, Voters),
        ];

    /// <summary>Learns one more control record.</summary>
    public LogVoters With(ControlRecordType type, ReadOnlyMemory<byte> value)
    {
        var reader = new WireReader(value);
        switch (type)
        {
            case ControlRecordType.KraftVersion:
                var version = new KRaftVersionRecord();
                version.Read(ref reader, 0);
                return this with { KRaftVersion = version.KRaftVersion };
            case ControlRecordType.KraftVoters:
                var voters = new VotersRecord();
                voters.Read(ref reader, 0);
                return this with { Voters = voters };
            default:
                return this;
        }
    }
}

/// <summary>
/// A snapshot of the metadata log: a file named after the end offset (exclusive) and epoch it stands for. It holds a head, the records of the image, and a foot;
/// without the foot it is not whole.
/// </summary>
internal sealed record SnapshotFile(long OffsetNext, int Epoch, long Bytes, long ModifiedMs)
{
    public const string Suffix = ".checkpoint";
    private const int OffsetDigits = 20;
    private const int EpochDigits = 10;

    public string Name => NameOf(OffsetNext, Epoch);

    public static string NameOf(long offsetNext, int epoch) => string.Create(CultureInfo.InvariantCulture, $"{offsetNext:D20}-{epoch:D10}{Suffix}");

    /// <summary>The snapshots in a directory, oldest first.</summary>
    public static List<SnapshotFile> List(Disk disk, string directory)
    {
        var found = new List<SnapshotFile>();
        foreach (var file in disk.ListFiles(directory))
        {
            var name = file.Name;
            if (name.Length == OffsetDigits + 1 + EpochDigits + Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal) && name[OffsetDigits] == '-'
                && long.TryParse(name.AsSpan(0, OffsetDigits), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
                && int.TryParse(name.AsSpan(OffsetDigits + 1, EpochDigits), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch))
            {
                found.Add(new SnapshotFile(offset, epoch, file.Length, file.ModifiedMs));
            }
        }

        found.Sort((a, b) => (a.OffsetNext, a.Epoch).CompareTo((b.OffsetNext, b.Epoch)));
        return found;
    }

    /// <summary>Reads the file; null when it has no foot or is damaged.</summary>
    public (ClusterSnapshot Snapshot, LogVoters Voters)? Read(Disk disk, string directory) => Read(disk.ReadAllBytes($"{directory}/{Name}"), OffsetNext, Epoch);

    /// <inheritdoc cref="Read(Disk, string)"/>
    public static (ClusterSnapshot Snapshot, LogVoters Voters)? Read(ReadOnlyMemory<byte> bytes, long offsetNext, int epoch)
    {
        var records = new List<ClusterRecord>();
        var voters = LogVoters.Static;
        var timestampMs = -1L;
        var isWhole = false;
        var rest = bytes.Span;
        while (RecordBatch.TryRead(rest, out var batch, out var size))
        {
            if (isWhole || !batch.IsCrcValid())
            {
                return null;
            }

            if (batch.IsControl)
            {
                MetadataBatches.ReadControls(batch, (type, value) =>
                {
                    isWhole |= type == ControlRecordType.SnapshotFooter;
                    voters = voters.With(type, value);
                    if (type == ControlRecordType.SnapshotHeader)
                    {
                        timestampMs = TimestampIn(value);
                    }
                });
            }
            else
            {
                records.AddRange(MetadataBatches.Read(batch).Records);
            }

            rest = rest[size..];
        }

        return isWhole && rest.IsEmpty ? (new ClusterSnapshot(offsetNext, epoch, timestampMs, records), voters) : null;
    }

    /// <summary>The bytes of a snapshot.</summary>
    public static byte[] Write(ClusterSnapshot snapshot, LogVoters voters, long nowMs)
    {
        var head = new SnapshotHeaderRecord { LastContainedLogTimestamp = snapshot.TimestampMs };
        LogControl[] controls = [new(ControlRecordType.SnapshotHeader, head), .. voters.Controls];
        using var bytes = new PooledBytes();
        bytes.Write(MetadataBatches.Control(0, snapshot.Epoch, nowMs, controls));
        foreach (var batch in MetadataBatches.DataBatches(controls.Length, snapshot.Epoch, nowMs, snapshot.Records))
        {
            bytes.Write(batch);
        }

        var footOffset = controls.Length + snapshot.Records.Count;
        bytes.Write(MetadataBatches.Control(footOffset, snapshot.Epoch, nowMs, new LogControl(ControlRecordType.SnapshotFooter, new SnapshotFooterRecord())));
        return bytes.WrittenSpan.ToArray();
    }

    private static long TimestampIn(ReadOnlyMemory<byte> value)
    {
        var header = new SnapshotHeaderRecord();
        var reader = new WireReader(value);
        header.Read(ref reader, 0);
        return header.LastContainedLogTimestamp;
    }
}
