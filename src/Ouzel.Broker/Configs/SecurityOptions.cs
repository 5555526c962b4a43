namespace Ouzel.Broker.Configs;

/// <summary>Settings of who may do what.</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class SecurityOptions
{
    /// <summary>Java class of the authorizer; empty for none.</summary>
    [Setting("authorizer.class.name", Form = SettingForm.NotNull, Accepted = true)]
    public string AuthorizerClassName { get; init; } = "";

    /// <summary>Names of providers that fill in values of settings.</summary>
    [Setting("config.providers", Dynamic = DynamicMode.ClusterWide, Accepted = true)]
    public IReadOnlyList<string> ConfigProviders { get; init; } = [];

    /// <summary>Time between two looks for expired delegation tokens.</summary>
    [Setting("delegation.token.expiry.check.interval.ms", Min = 1, Accepted = true)]
    public long DelegationTokenExpiryCheckIntervalMs { get; init; } = 3600000;

    /// <summary>Time after which a delegation token must be renewed.</summary>
    [Setting("delegation.token.expiry.time.ms", Min = 1, Accepted = true)]
    public long DelegationTokenExpiryTimeMs { get; init; } = 86400000;

    /// <summary>Time after which a delegation token cannot be renewed any more.</summary>
    [Setting("delegation.token.max.lifetime.ms", Min = 1, Accepted = true)]
    public long DelegationTokenMaxLifetimeMs { get; init; } = 604800000;

    /// <summary>Secret from which delegation tokens are made.</summary>
    [Setting("delegation.token.secret.key", Type = SettingType.Password, Accepted = true)]
    public string? DelegationTokenSecretKey { get; init; }

    /// <summary>Java class that names the user of a connection.</summary>
    [Setting("principal.builder.class", Type = SettingType.Class, Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string PrincipalBuilderClass { get; init; } = "org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder";

    /// <summary>Java classes of further security providers.</summary>
    [Setting("security.providers", Accepted = true)]
    public string? SecurityProviders { get; init; }
}
