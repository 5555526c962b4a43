namespace Ouzel.Broker.Configs;

/// <summary>Logging in by SASL.</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class SaslOptions
{
    /// <summary>Java class that answers a login's questions on the node's own connections.</summary>
    [Setting("sasl.client.callback.handler.class", Type = SettingType.Class, Accepted = true)]
    public string? ClientCallbackHandlerClass { get; init; }

    /// <summary>Mechanisms that clients may log in with.</summary>
    [Setting("sasl.enabled.mechanisms", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public IReadOnlyList<string> EnabledMechanisms { get; init; } = ["GSSAPI"];

    /// <summary>Login modules and their options, in the form of a JAAS file.</summary>
    [Setting("sasl.jaas.config", Type = SettingType.Password, Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string? JaasConfig { get; init; }

    /// <summary>Path of the kinit command.</summary>
    [Setting("sasl.kerberos.kinit.cmd", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string KerberosKinitCmd { get; init; } = "/usr/bin/kinit";

    /// <summary>Least time between two attempts to renew a ticket.</summary>
    [Setting("sasl.kerberos.min.time.before.relogin", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public long KerberosMinTimeBeforeRelogin { get; init; } = 60000;

    /// <summary>Rules that turn a Kerberos principal into a user name.</summary>
    [Setting("sasl.kerberos.principal.to.local.rules", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public IReadOnlyList<string> KerberosPrincipalToLocalRules { get; init; } = ["DEFAULT"];

    /// <summary>Kerberos name of the service.</summary>
    [Setting("sasl.kerberos.service.name", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string? KerberosServiceName { get; init; }

    /// <summary>Random part of the time of a ticket's renewal.</summary>
    [Setting("sasl.kerberos.ticket.renew.jitter", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public double KerberosTicketRenewJitter { get; init; } = 0.05;

    /// <summary>Share of a ticket's life after which it is renewed.</summary>
    [Setting("sasl.kerberos.ticket.renew.window.factor", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public double KerberosTicketRenewWindowFactor { get; init; } = 0.8;

    /// <summary>Java class that answers a login's questions.</summary>
    [Setting("sasl.login.callback.handler.class", Type = SettingType.Class, Accepted = true)]
    public string? LoginCallbackHandlerClass { get; init; }

    /// <summary>Java class that logs in.</summary>
    [Setting("sasl.login.class", Type = SettingType.Class, Accepted = true)]
    public string? LoginClass { get; init; }

    /// <summary>Longest wait for a connection to the provider of logins.</summary>
    [Setting("sasl.login.connect.timeout.ms", Accepted = true)]
    public int? LoginConnectTimeoutMs { get; init; }

    /// <summary>Longest wait for a response of the provider of logins.</summary>
    [Setting("sasl.login.read.timeout.ms", Accepted = true)]
    public int? LoginReadTimeoutMs { get; init; }

    /// <summary>Time before a credential's end that renewal keeps free.</summary>
    [Setting("sasl.login.refresh.buffer.seconds", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public short LoginRefreshBufferSeconds { get; init; } = 300;

    /// <summary>Least time between two renewals of a credential.</summary>
    [Setting("sasl.login.refresh.min.period.seconds", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public short LoginRefreshMinPeriodSeconds { get; init; } = 60;

    /// <summary>Share of a credential's life after which it is renewed.</summary>
    [Setting("sasl.login.refresh.window.factor", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public double LoginRefreshWindowFactor { get; init; } = 0.8;

    /// <summary>Random part of the time of a credential's renewal.</summary>
    [Setting("sasl.login.refresh.window.jitter", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public double LoginRefreshWindowJitter { get; init; } = 0.05;

    /// <summary>Longest wait between two attempts to log in.</summary>
    [Setting("sasl.login.retry.backoff.max.ms", Accepted = true)]
    public long LoginRetryBackoffMaxMs { get; init; } = 10000;

    /// <summary>First wait between two attempts to log in.</summary>
    [Setting("sasl.login.retry.backoff.ms", Accepted = true)]
    public long LoginRetryBackoffMs { get; init; } = 100;

    /// <summary>Mechanism towards controllers.</summary>
    [Setting("sasl.mechanism.controller.protocol", Accepted = true)]
    public string MechanismControllerProtocol { get; init; } = "GSSAPI";

    /// <summary>Mechanism between brokers.</summary>
    [Setting("sasl.mechanism.inter.broker.protocol", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string MechanismInterBrokerProtocol { get; init; } = "GSSAPI";

    /// <summary>Signature algorithm of the node's own assertions.</summary>
    [Setting("sasl.oauthbearer.assertion.algorithm", OneOf = "ES256, RS256", AnyCase = true, Accepted = true)]
    public string OauthbearerAssertionAlgorithm { get; init; } = "RS256";

    /// <summary>Audience named in the node's own assertions.</summary>
    [Setting("sasl.oauthbearer.assertion.claim.aud", Accepted = true)]
    public string? OauthbearerAssertionClaimAud { get; init; }

    /// <summary>Seconds for which an assertion is valid.</summary>
    [Setting("sasl.oauthbearer.assertion.claim.exp.seconds", Min = 0, Max = 86400, Accepted = true)]
    public int OauthbearerAssertionClaimExpSeconds { get; init; } = 300;

    /// <summary>Issuer named in the node's own assertions.</summary>
    [Setting("sasl.oauthbearer.assertion.claim.iss", Accepted = true)]
    public string? OauthbearerAssertionClaimIss { get; init; }

    /// <summary>Gives each assertion an id of its own.</summary>
    [Setting("sasl.oauthbearer.assertion.claim.jti.include", Accepted = true)]
    public bool OauthbearerAssertionClaimJtiInclude { get; init; } = false;

    /// <summary>Seconds by which an assertion is valid before it is made.</summary>
    [Setting("sasl.oauthbearer.assertion.claim.nbf.seconds", Min = 0, Max = 3600, Accepted = true)]
    public int OauthbearerAssertionClaimNbfSeconds { get; init; } = 60;

    /// <summary>Subject named in the node's own assertions.</summary>
    [Setting("sasl.oauthbearer.assertion.claim.sub", Accepted = true)]
    public string? OauthbearerAssertionClaimSub { get; init; }

    /// <summary>Takes tokens whose audience is not compared with anything.</summary>
    [Setting("sasl.oauthbearer.allow.unverified.audience", Accepted = true)]
    public bool OauthbearerAllowUnverifiedAudience { get; init; } = false;

    /// <summary>Takes tokens whose issuer is not compared with anything.</summary>
    [Setting("sasl.oauthbearer.allow.unverified.issuer", Accepted = true)]
    public bool OauthbearerAllowUnverifiedIssuer { get; init; } = false;

    /// <summary>File with a ready-made assertion.</summary>
    [Setting("sasl.oauthbearer.assertion.file", Accepted = true)]
    public string? OauthbearerAssertionFile { get; init; }

    /// <summary>File with the key that signs assertions.</summary>
    [Setting("sasl.oauthbearer.assertion.private.key.file", Accepted = true)]
    public string? OauthbearerAssertionPrivateKeyFile { get; init; }

    /// <summary>Password of that key.</summary>
    [Setting("sasl.oauthbearer.assertion.private.key.passphrase", Type = SettingType.Password, Accepted = true)]
    public string? OauthbearerAssertionPrivateKeyPassphrase { get; init; }

    /// <summary>File with claims that every assertion carries.</summary>
    [Setting("sasl.oauthbearer.assertion.template.file", Accepted = true)]
    public string? OauthbearerAssertionTemplateFile { get; init; }

    /// <summary>Client id for fetching tokens.</summary>
    [Setting("sasl.oauthbearer.client.credentials.client.id", Accepted = true)]
    public string? OauthbearerClientCredentialsClientId { get; init; }

    /// <summary>Client secret for fetching tokens.</summary>
    [Setting("sasl.oauthbearer.client.credentials.client.secret", Type = SettingType.Password, Accepted = true)]
    public string? OauthbearerClientCredentialsClientSecret { get; init; }

    /// <summary>Difference of clocks that is tolerated in tokens.</summary>
    [Setting("sasl.oauthbearer.clock.skew.seconds", Accepted = true)]
    public int OauthbearerClockSkewSeconds { get; init; } = 30;

    /// <summary>Audiences of which a token must name one.</summary>
    [Setting("sasl.oauthbearer.expected.audience", Accepted = true)]
    public IReadOnlyList<string> OauthbearerExpectedAudience { get; init; } = [];

    /// <summary>Issuer that a token must name.</summary>
    [Setting("sasl.oauthbearer.expected.issuer", Accepted = true)]
    public string? OauthbearerExpectedIssuer { get; init; }

    /// <summary>Time after which the keys of the provider are fetched again.</summary>
    [Setting("sasl.oauthbearer.jwks.endpoint.refresh.ms", Accepted = true)]
    public long OauthbearerJwksEndpointRefreshMs { get; init; } = 3600000;

    /// <summary>Longest wait between two attempts to fetch the keys.</summary>
    [Setting("sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms", Accepted = true)]
    public long OauthbearerJwksEndpointRetryBackoffMaxMs { get; init; } = 10000;

    /// <summary>First wait between two attempts to fetch the keys.</summary>
    [Setting("sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", Accepted = true)]
    public long OauthbearerJwksEndpointRetryBackoffMs { get; init; } = 100;

    /// <summary>Address of the provider's keys.</summary>
    [Setting("sasl.oauthbearer.jwks.endpoint.url", Accepted = true)]
    public string? OauthbearerJwksEndpointUrl { get; init; }

    /// <summary>Java class that fetches tokens.</summary>
    [Setting("sasl.oauthbearer.jwt.retriever.class", Type = SettingType.Class, Accepted = true)]
    public string OauthbearerJwtRetrieverClass { get; init; } = "org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever";

    /// <summary>Java class that checks tokens.</summary>
    [Setting("sasl.oauthbearer.jwt.validator.class", Type = SettingType.Class, Accepted = true)]
    public string OauthbearerJwtValidatorClass { get; init; } = "org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator";

    /// <summary>Scope that is asked for with a token.</summary>
    [Setting("sasl.oauthbearer.scope", Accepted = true)]
    public string? OauthbearerScope { get; init; }

    /// <summary>Name of the claim with the scope.</summary>
    [Setting("sasl.oauthbearer.scope.claim.name", Accepted = true)]
    public string OauthbearerScopeClaimName { get; init; } = "scope";

    /// <summary>Name of the claim with the subject.</summary>
    [Setting("sasl.oauthbearer.sub.claim.name", Accepted = true)]
    public string OauthbearerSubClaimName { get; init; } = "sub";

    /// <summary>Address from which tokens are fetched.</summary>
    [Setting("sasl.oauthbearer.token.endpoint.url", Accepted = true)]
    public string? OauthbearerTokenEndpointUrl { get; init; }

    /// <summary>Java class that checks logins.</summary>
    [Setting("sasl.server.callback.handler.class", Type = SettingType.Class, Accepted = true)]
    public string? ServerCallbackHandlerClass { get; init; }

    /// <summary>Largest message of a login that is read.</summary>
    [Setting("sasl.server.max.receive.size", Accepted = true)]
    public int ServerMaxReceiveSize { get; init; } = 524288;
}
