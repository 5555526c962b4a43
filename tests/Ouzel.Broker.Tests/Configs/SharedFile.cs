using System.Text.Json;

namespace Ouzel.Broker.Tests.Configs;

/// <summary>Facts about Kafka that stand beside the checkout; a test that needs one fails when it is missing.</summary>
internal static class SharedFile
{
    public static string Root { get; } = FindRoot();

    public static JsonDocument Json(params string[] path)
    {
        var shared = Environment.GetEnvironmentVariable("OUZEL_SHARED") ?? Path.Combine(Root, "..", "shared");
        var file = Path.Combine([shared, .. path]);
        Assert.True(File.Exists(file), $"{file} is missing: it is what this test compares with");
        return JsonDocument.Parse(File.ReadAllText(file));
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Ouzel.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the tests do not lie in a checkout");
        return folder;
    }
}
