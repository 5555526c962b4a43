namespace Ouzel.Interop.Tests;

/// <summary>Where things lie: this checkout, the built executable, a place for temporary files.</summary>
internal static class Checkout
{
    public static string Root => CheckoutTree.Root;

    public static string Clients => Path.Combine(Root, "tests", "Ouzel.Interop.Tests", "clients");

    /// <summary>The executable of the configuration that these tests were built in; OUZEL_EXECUTABLE names another, such as a published one.</summary>
    public static string Executable
    {
        get
        {
            if (Environment.GetEnvironmentVariable("OUZEL_EXECUTABLE") is { Length: > 0 } other)
            {
                return other;
            }

            var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
            var path = Path.Combine(Root, "src", "Ouzel", "bin", configuration, "net10.0", "ouzel");
            Assert.True(File.Exists(path), $"{path} is not built");
            return path;
        }
    }

    /// <summary>A new empty folder, named after its purpose.</summary>
    public static string TemporaryFolder(string purpose) => Directory.CreateTempSubdirectory($"ouzel-{purpose}-").FullName;
}
