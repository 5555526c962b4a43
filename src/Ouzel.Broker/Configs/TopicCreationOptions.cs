namespace Ouzel.Broker.Configs;

/// <summary>Settings by which topics come to be and go.</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class TopicCreationOptions
{
    /// <summary>Makes a topic when a client asks for one that does not exist.</summary>
    [Setting("auto.create.topics.enable")]
    public bool AutoCreateTopicsEnable { get; init; } = true;

    /// <summary>Partitions of a topic that is made without a count.</summary>
    [Setting("num.partitions", Min = 1)]
    public int NumPartitions { get; init; } = 1;

    /// <summary>Copies of a topic that is made without a count.</summary>
    [Setting("default.replication.factor")]
    public int DefaultReplicationFactor { get; init; } = 1;

    /// <summary>Allows topics to be deleted.</summary>
    [Setting("delete.topic.enable")]
    public bool DeleteTopicEnable { get; init; } = true;

    /// <summary>Java class that judges the creation of topics.</summary>
    [Setting("create.topic.policy.class.name", Type = SettingType.Class, Accepted = true)]
    public string? CreateTopicPolicyClassName { get; init; }

    /// <summary>Java class that judges changes of settings.</summary>
    [Setting("alter.config.policy.class.name", Type = SettingType.Class, Accepted = true)]
    public string? AlterConfigPolicyClassName { get; init; }

    /// <summary>Time that removed metadata snapshots are kept.</summary>
    [Setting("internal.metadata.delete.delay.millis", Internal = true, Accepted = true)]
    public long InternalMetadataDeleteDelayMillis { get; init; } = 60000;
}
