using Ouzel.Protocol;

namespace Ouzel.Storage;

/// <summary>The fate of a partition's directory that a start finds.</summary>
public enum DirectoryUse
{
    /// <summary>Its log is opened.</summary>
    Open,

    /// <summary>Its topic was deleted: it goes the way of deleted directories.</summary>
    Deleted,

    /// <summary>The partition's own directory is another one: it is renamed to -stray and kept.</summary>
    Stray,

    /// <summary>Nothing proves what it is: it is not opened, not renamed and not written to.</summary>
    LeaveAlone,
}

/// <summary>The claim on a directory, and the topic it is for.</summary>
/// <param name="Use">What becomes of it.</param>
/// <param name="TopicId">The topic it is opened for; zero when nobody knows.</param>
/// <param name="Reason">Of a directory that is left alone or a stray: why, and what to do.</param>
public readonly record struct DirectoryClaim(DirectoryUse Use, Uuid TopicId = default, string Reason = "");
