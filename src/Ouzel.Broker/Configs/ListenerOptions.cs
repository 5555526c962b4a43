using System.Globalization;

namespace Ouzel.Broker.Configs;

/// <summary>One entry of listeners or advertised.listeners.</summary>
/// <param name="Name">The listener's name.</param>
/// <param name="Host">Empty for every interface; "localhost" for both loopback addresses, on the same port.</param>
/// <param name="Port">0 for any free port.</param>
/// <param name="Protocol">Security protocol: PLAINTEXT.</param>
public sealed record ListenerOptions(string Name, string Host, int Port, string Protocol)
{
    private static readonly string[] Protocols = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"];

    /// <summary>host:port, with brackets around an IPv6 address.</summary>
    public string Address => $"{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Reads one entry NAME://host:port.</summary>
    internal static (string Name, string Host, int Port) Parse(string setting, string entry)
    {
        var at = entry.IndexOf("://", StringComparison.Ordinal);
        var colon = entry.LastIndexOf(':');
        if (at <= 0 || colon <= at || !int.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > 65535)
        {
            throw new SettingException($"{setting} has the entry '{entry}': write NAME://host:port, such as PLAINTEXT://localhost:9092");
        }

        var host = entry[(at + 3)..colon];
        if (host.Length > 1 && host[0] == '[' && host[^1] == ']')
        {
            host = host[1..^1];
        }

        return (entry[..at].ToUpperInvariant(), host, port);
    }

    /// <summary>The listeners to open: those of the controllers are left out, a single node needs none.</summary>
    internal static List<ListenerOptions> Open(IReadOnlyList<string> listeners, string protocolMap, IReadOnlyList<string> controllerNames)
    {
        var protocols = ParseMap(protocolMap);
        var open = new List<ListenerOptions>();
        foreach (var entry in listeners)
        {
            var (name, host, port) = Parse("listeners", entry);
            if (controllerNames.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                // It is not opened, and still its writer would believe that it is guarded.
                if (protocols.GetValueOrDefault(name, "PLAINTEXT") is not "PLAINTEXT" and var asked)
                {
                    throw new SettingException($"listener {name} asks for {asked}: only PLAINTEXT is there yet, so map {name} to PLAINTEXT or leave it out of listeners");
                }

                continue;
            }

            if (!protocols.TryGetValue(name, out var protocol))
            {
                throw new SettingException($"listeners names {name}, but listener.security.protocol.map does not: add {name}:PLAINTEXT to it");
            }

            if (protocol != "PLAINTEXT")
            {
                throw new SettingException($"listener {name} asks for {protocol}: only PLAINTEXT is there yet, so map {name} to PLAINTEXT or leave it out of listeners");
            }

            if (open.Any(o => o.Name == name))
            {
                throw new SettingException($"listeners names {name} twice: each listener needs a name of its own");
            }

            if (port != 0 && open.FirstOrDefault(o => o.Port == port && Meets(o.Host, host)) is { } other)
            {
                throw new SettingException($"listeners {other.Name} and {name} both want port {port}: give each a port of its own");
            }

            open.Add(new ListenerOptions(name, host, port, protocol));
        }

        return open.Count > 0 ? open : throw new SettingException("listeners names no listener for clients: add one, such as PLAINTEXT://localhost:9092");
    }

    /// <summary>The addresses that clients are told, by listener name; a listener that is not named tells the one by which the client came.</summary>
    internal static Dictionary<string, (string Host, int Port)> Advertised(IReadOnlyList<string>? advertised, List<ListenerOptions> open, IReadOnlyList<string> controllerNames)
    {
        var told = new Dictionary<string, (string, int)>(StringComparer.Ordinal);
        foreach (var entry in advertised ?? [])
        {
            var (name, host, port) = Parse("advertised.listeners", entry);
            if (controllerNames.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                continue;
            }

            if (!open.Any(o => o.Name == name))
            {
                throw new SettingException($"advertised.listeners names {name}, which is not in listeners: add it there or leave it out here");
            }

            if (host is "0.0.0.0" or "::")
            {
                throw new SettingException($"advertised.listeners tells clients {host}, which nobody can connect to: name the host they should use");
            }

            if (!told.TryAdd(name, (host, port)))
            {
                throw new SettingException($"advertised.listeners names {name} twice");
            }
        }

        return told;
    }

    private static Dictionary<string, string> ParseMap(string map)
    {
        var protocols = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in map.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry.Split(':') is not [{ Length: > 0 } name, var protocol] || !Protocols.Contains(protocol.ToUpperInvariant()))
            {
                throw new SettingException($"listener.security.protocol.map has the entry '{entry}': write NAME:PROTOCOL with one of {string.Join(", ", Protocols)}");
            }

            if (!protocols.TryAdd(name.ToUpperInvariant(), protocol.ToUpperInvariant()))
            {
                throw new SettingException($"listener.security.protocol.map names {name} twice");
            }
        }

        return protocols;
    }

    private static bool Meets(string a, string b) =>
        a == b || IsEverywhere(a) || IsEverywhere(b) || (a, b) is ("localhost", "127.0.0.1" or "::1") or ("127.0.0.1" or "::1", "localhost");

    private static bool IsEverywhere(string host) => host is "" or "0.0.0.0" or "::";
}
