namespace Ouzel.Broker.Configs;

/// <summary>Windows over which rates are measured.</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class QuotaOptions
{
    /// <summary>Windows kept for the rate of moves between directories.</summary>
    [Setting("alter.log.dirs.replication.quota.window.num", Min = 1, Accepted = true)]
    public int AlterLogDirsReplicationQuotaWindowNum { get; init; } = 11;

    /// <summary>Length of each such window.</summary>
    [Setting("alter.log.dirs.replication.quota.window.size.seconds", Min = 1, Accepted = true)]
    public int AlterLogDirsReplicationQuotaWindowSizeSeconds { get; init; } = 1;

    /// <summary>Java class that decides clients' quotas.</summary>
    [Setting("client.quota.callback.class", Type = SettingType.Class, Accepted = true)]
    public string? ClientQuotaCallbackClass { get; init; }

    /// <summary>Windows kept for the rate of changes to the cluster.</summary>
    [Setting("controller.quota.window.num", Min = 1, Accepted = true)]
    public int ControllerQuotaWindowNum { get; init; } = 11;

    /// <summary>Length of each such window.</summary>
    [Setting("controller.quota.window.size.seconds", Min = 1, Accepted = true)]
    public int ControllerQuotaWindowSizeSeconds { get; init; } = 1;

    /// <summary>Windows kept for clients' rates.</summary>
    [Setting("quota.window.num", Min = 1, Accepted = true)]
    public int QuotaWindowNum { get; init; } = 11;

    /// <summary>Length of each such window.</summary>
    [Setting("quota.window.size.seconds", Min = 1, Accepted = true)]
    public int QuotaWindowSizeSeconds { get; init; } = 1;

    /// <summary>Windows kept for the rate of copying.</summary>
    [Setting("replication.quota.window.num", Min = 1, Accepted = true)]
    public int ReplicationQuotaWindowNum { get; init; } = 11;

    /// <summary>Length of each such window.</summary>
    [Setting("replication.quota.window.size.seconds", Min = 1, Accepted = true)]
    public int ReplicationQuotaWindowSizeSeconds { get; init; } = 1;
}
