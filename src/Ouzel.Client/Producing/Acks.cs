namespace Ouzel.Client;

/// <summary>The time of a batch's acknowledgement.</summary>
public enum Acks : short
{
    /// <summary>Not at all: a record counts as sent when the network has taken it, and nobody learns of its offset or its loss.</summary>
    None = 0,

    /// <summary>Once the leader has appended it. A leader that is lost before its followers have the record loses it.</summary>
    Leader = 1,

    /// <summary>Once all replicas in sync have it.</summary>
    All = -1,
}
