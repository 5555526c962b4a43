using System.Buffers.Binary;
using System.Text;

namespace Ouzel.Broker.Net;

/// <summary>A protocol spoken to a plain port by mistake, known by the first four bytes where a request has its length.</summary>
/// <param name="Name">The protocol.</param>
/// <param name="Advice">What whoever runs the client may do.</param>
internal sealed record ForeignProtocol(string Name, string Advice)
{
    private static readonly ForeignProtocol Tls = new("TLS", "let the client use security.protocol=PLAINTEXT, or a listener for TLS");
    private static readonly ForeignProtocol Http = new("HTTP", "this is a port for Kafka clients, not for browsers, health checks or scrapers");
    private static readonly ForeignProtocol Ssh = new("SSH", "this is a port for Kafka clients");
    private static readonly ForeignProtocol Proxy = new("the PROXY protocol", "let the load balancer pass connections on as they are");

    private static readonly string[] HttpBegins = ["GET ", "HEAD", "POST", "PUT ", "PATC", "DELE", "OPTI", "CONN", "TRAC", "PRI ", "HTTP"];

    /// <summary>Null when the bytes are of no protocol that is known here.</summary>
    /// <param name="length">The first four bytes, read as a length.</param>
    public static ForeignProtocol? Of(int length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);

        // A handshake record: type 22, version 3.0 to 3.4.
        if (bytes[0] == 0x16 && bytes[1] == 3 && bytes[2] <= 4)
        {
            return Tls;
        }

        var text = Encoding.ASCII.GetString(bytes);
        return Array.IndexOf(HttpBegins, text) >= 0 ? Http
            : text == "SSH-" ? Ssh
            : text is "PROX" or "\r\n\r\n" ? Proxy
            : null;
    }
}
