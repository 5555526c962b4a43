namespace Ouzel.Protocol.Records;

/// <summary>The bytes of record batches inside a message: in memory, or elsewhere (a slice of a file) to be sent without being read.</summary>
public abstract class RecordsData
{
    /// <summary>Bytes, all batches together.</summary>
    public abstract int Length { get; }
}

/// <summary>Record batches in memory.</summary>
public sealed class MemoryRecords : RecordsData
{
    private readonly bool _ownedByMessage;

    /// <param name="memory">Not copied: valid as long as its owner keeps it, for a request the time until it is answered.</param>
    public MemoryRecords(ReadOnlyMemory<byte> memory) => Memory = memory;

    private MemoryRecords(ReadOnlyMemory<byte> memory, bool ownedByMessage)
        : this(memory) => _ownedByMessage = ownedByMessage;

    /// <summary>No batches.</summary>
    public static MemoryRecords Empty { get; } = new(ReadOnlyMemory<byte>.Empty);

    public ReadOnlyMemory<byte> Memory { get; private set; }
    public ReadOnlySpan<byte> Span => Memory.Span;
    public override int Length => Memory.Length;

    /// <summary>Lets go of the bytes of a message that is kept to be read into again, so that it does not keep a whole frame alive.</summary>
    public void Forget()
    {
        if (_ownedByMessage)
        {
            Memory = default;
        }
    }

    /// <summary>Points an instance that an earlier Read of the same message made at new bytes, or makes one: a pooled message allocates nothing.</summary>
    internal static MemoryRecords Renew(RecordsData? previous, ReadOnlyMemory<byte> memory)
    {
        if (previous is MemoryRecords { _ownedByMessage: true } own)
        {
            own.Memory = memory;
            return own;
        }

        return new MemoryRecords(memory, ownedByMessage: true);
    }
}
