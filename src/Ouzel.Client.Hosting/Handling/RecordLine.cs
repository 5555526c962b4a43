namespace Ouzel.Client.Hosting.Handling;

/// <summary>Records that are handled one after the other: those of a partition that have equal keys, or all of a partition.</summary>
internal readonly struct RecordLine : IEquatable<RecordLine>
{
    private readonly PartitionProgress _progress;
    private readonly byte[]? _key;

    public RecordLine(PendingRecord record, bool isOrderedByKey)
    {
        _progress = record.Progress;
        _key = isOrderedByKey ? record.Raw.Key : null;
    }

    /// <summary>The time that this member has the partition belongs to it: what came before it was taken away and given back is another line.</summary>
    public bool Equals(RecordLine other) => ReferenceEquals(_progress, other._progress) && (_key is null) == (other._key is null) && _key.AsSpan().SequenceEqual(other._key);

    public override bool Equals(object? obj) => obj is RecordLine other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(_progress);
        hash.AddBytes(_key);
        return hash.ToHashCode();
    }

    public override string ToString() => $"{_progress.Partition}, key of {_key?.Length ?? 0} bytes";
}
