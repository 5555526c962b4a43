using System.Text.Json;

namespace Ouzel.Broker.Tests.Cluster;

/// <summary>The log directories that Apache Kafka 4.2.1 wrote. Missing ones fail the test.</summary>
internal static class GoldenFolder
{
    public static string Shared { get; } = Find();

    public static IEnumerable<string> Cases => Directory.GetDirectories(Path.Combine(Shared, "golden", "log")).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal);

    public static TheoryData<string> CaseNames => [.. Cases];

    /// <summary>The first data folder of a case.</summary>
    public static string DataOf(string name)
    {
        var folder = Path.Combine(Shared, "golden", "log", name, "data");
        return Directory.Exists(folder) ? folder : folder + "1";
    }

    public static JsonElement Expected(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Shared, "golden", "log", name, "expected.json"))).RootElement;

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("OUZEL_SHARED") is { Length: > 0 } given)
            return given;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Ouzel.slnx")))
                return Path.Combine(folder.FullName, "..", "shared");
        }

        throw new InvalidOperationException("No Ouzel.slnx above the test's folder");
    }
}
