using Ouzel.Protocol;

namespace Ouzel.Storage;

/// <summary>Settings of a node's log directories.</summary>
public sealed record StorageOptions
{
    /// <summary>log.dirs: the directories; the metadata log lies in the first, unless <see cref="MetadataDirectory"/> is given.</summary>
    public required IReadOnlyList<string> Directories { get; init; }

    /// <summary>cluster.id as meta.properties holds it (22 characters).</summary>
    public required string ClusterId { get; init; }

    /// <summary>node.id.</summary>
    public required int NodeId { get; init; }

    /// <summary>producer.id.expiration.ms: how long a producer that writes nothing is remembered, by the time of its last record.</summary>
    public long ProducerIdExpirationMs { get; init; } = 86_400_000;

    /// <summary>num.recovery.threads.per.data.dir: how many logs of one directory are recovered at a time.</summary>
    public int RecoveryThreads { get; init; } = 2;

    /// <summary>metadata.log.dir: where the metadata log lies when that is not the first of <see cref="Directories"/>; one of them, or one beside them.</summary>
    public string? MetadataDirectory { get; init; }

    /// <summary>The fate of a partition's directory found at the start, given its path and the topic id in it (zero: none, or it cannot be read).</summary>
    public Func<string, TopicPartition, Uuid, DirectoryClaim> ClaimOf { get; init; } = static (_, _, id) => new DirectoryClaim(DirectoryUse.Open, id);

    /// <summary>Measures how long the disk takes; without one nothing is measured.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>The settings of a topic's logs at opening time; the broker knows them from the cluster's metadata.</summary>
    public Func<string, LogOptions> LogOptionsOf { get; init; } = static _ => LogOptions.Default;

    internal bool IsMetadataAlone(string path) => path == MetadataDirectory && !Directories.Contains(path);
}
