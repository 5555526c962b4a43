namespace Ouzel.Protocol.Records;

/// <summary>The state of a place where a batch should begin.</summary>
public enum BatchReadStatus
{
    /// <summary>A whole batch.</summary>
    Whole,

    /// <summary>The beginning of a batch, or nothing: the end of a log or of a cut answer.</summary>
    Partial,

    /// <summary>An impossible length or an unknown magic: what follows cannot be found.</summary>
    Damaged,
}
