namespace Ouzel.Broker.Configs;

/// <summary>Segments stored elsewhere.</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class RemoteStorageOptions
{
    /// <summary>Longest wait for bytes from the remote store.</summary>
    [Setting("remote.fetch.max.wait.ms", Dynamic = DynamicMode.ClusterWide, Min = 1, Accepted = true)]
    public int FetchMaxWaitMs { get; init; } = 500;

    /// <summary>Longest wait for an offset lookup in the remote store.</summary>
    [Setting("remote.list.offsets.request.timeout.ms", Dynamic = DynamicMode.ClusterWide, Min = 1, Accepted = true)]
    public long ListOffsetsRequestTimeoutMs { get; init; } = 30000;

    /// <summary>Disk space for indexes fetched from the remote store.</summary>
    [Setting("remote.log.index.file.cache.total.size.bytes", Dynamic = DynamicMode.ClusterWide, Min = 1, Accepted = true)]
    public long LogIndexFileCacheTotalSizeBytes { get; init; } = 1073741824;

    /// <summary>Number of threads that copy segments away.</summary>
    [Setting("remote.log.manager.copier.thread.pool.size", Dynamic = DynamicMode.ClusterWide, Min = 1, Accepted = true)]
    public int LogManagerCopierThreadPoolSize { get; init; } = 10;

    /// <summary>Most bytes a second that are copied away.</summary>
    [Setting("remote.log.manager.copy.max.bytes.per.second", Dynamic = DynamicMode.ClusterWide, Min = 1, Accepted = true)]
    public long LogManagerCopyMaxBytesPerSecond { get; init; } = long.MaxValue;

    /// <summary>Windows kept for that rate.</summary>
    [Setting("remote.log.manager.copy.quota.window.num", Min = 1, Accepted = true)]
    public int LogManagerCopyQuotaWindowNum { get; init; } = 11;

    /// <summary>Length of each such window.</summary>
    [Setting("remote.log.manager.copy.quota.window.size.seconds", Min = 1, Accepted = true)]
    public int LogManagerCopyQuotaWindowSizeSeconds { get; init; } = 1;

    /// <summary>Number of threads that delete remote segments.</summary>
    [Setting("remote.log.manager.expiration.thread.pool.size", Dynamic = DynamicMode.ClusterWide, Min = 1, Accepted = true)]
    public int LogManagerExpirationThreadPoolSize { get; init; } = 10;

    /// <summary>Most bytes a second that are fetched from the remote store.</summary>
    [Setting("remote.log.manager.fetch.max.bytes.per.second", Dynamic = DynamicMode.ClusterWide, Min = 1, Accepted = true)]
    public long LogManagerFetchMaxBytesPerSecond { get; init; } = long.MaxValue;

    /// <summary>Windows kept for that rate.</summary>
    [Setting("remote.log.manager.fetch.quota.window.num", Min = 1, Accepted = true)]
    public int LogManagerFetchQuotaWindowNum { get; init; } = 11;

    /// <summary>Length of each such window.</summary>
    [Setting("remote.log.manager.fetch.quota.window.size.seconds", Min = 1, Accepted = true)]
    public int LogManagerFetchQuotaWindowSizeSeconds { get; init; } = 1;

    /// <summary>Number of threads that follow remote segments on followers.</summary>
    [Setting("remote.log.manager.follower.thread.pool.size", Dynamic = DynamicMode.ClusterWide, Min = 1, Accepted = true)]
    public int LogManagerFollowerThreadPoolSize { get; init; } = 2;

    /// <summary>Time between two looks for segments to copy away.</summary>
    [Setting("remote.log.manager.task.interval.ms", Min = 1, Accepted = true)]
    public long LogManagerTaskIntervalMs { get; init; } = 30000;

    /// <summary>Longest wait before a failed copy is tried again.</summary>
    [Setting("remote.log.manager.task.retry.backoff.max.ms", Min = 1, Internal = true, Accepted = true)]
    public long LogManagerTaskRetryBackoffMaxMs { get; init; } = 30000;

    /// <summary>First wait before a failed copy is tried again.</summary>
    [Setting("remote.log.manager.task.retry.backoff.ms", Min = 1, Internal = true, Accepted = true)]
    public long LogManagerTaskRetryBackoffMs { get; init; } = 500;

    /// <summary>Random part of that wait.</summary>
    [Setting("remote.log.manager.task.retry.jitter", Min = 0, Max = 0.5, Internal = true, Accepted = true)]
    public double LogManagerTaskRetryJitter { get; init; } = 0.2;

    /// <summary>Number of threads for remote segments in all.</summary>
    [Setting("remote.log.manager.thread.pool.size", Min = 1, Accepted = true)]
    public int LogManagerThreadPoolSize { get; init; } = 2;

    /// <summary>Largest note that a store may keep about a segment.</summary>
    [Setting("remote.log.metadata.custom.metadata.max.bytes", Min = 0, Accepted = true)]
    public int LogMetadataCustomMetadataMaxBytes { get; init; } = 128;

    /// <summary>Java class that keeps the list of remote segments.</summary>
    [Setting("remote.log.metadata.manager.class.name", Form = SettingForm.NotEmpty, Accepted = true)]
    public string LogMetadataManagerClassName { get; init; } = "org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager";

    /// <summary>Place of that class.</summary>
    [Setting("remote.log.metadata.manager.class.path", Accepted = true)]
    public string? LogMetadataManagerClassPath { get; init; }

    /// <summary>Prefix of the settings that are passed to it.</summary>
    [Setting("remote.log.metadata.manager.impl.prefix", Form = SettingForm.NotEmpty, Accepted = true)]
    public string LogMetadataManagerImplPrefix { get; init; } = "rlmm.config.";

    /// <summary>Listener by which it reaches the brokers.</summary>
    [Setting("remote.log.metadata.manager.listener.name", Form = SettingForm.NotEmpty, Accepted = true)]
    public string? LogMetadataManagerListenerName { get; init; }

    /// <summary>Most reads of the remote store that may wait.</summary>
    [Setting("remote.log.reader.max.pending.tasks", Min = 1, Accepted = true)]
    public int LogReaderMaxPendingTasks { get; init; } = 100;

    /// <summary>Number of threads that read the remote store.</summary>
    [Setting("remote.log.reader.threads", Dynamic = DynamicMode.ClusterWide, Min = 1, Accepted = true)]
    public int LogReaderThreads { get; init; } = 10;

    /// <summary>Java class of the remote store.</summary>
    [Setting("remote.log.storage.manager.class.name", Form = SettingForm.NotEmpty, Accepted = true)]
    public string? LogStorageManagerClassName { get; init; }

    /// <summary>Place of that class.</summary>
    [Setting("remote.log.storage.manager.class.path", Accepted = true)]
    public string? LogStorageManagerClassPath { get; init; }

    /// <summary>Prefix of the settings that are passed to it.</summary>
    [Setting("remote.log.storage.manager.impl.prefix", Form = SettingForm.NotEmpty, Accepted = true)]
    public string LogStorageManagerImplPrefix { get; init; } = "rsm.config.";

    /// <summary>Turns remote storage on.</summary>
    [Setting("remote.log.storage.system.enable", Accepted = true)]
    public bool LogStorageSystemEnable { get; init; } = false;

    /// <summary>A new follower begins behind what is already stored remotely.</summary>
    [Setting("follower.fetch.last.tiered.offset.enable", Dynamic = DynamicMode.ClusterWide, Accepted = true)]
    public bool FollowerFetchLastTieredOffsetEnable { get; init; } = false;

    /// <summary>Time that an index of a remote segment is kept after its last use.</summary>
    [Setting("remote.log.index.file.cache.ttl.ms", Min = -1, Internal = true, Accepted = true)]
    public long LogIndexFileCacheTtlMs { get; init; } = 900000;
}
