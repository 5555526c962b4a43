using System.Text.Json;

namespace Ouzel.Protocol.Tests.Records;

/// <summary>The recorded bytes beside the checkout; their absence fails the test that asks.</summary>
internal static class GoldenWire
{
    internal static string Folder { get; } = Path.Combine(Shared(), "golden", "wire");

    internal static JsonElement Json(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, name))).RootElement;

    internal static byte[] Batch(string name) => File.ReadAllBytes(Path.Combine(Folder, "batches", name));

    internal static byte[]? Hex(JsonElement text) =>
        text.ValueKind == JsonValueKind.Null ? null : Convert.FromHexString(text.GetString()!);

    internal static JsonElement BatchFile(string catalogue, string name) =>
        Json($"batches/{catalogue}").GetProperty("files").EnumerateArray().Single(f => f.GetProperty("file").GetString() == name);

    private static string Shared()
    {
        string? named = Environment.GetEnvironmentVariable("OUZEL_SHARED");
        if (!string.IsNullOrEmpty(named)) return named;
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Ouzel.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("no Ouzel.slnx above the tests");
        return Path.Combine(folder, "..", "shared");
    }
}
