namespace Ouzel.Broker.Configs;

/// <summary>TLS.</summary>
[SettingsGroup(SettingScope.Broker)]
public sealed partial class SslOptions
{
    /// <summary>Allows a new certificate to name another subject.</summary>
    [Setting("ssl.allow.dn.changes", Accepted = true)]
    public bool AllowDnChanges { get; init; } = false;

    /// <summary>Allows a new certificate to lack names of the old one.</summary>
    [Setting("ssl.allow.san.changes", Accepted = true)]
    public bool AllowSanChanges { get; init; } = false;

    /// <summary>Cipher suites that may be used; empty for the system's choice.</summary>
    [Setting("ssl.cipher.suites", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public IReadOnlyList<string> CipherSuites { get; init; } = [];

    /// <summary>Demand for a client's certificate: required, requested or none.</summary>
    [Setting("ssl.client.auth", Dynamic = DynamicMode.PerBroker, OneOf = "required, requested, none", Accepted = true)]
    public string ClientAuth { get; init; } = "none";

    /// <summary>Versions of TLS that may be used.</summary>
    [Setting("ssl.enabled.protocols", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public IReadOnlyList<string> EnabledProtocols { get; init; } = ["TLSv1.2", "TLSv1.3"];

    /// <summary>Check of a server's name against its certificate; empty for none.</summary>
    [Setting("ssl.endpoint.identification.algorithm", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string EndpointIdentificationAlgorithm { get; init; } = "https";

    /// <summary>Java class that makes TLS engines.</summary>
    [Setting("ssl.engine.factory.class", Type = SettingType.Class, Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string? EngineFactoryClass { get; init; }

    /// <summary>Password of the private key.</summary>
    [Setting("ssl.key.password", Type = SettingType.Password, Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string? KeyPassword { get; init; }

    /// <summary>Java algorithm of the key manager.</summary>
    [Setting("ssl.keymanager.algorithm", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string KeymanagerAlgorithm { get; init; } = "SunX509";

    /// <summary>Certificates of the node as PEM text.</summary>
    [Setting("ssl.keystore.certificate.chain", Type = SettingType.Password, Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string? KeystoreCertificateChain { get; init; }

    /// <summary>Private key of the node as PEM text.</summary>
    [Setting("ssl.keystore.key", Type = SettingType.Password, Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string? KeystoreKey { get; init; }

    /// <summary>File with the node's key and certificates.</summary>
    [Setting("ssl.keystore.location", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string? KeystoreLocation { get; init; }

    /// <summary>Password of that file.</summary>
    [Setting("ssl.keystore.password", Type = SettingType.Password, Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string? KeystorePassword { get; init; }

    /// <summary>Format of that file.</summary>
    [Setting("ssl.keystore.type", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string KeystoreType { get; init; } = "JKS";

    /// <summary>Rules that turn a certificate's subject into a user name.</summary>
    [Setting("ssl.principal.mapping.rules", Accepted = true)]
    public string PrincipalMappingRules { get; init; } = "DEFAULT";

    /// <summary>Version of TLS that is preferred.</summary>
    [Setting("ssl.protocol", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string Protocol { get; init; } = "TLSv1.3";

    /// <summary>Java security provider for TLS.</summary>
    [Setting("ssl.provider", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string? Provider { get; init; }

    /// <summary>Java source of random numbers for TLS.</summary>
    [Setting("ssl.secure.random.implementation", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string? SecureRandomImplementation { get; init; }

    /// <summary>Java algorithm of the trust manager.</summary>
    [Setting("ssl.trustmanager.algorithm", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string TrustmanagerAlgorithm { get; init; } = "PKIX";

    /// <summary>Trusted certificates as PEM text.</summary>
    [Setting("ssl.truststore.certificates", Type = SettingType.Password, Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string? TruststoreCertificates { get; init; }

    /// <summary>File with trusted certificates.</summary>
    [Setting("ssl.truststore.location", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string? TruststoreLocation { get; init; }

    /// <summary>Password of that file.</summary>
    [Setting("ssl.truststore.password", Type = SettingType.Password, Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string? TruststorePassword { get; init; }

    /// <summary>Format of that file.</summary>
    [Setting("ssl.truststore.type", Dynamic = DynamicMode.PerBroker, Accepted = true)]
    public string TruststoreType { get; init; } = "JKS";
}
