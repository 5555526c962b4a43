using System.Text.Json;
using Ouzel.Broker.Tests.Golden;

namespace Ouzel.Broker.Tests.Cluster;

/// <summary>The log directories that Apache Kafka wrote.</summary>
internal static class GoldenFolder
{
    public static IEnumerable<string> Cases => Directory.GetDirectories(Path.Combine(CheckoutTree.Golden, "log")).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal);

    public static TheoryData<string> CaseNames => [.. Cases];

    /// <summary>The cases that a node opens.</summary>
    public static TheoryData<string> OpenedNames => [.. Cases.Except(LaterCases.NotOpened)];

    /// <summary>The folder of a case that holds its metadata log.</summary>
    public static string MetadataOf(string name)
    {
        var folder = Path.Combine(CheckoutTree.Golden, "log", name, "meta");
        return Directory.Exists(folder) ? folder : DataOf(name);
    }

    /// <summary>The first data folder of a case.</summary>
    public static string DataOf(string name)
    {
        var folder = Path.Combine(CheckoutTree.Golden, "log", name, "data");
        return Directory.Exists(folder) ? folder : folder + "1";
    }

    public static JsonElement Expected(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(CheckoutTree.Golden, "log", name, "expected.json"))).RootElement;
}
