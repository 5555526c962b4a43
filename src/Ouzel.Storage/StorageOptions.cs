namespace Ouzel.Storage;

/// <summary>Settings of a node's log directories.</summary>
public sealed record StorageOptions
{
    /// <summary>log.dirs: the directories, the metadata's one first.</summary>
    public required IReadOnlyList<string> Directories { get; init; }

    /// <summary>cluster.id as meta.properties holds it (22 characters).</summary>
    public required string ClusterId { get; init; }

    /// <summary>node.id.</summary>
    public required int NodeId { get; init; }

    /// <summary>producer.id.expiration.ms: how long a producer that writes nothing is remembered, by the time of its last record.</summary>
    public long ProducerIdExpirationMs { get; init; } = 86_400_000;

    /// <summary>num.recovery.threads.per.data.dir: how many logs of one directory are recovered at a time.</summary>
    public int RecoveryThreads { get; init; } = 2;

    /// <summary>Measures how long the disk takes; without one nothing is measured.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>The settings of a topic's logs at opening time; the broker knows them from the cluster's metadata.</summary>
    public Func<string, LogOptions> LogOptionsOf { get; init; } = static _ => LogOptions.Default;
}
