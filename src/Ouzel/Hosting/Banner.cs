using Ouzel.Broker.Configs;
using Ouzel.Commands;

namespace Ouzel.Hosting;

/// <summary>The lines that a user reads first.</summary>
internal static class Banner
{
    public static string Text(string address, BrokerOptions options)
    {
        var data = options.InMemory ? "in memory only: gone when the broker stops" : string.Join(", ", options.DataDirectories.Select(Path.GetFullPath));
        return $"""

            Ouzel {VersionCommand.Number} serves Kafka clients at {address}

              data     {data}
              write    echo hello | kcat -P -b {address} -t first
              read     kcat -C -b {address} -t first -e
              stop     Ctrl+C

            """.ReplaceLineEndings("\n");
    }
}
