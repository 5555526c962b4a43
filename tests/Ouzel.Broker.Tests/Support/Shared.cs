namespace Ouzel.Broker.Tests.Support;

/// <summary>The recorded facts that lie beside the checkout. A missing one fails the test that wants it.</summary>
internal static class Shared
{
    public static string Root { get; } = Find();

    public static string ReadText(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("OUZEL_SHARED") is { Length: > 0 } named)
        {
            return named;
        }

        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Ouzel.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.Parent?.FullName ?? throw new InvalidOperationException("the tests do not run inside a checkout"), "shared");
    }
}
