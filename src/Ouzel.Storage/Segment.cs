using Ouzel.Protocol.Records;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>A stretch of a partition's log: a file of record batches and the indexes into it. Appends come from one thread at a time; reads from any.</summary>
internal sealed partial class Segment
{
    /// <summary>From this size on space is reserved: as much as there is, so that a small log holds little, up to <see cref="ReserveBytesMax"/>.</summary>
    private const int ReserveFromBytes = 1 << 20;

    private const int ReserveBytesMax = 16 << 20;

    private static readonly string[] Suffixes = [LogFiles.Log, LogFiles.OffsetIndex, LogFiles.TimeIndex, LogFiles.TransactionIndex];

    private readonly Disk _disk;
    private readonly FileOnDemand _log;
    private readonly OffsetIndex _offsetIndex;
    private readonly TimeIndex _timeIndex;
    private readonly Lock _checkLock = new();
    private readonly long _modifiedMs;
    private readonly string _directory;
    private string _nameSuffix;
    private long _size;
    private long _reservedTo;
    private long _writebackTo;
    private int _bytesSinceIndexEntry;
    private bool _isTimestampLoaded;
    private (long TimestampMs, long Offset) _maxTimestamp = (-1, -1);
    private long? _firstBatchTimestampMs;
    private long _createdMs;
    private bool _isPreallocated;
    private volatile bool _areIndexesChecked = true;
    private bool _isTimestampConfirmed = true;
    private int _indexIntervalBytes = LogOptions.Default.IndexIntervalBytes;

    private Segment(Disk disk, string directory, long baseOffset, long logBytes, long indexBytes, long timeIndexBytes, long txnIndexBytes, long modifiedMs, long createdMs, string nameSuffix = "")
    {
        _disk = disk;
        (_directory, _nameSuffix) = (directory, nameSuffix);
        _modifiedMs = modifiedMs;
        _createdMs = createdMs;
        BaseOffset = baseOffset;
        _size = logBytes;
        _log = new FileOnDemand(disk, PathOf(LogFiles.Log), DiskOpen.Existing);
        _offsetIndex = new OffsetIndex(disk, PathOf(LogFiles.OffsetIndex), baseOffset, indexBytes);
        _timeIndex = new TimeIndex(disk, PathOf(LogFiles.TimeIndex), baseOffset, timeIndexBytes);
        Transactions = new TransactionIndex(disk, PathOf(LogFiles.TransactionIndex), txnIndexBytes);
    }

    public long BaseOffset { get; }

    /// <summary>The offset index, its entries held against the log once before they are used.</summary>
    public OffsetIndex OffsetIndex
    {
        get
        {
            EnsureIndexesAreRight();
            return _offsetIndex;
        }
    }

    /// <summary>The time index, likewise.</summary>
    public TimeIndex TimeIndex
    {
        get
        {
            EnsureIndexesAreRight();
            return _timeIndex;
        }
    }

    /// <summary>Bytes that the entries of the offset index and of the time index take.</summary>
    public (int Offsets, int Times) IndexBytes => (_offsetIndex.SizeBytes, _timeIndex.SizeBytes);

    /// <summary>Told when indexes were found damaged and built again.</summary>
    public Action<string>? Repaired { get; init; }

    public TransactionIndex Transactions { get; }

    /// <summary>The time by which this segment lives less than segment.ms, so that many partitions do not roll at once.</summary>
    public long RollJitterMs { get; init; }

    /// <summary>Bytes of whole batches; what an append is still writing is behind it.</summary>
    public long Size => Volatile.Read(ref _size);

    public string LogPath => PathOf(LogFiles.Log);

    /// <summary>True when bytes were written that no sync has covered yet. Owned by the log's flush.</summary>
    public bool IsDirty { get; set; }

    /// <summary>True from sealing on until the indexes are synced: a start after a crash must not trust them, so no checkpoint may pass this segment.</summary>
    public bool HasUnsyncedIndexes { get; private set; }

