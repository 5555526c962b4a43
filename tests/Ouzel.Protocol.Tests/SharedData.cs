using System.Text.Json;

namespace Ouzel.Protocol.Tests;

/// <summary>The folder of recorded facts beside the checkout; a test that needs one fails when it is missing.</summary>
internal static class SharedData
{
    private static readonly string Root = Find();

    public static string Path(string relative)
    {
        var path = System.IO.Path.Combine(Root, relative);
        Assert.True(File.Exists(path) || Directory.Exists(path), $"Shared data is missing: {relative}");
        return path;
    }

    public static IEnumerable<JsonElement> Lines(string relative) =>
        File.ReadLines(Path(relative)).Where(line => line.Length > 0).Select(line => JsonDocument.Parse(line).RootElement);

    public static JsonElement Json(string relative) => JsonDocument.Parse(File.ReadAllBytes(Path(relative))).RootElement;

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("OUZEL_SHARED") is { Length: > 0 } chosen) return chosen;
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Ouzel.slnx"))) folder = folder.Parent;
        Assert.NotNull(folder);
        return System.IO.Path.GetFullPath(System.IO.Path.Combine(folder.FullName, "..", "shared"));
    }
}
