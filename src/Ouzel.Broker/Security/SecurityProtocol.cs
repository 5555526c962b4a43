namespace Ouzel.Broker.Security;

/// <summary>The way in which a listener's clients speak: in the clear or through TLS, with a proof of who they are or without. The numbers are those of registrations.</summary>
internal enum SecurityProtocol : short
{
    Plaintext = 0,
    Ssl = 1,
    SaslPlaintext = 2,
    SaslSsl = 3,
}

internal static class SecurityProtocols
{
    /// <summary>The protocol of that name in listener.security.protocol.map, which was checked when it was read.</summary>
    public static SecurityProtocol Of(string name) => name switch
    {
        "PLAINTEXT" => SecurityProtocol.Plaintext,
        "SSL" => SecurityProtocol.Ssl,
        "SASL_PLAINTEXT" => SecurityProtocol.SaslPlaintext,
        "SASL_SSL" => SecurityProtocol.SaslSsl,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No security protocol has this name"),
    };
}
