using System.Text.Json;

namespace Ouzel.Protocol.Tests;

/// <summary>The recordings of Apache Kafka, by their path under tests/; a test that needs one fails when it is missing.</summary>
internal static class RecordedData
{
    public static string Path(string relative)
    {
        var path = System.IO.Path.Combine(CheckoutTree.Root, "tests", relative);
        Assert.True(File.Exists(path) || Directory.Exists(path), $"Recorded data is missing: {relative}");
        return path;
    }

    public static IEnumerable<JsonElement> Lines(string relative) =>
        File.ReadLines(Path(relative)).Where(line => line.Length > 0).Select(line => JsonDocument.Parse(line).RootElement);

    public static JsonElement Json(string relative) => JsonDocument.Parse(File.ReadAllBytes(Path(relative))).RootElement;
}
