namespace Ouzel.Storage.Compaction;

/// <summary>
/// The last offset of each key in the part of a log that is being compacted. Open addressing in one array of a bounded size; when it is full, the pass covers
/// only what went in.
/// </summary>
internal sealed class OffsetMap
{
    /// <summary>Bytes of one entry: the hash and the offset.</summary>
    public const int SlotBytes = 24;

    private readonly Slot[] _slots;
    private readonly KeyHash _hash;
    private readonly int _countMax;

    /// <param name="options">How large it may be.</param>
    /// <param name="recordsMax">How many keys can come at most.</param>
    /// <param name="hash">The hash of keys.</param>
    public OffsetMap(CompactionOptions options, long recordsMax, KeyHash hash)
    {
        var loadFactor = Math.Clamp(options.LoadFactor, 0.01, 0.99);
        var slots = Math.Min(options.DedupeBufferBytes / SlotBytes, Math.Min((long)(recordsMax / loadFactor) + 2, Array.MaxLength));
        _slots = new Slot[Math.Max(2, slots)];
        _countMax = Math.Min((int)(_slots.Length * loadFactor), _slots.Length - 1);
        _hash = hash;
    }

    /// <summary>Different keys.</summary>
    public int Count { get; private set; }

    /// <summary>Takes in a key's record; false when there is no room for another key.</summary>
    public bool TryPut(ReadOnlySpan<byte> key, long offset)
    {
        ref var slot = ref Find(key, out var first, out var second);
        if (slot.OffsetPlusOne == 0)
        {
            if (Count >= _countMax)
            {
                return false;
            }

            Count++;
            (slot.First, slot.Second) = (first, second);
        }

        slot.OffsetPlusOne = offset + 1;
        return true;
    }

    /// <summary>The last offset of a key, -1 when it did not occur.</summary>
    public long OffsetOf(ReadOnlySpan<byte> key) => Find(key, out _, out _).OffsetPlusOne - 1;

    /// <summary>The key's slot, or the empty one where it would go: there is always one.</summary>
    private ref Slot Find(ReadOnlySpan<byte> key, out ulong first, out ulong second)
    {
        (first, second) = _hash.Compute(key);
        for (var i = (int)(first % (ulong)_slots.Length); ; i = i + 1 == _slots.Length ? 0 : i + 1)
        {
            ref var slot = ref _slots[i];
            if (slot.OffsetPlusOne == 0 || (slot.First == first && slot.Second == second))
            {
                return ref slot;
            }
        }
    }

    private struct Slot
    {
        public ulong First;
        public ulong Second;
        public long OffsetPlusOne;
    }
}
