using System.Globalization;

namespace Ouzel.Client.Connections;

/// <summary>The address of a broker.</summary>
internal readonly record struct ServerAddress(string Host, int Port)
{
    private const int PortDefault = 9092;

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>Reads a comma-separated list of host:port; a host alone has port 9092, an IPv6 address stands in brackets.</summary>
    /// <exception cref="ArgumentException">The list is empty or an entry cannot be read.</exception>
    public static IReadOnlyList<ServerAddress> ParseList(string servers)
    {
        ServerAddress[] addresses = [.. servers.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse)];
        return addresses.Length > 0 ? addresses : throw new ArgumentException("The bootstrap servers are empty: give host:port, several separated by commas.", nameof(servers));
    }

    private static ServerAddress Parse(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            var protocol = text[..scheme];
            if (!protocol.Equals("PLAINTEXT", StringComparison.OrdinalIgnoreCase))
            {
                throw new ArgumentException($"'{text}' asks for {protocol}: this client speaks PLAINTEXT only so far, neither TLS nor SASL.", nameof(text));
            }

            text = text[(scheme + 3)..];
        }

        if (text.StartsWith('[') && text.IndexOf(']', StringComparison.Ordinal) is > 1 and var end)
        {
            return new ServerAddress(text[1..end], end + 1 == text.Length ? PortDefault : ParsePort(text, end + 1));
        }

        var colon = text.LastIndexOf(':');
        return colon < 0 ? new ServerAddress(text, PortDefault) : new ServerAddress(text[..colon], ParsePort(text, colon));
    }

    private static int ParsePort(string text, int colon) =>
        colon > 0 && text[colon] == ':' && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue
            ? port
            : throw new ArgumentException($"'{text}' is not host:port.", nameof(text));
}