    /// <summary>A new, empty segment; its files are created now, their names are durable only after the directory is synced.</summary>
    public static Segment Create(Disk disk, string directory, long baseOffset, LogOptions options, long nowMs, long rollJitterMs)
    {
        var segment = new Segment(disk, directory, baseOffset, 0, 0, 0, 0, nowMs, nowMs) { RollJitterMs = rollJitterMs, IsDirty = true };
        var file = disk.Open(segment.LogPath, DiskOpen.Truncate);
        if (options.Preallocate)
        {
            file.Reserve(0, segment._reservedTo = options.SegmentBytes);
        }

        file.Release();
        try
        {
            segment.Preallocate(options);
        }
        catch
        {
            segment.Close();
            throw;
        }

        segment._isTimestampLoaded = true;
        return segment;
    }

    /// <summary>In the place of segments that cannot be read; its files are never touched.</summary>
    public static Segment Nothing(Disk disk, string directory) => new(disk, directory, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>
    /// A segment under .cleaned names, for compaction to write; it gets its place by <see cref="Rename"/>. Where records carry no time it is as old as the last of
    /// those it replaces.
    /// </summary>
    public static Segment CreateCleaned(Disk disk, string directory, long baseOffset, Segment last, long nowMs)
    {
        var segment = new Segment(disk, directory, baseOffset, 0, 0, 0, 0, last._modifiedMs, nowMs, LogFiles.Cleaned) { IsDirty = true };
        foreach (var suffix in Suffixes)
        {
            disk.Delete(segment.PathOf(suffix)); // what a pass left that was interrupted
        }

        disk.Open(segment.LogPath, DiskOpen.Truncate).Release();
        segment._isTimestampLoaded = true;
        return segment;
    }

    /// <summary>A segment that is on the disk already; nothing is opened or read until it is needed.</summary>
    public static Segment Open(Disk disk, string directory, long baseOffset, IReadOnlyDictionary<string, DiskEntry> files, long nowMs, long rollJitterMs, LogOptions? options = null, Action<string>? repaired = null)
    {
        var log = files[LogFiles.Name(baseOffset, LogFiles.Log)];
        return new Segment(disk, directory, baseOffset, log.Length, LengthOf(LogFiles.OffsetIndex), LengthOf(LogFiles.TimeIndex),
            LengthOf(LogFiles.TransactionIndex), log.ModifiedMs, nowMs)
        { RollJitterMs = rollJitterMs, _areIndexesChecked = false, _isTimestampConfirmed = false, _indexIntervalBytes = (options ?? LogOptions.Default).IndexIntervalBytes, Repaired = repaired };

        long LengthOf(string suffix) => files.TryGetValue(LogFiles.Name(baseOffset, suffix), out var file) ? file.Length : 0;
    }

    /// <summary>Gives the indexes of the segment that takes appends their full length.</summary>
    public void Preallocate(LogOptions options)
    {
        _offsetIndex.Preallocate(options.SegmentIndexBytes);
        _timeIndex.Preallocate(options.SegmentIndexBytes);
        _isPreallocated = true;
    }

    /// <summary>Largest record timestamp and the last offset of its batch, (-1, ...) without any; from the time index after a clean stop.</summary>
    public (long TimestampMs, long Offset) MaxTimestamp
    {
        get
        {
            if (!_isTimestampLoaded)
            {
                _maxTimestamp = _timeIndex.Last();
                _isTimestampLoaded = true;
            }

            return _maxTimestamp;
        }
    }

    /// <summary>The largest timestamp of the first batch, -1 without any.</summary>
    public long FirstTimestampMs
    {
        get
        {
            LoadFirstTimestamp();
            return _firstBatchTimestampMs ?? -1;
        }
    }

    /// <summary>The time by which retention ages the segment: its largest record timestamp, or the file's own time when records carry none.</summary>
    public long RetentionTimestampMs => MaxTimestamp.TimestampMs >= 0 ? MaxTimestamp.TimestampMs : _modifiedMs;

    /// <summary>True when the next append needs a new segment.</summary>
    public bool MustRoll(LogOptions options, int appendBytes, long maxTimestampMs, long lastOffset, long nowMs)
    {
        var size = Size;
        return size > (long)options.SegmentBytes - appendBytes
            || (size > 0 && AgeMs(maxTimestampMs, nowMs) > options.RollMs - RollJitterMs)
            || _offsetIndex.Count >= _offsetIndex.Capacity(options.SegmentIndexBytes)
            || _timeIndex.Count >= _timeIndex.Capacity(options.SegmentIndexBytes) - 1
            || lastOffset - BaseOffset > int.MaxValue;
    }

    /// <summary>Makes ready all that an append needs beside the write itself: whatever wants a descriptor wants it here, before anything has changed.</summary>
    public void PrepareAppend(int bytes, LogOptions options)
    {
        if (!_isPreallocated)
        {
            Preallocate(options);
        }

        var position = _size;
        _ = (MaxTimestamp, _timeIndex.Last());
        if (position >= ReserveFromBytes && position + bytes > _reservedTo)
        {
            var reserved = Math.Min(position, ReserveBytesMax);
            Reserve(position, reserved);
            _reservedTo = position + reserved;
        }
    }

    /// <summary>Writes whole batches that carry their final offsets, after <see cref="PrepareAppend"/>. The size grows only after everything is written.</summary>
    public void Append(ReadOnlySpan<byte> batches, LogOptions options)
    {
        var position = _size;
        IsDirty = true;
        _log.Write(position, batches);
        for (var rest = batches; rest.Length > 0;)
        {
            var header = BatchHeader.Parse(rest, position) ?? throw new InvalidOperationException($"an append to {LogPath} holds bytes that are no batch");
            if (position == 0)
            {
                _firstBatchTimestampMs = header.MaxTimestampMs;
            }

            NoteTimestamp(header.MaxTimestampMs, header.LastOffset);
            if (_bytesSinceIndexEntry > options.IndexIntervalBytes)
            {
                AddIndexEntries(header.LastOffset, (int)position);
            }

            _bytesSinceIndexEntry += header.SizeBytes;
            position += header.SizeBytes;
            rest = rest[header.SizeBytes..];
        }

        Volatile.Write(ref _size, position);
    }

    /// <summary>Remembers the largest timestamp; ties keep the first offset.</summary>
    public void NoteTimestamp(long timestampMs, long offset)
    {
        if (timestampMs > MaxTimestamp.TimestampMs)
        {
            _maxTimestamp = (timestampMs, offset);
        }
    }

    public void AddIndexEntries(long lastOffset, int position)
    {
        _offsetIndex.Append(lastOffset, position);
        _timeIndex.MaybeAppend(_maxTimestamp.TimestampMs, _maxTimestamp.Offset);
        _bytesSinceIndexEntry = 0;
    }

    /// <summary>The last entry of the time index, and files of the size of their content: what a segment gets when it takes no more appends.</summary>
    /// <returns>Whether there was anything to do since it was opened.</returns>
    public bool Seal()
    {
        if (!_isPreallocated && _reservedTo == 0 && !IsDirty)
        {
            return false;
        }

        HasUnsyncedIndexes = true;
        _timeIndex.MaybeAppend(MaxTimestamp.TimestampMs, MaxTimestamp.Offset);
        _offsetIndex.Trim();
        _timeIndex.Trim();
        if (_reservedTo > 0)
        {
            _log.SetLength(_size);
        }

        (_reservedTo, _isPreallocated) = (0, false);
        return true;
    }

    /// <summary>The batch that holds the offset, or the first one after it; null behind the last.</summary>
    public BatchHeader? Find(long offset)
    {
        var start = OffsetIndex.Lookup(offset).Position;
        if (!TryWalk(offset, start, out var found) && start > 0)
        {
            TryWalk(offset, 0, out found); // the index entry lied
        }

        return found;
    }

    /// <summary>False when what stands at the start cannot be what an index entry for the offset points to.</summary>
    private bool TryWalk(long offset, int start, out BatchHeader? found)
    {
        found = null;
        Span<byte> buffer = stackalloc byte[BatchWalker.BufferBytes];
        using var held = Hold();
        var walker = new BatchWalker(held.File, start, Size, buffer);
        while (walker.TryNext(out var header))
        {
            if (header.Position == start && start > 0 && (header.BaseOffset > offset || header.BaseOffset < BaseOffset))
            {
                return false;
            }

            if (header.LastOffset < offset)
            {
                continue;
            }

            found = header;
            return true;
        }

        return walker.Position > start;
    }

    /// <summary>The offset after the last batch, found by walking on from the last index entry.</summary>
    public long FindEndOffset()
    {
        if (Size == 0)
        {
            return BaseOffset;
        }

        var end = EndOffsetFrom(_offsetIndex.Last().Position);
        return end >= 0 ? end : Math.Max(BaseOffset, EndOffsetFrom(0));
    }

    /// <summary>Cuts the segment before the batch that holds the offset.</summary>
    public void TruncateTo(long offset, LogOptions options, long nowMs)
    {
        var position = Find(offset)?.Position ?? Size;
        Transactions.TruncateTo(offset);
        _offsetIndex.TruncateTo(offset);
        _timeIndex.TruncateTo(offset);
        SetSize(position);
        SyncLog(); // else a crash could bring back old batches behind new ones
        _maxTimestamp = _timeIndex.Last();
        _isTimestampLoaded = true;
        NoteTimestampsFrom(_offsetIndex.Last().Position);
        if (position == 0)
        {
            (_createdMs, _firstBatchTimestampMs) = (nowMs, null);
        }

        Preallocate(options);
    }

    /// <summary>Empties the indexes before recovery builds them again.</summary>
    public void ResetIndexes()
    {
        _offsetIndex.TruncateToCount(0);
        _timeIndex.TruncateToCount(0);
        Transactions.TruncateTo(long.MinValue);
        (_maxTimestamp, _isTimestampLoaded, _bytesSinceIndexEntry) = ((-1, -1), true, 0);
        (_areIndexesChecked, _isTimestampConfirmed) = (true, true);
    }

    /// <summary>Cuts the log file to a length at which a batch ends. That also gives back what was reserved behind it, by this run or by one that crashed.</summary>
    public void SetSize(long size)
    {
        if (_log.Length != size || size >= ReserveFromBytes || _reservedTo > size)
        {
            _log.SetLength(size);
        }

        IsDirty = true;
        (_reservedTo, _bytesSinceIndexEntry) = (0, 0);
        Volatile.Write(ref _size, size);
    }

    private void Reserve(long position, long bytes)
    {
        using var held = Hold();
        held.File.Reserve(position, bytes);
    }

    private long AgeMs(long maxTimestampMs, long nowMs) => FirstTimestampMs is >= 0 and var first ? maxTimestampMs - first : nowMs - _createdMs;

    private void LoadFirstTimestamp()
    {
        if (_firstBatchTimestampMs == null && Size > 0)
        {
            Span<byte> buffer = stackalloc byte[RecordBatch.HeaderSize];
            using var held = Hold();
            var walker = new BatchWalker(held.File, 0, Size, buffer);
            _firstBatchTimestampMs = walker.TryNext(out var first) ? first.MaxTimestampMs : -1;
        }
    }

    private void NoteTimestampsFrom(int position)
    {
        Span<byte> buffer = stackalloc byte[BatchWalker.BufferBytes];
        using var held = Hold();
        var walker = new BatchWalker(held.File, position, Size, buffer);
        while (walker.TryNext(out var header))
        {
            NoteTimestamp(header.MaxTimestampMs, header.LastOffset);
        }
    }

    private long EndOffsetFrom(int position)
    {
        Span<byte> buffer = stackalloc byte[BatchWalker.BufferBytes];
        using var held = Hold();
        var walker = new BatchWalker(held.File, position, Size, buffer);
        long end = -1;
        while (walker.TryNext(out var header))
        {
            end = header.LastOffset + 1;
        }

        return end;
    }

    private string PathOf(string suffix) => LogFiles.PathOf(_directory, BaseOffset, suffix) + _nameSuffix;
}
