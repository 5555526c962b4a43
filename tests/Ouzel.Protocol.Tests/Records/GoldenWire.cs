using System.Text.Json;

namespace Ouzel.Protocol.Tests.Records;

/// <summary>The bytes that were recorded from Apache Kafka.</summary>
internal static class GoldenWire
{
    internal static string Folder { get; } = Path.Combine(CheckoutTree.Golden, "wire");

    internal static JsonElement Json(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, name))).RootElement;

    internal static byte[] Batch(string name) => File.ReadAllBytes(Path.Combine(Folder, "batches", name));

    internal static byte[]? Hex(JsonElement text) =>
        text.ValueKind == JsonValueKind.Null ? null : Convert.FromHexString(text.GetString()!);

    internal static JsonElement BatchFile(string catalogue, string name) =>
        Json($"batches/{catalogue}").GetProperty("files").EnumerateArray().Single(f => f.GetProperty("file").GetString() == name);
}
