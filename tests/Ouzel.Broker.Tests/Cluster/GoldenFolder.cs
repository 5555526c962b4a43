using System.Text.Json;

namespace Ouzel.Broker.Tests.Cluster;

/// <summary>The log directories that Apache Kafka wrote.</summary>
internal static class GoldenFolder
{
    public static IEnumerable<string> Cases => Directory.GetDirectories(Path.Combine(CheckoutTree.Golden, "log")).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal);

    public static TheoryData<string> CaseNames => [.. Cases];

    /// <summary>The first data folder of a case.</summary>
    public static string DataOf(string name)
    {
        var folder = Path.Combine(CheckoutTree.Golden, "log", name, "data");
        return Directory.Exists(folder) ? folder : folder + "1";
    }

    public static JsonElement Expected(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(CheckoutTree.Golden, "log", name, "expected.json"))).RootElement;
}
