using System.Buffers.Binary;
using System.Text;
using Ouzel.Broker.Net;

namespace Ouzel.Broker.Tests.Net;

public sealed class ForeignProtocolTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1", "HTTP")]
    [InlineData("POST /metrics", "HTTP")]
    [InlineData("PRI * HTTP/2.0", "HTTP")]
    [InlineData("\u0016\u0003\u0001\u0002\0", "TLS")]
    [InlineData("\u0016\u0003\u0003\u0000\u00c8", "TLS")]
    [InlineData("SSH-2.0-OpenSSH", "SSH")]
    [InlineData("PROXY TCP4", "the PROXY protocol")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n", "the PROXY protocol")]
    public void What_is_spoken_by_mistake_is_known_by_its_first_bytes(string bytes, string name) => Assert.Equal(name, ForeignProtocol.Of(Length(bytes))?.Name);

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(100_000_001)]
    [InlineData(0x16050000)]
    public void A_length_that_is_only_too_large_has_no_name(int length) => Assert.Null(ForeignProtocol.Of(length));

    private static int Length(string bytes) => BinaryPrimitives.ReadInt32BigEndian(Encoding.Latin1.GetBytes(bytes));
}
