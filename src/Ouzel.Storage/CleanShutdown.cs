using System.Text;
using System.Text.Json;
using Ouzel.Storage.Disks;

namespace Ouzel.Storage;

/// <summary>`.kafka_cleanshutdown`: left by a stop that closed every log, with the broker epoch of that run (KIP-966).</summary>
internal static class CleanShutdown
{
    private const string FileName = ".kafka_cleanshutdown";

    public static void Write(Disk disk, string directory, long brokerEpoch) =>
        disk.ReplaceFile(directory + "/" + FileName, Encoding.UTF8.GetBytes($"{{\"version\":0,\"brokerEpoch\":{brokerEpoch}}}"));

    /// <summary>
    /// Tells whether the last stop was clean, and its broker epoch (-1 when unknown). The marker is gone afterwards: a crash while loading is an unclean stop
    /// (KAFKA-10471).
    /// </summary>
    public static (bool WasClean, long BrokerEpoch) Take(Disk disk, string directory)
    {
        var path = directory + "/" + FileName;
        if (!disk.Exists(path))
        {
            return (false, -1);
        }

        var epoch = EpochIn(disk.ReadAllBytes(path));
        disk.Delete(path);
        disk.SyncDirectory(directory);
        return (true, epoch);
    }

    /// <summary>The marker's broker epoch without taking it (-1 when it does not say); null when the last stop was not clean.</summary>
    public static long? Look(Disk disk, string directory) =>
        disk.Exists(directory + "/" + FileName) ? EpochIn(disk.ReadAllBytes(directory + "/" + FileName)) : null;

    /// <summary>Kafka before 3.7 left the file empty.</summary>
    private static long EpochIn(byte[] content)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("brokerEpoch", out var epoch) && epoch.TryGetInt64(out var value) ? value : -1;
        }
        catch (JsonException)
        {
            return -1;
        }
    }
}
