namespace Ouzel.Broker.Configs;

/// <summary>Settings that only Ouzel has.</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class OuzelOptions
{
    /// <summary>When a write with acks=all is answered: fsync, once it is on the disk; replicated, once all in-sync copies have it; os, once the operating system has it.</summary>
    [Setting("ouzel.durability", OneOf = "fsync, replicated, os")]
    public string Durability { get; init; } = "fsync";

    /// <summary>Where data is kept: disk, or memory for a broker that forgets everything when it stops.</summary>
    [Setting("ouzel.storage", OneOf = "disk, memory")]
    public string Storage { get; init; } = "disk";

    /// <summary>Longest time a stop waits for connections to finish what they began.</summary>
    [Setting("ouzel.stop.timeout.ms", Min = 0)]
    public int StopTimeoutMs { get; init; } = 10000;

    /// <summary>How log lines look: text for people, json for machines.</summary>
    [Setting("ouzel.log.format", OneOf = "text, json")]
    public string LogFormat { get; init; } = "text";

    /// <summary>Least important log lines that are written.</summary>
    [Setting("ouzel.log.level", OneOf = "trace, debug, info, warn, error", AnyCase = true)]
    public string LogLevel { get; init; } = "info";
}
