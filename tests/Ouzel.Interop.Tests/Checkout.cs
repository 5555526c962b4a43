namespace Ouzel.Interop.Tests;

/// <summary>The places of things: this checkout, the built executable, temporary files.</summary>
internal static class Checkout
{
    public static string Root => CheckoutTree.Root;

    public static string Clients => Path.Combine(Root, "tests", "Ouzel.Interop.Tests", "clients");

    /// <summary>The published program, or the one of the configuration that these tests were built in: <see cref="CheckoutTree.ProgramOr"/>.</summary>
    public static string Executable
    {
        get
        {
            var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
            var path = CheckoutTree.ProgramOr(Path.Combine(Root, "src", "Ouzel", "bin", configuration, "net10.0", "ouzel"));
            Assert.True(File.Exists(path), $"{path} is not built");
            return path;
        }
    }

    /// <summary>A new empty folder, named after its purpose.</summary>
    public static string TemporaryFolder(string purpose) => Directory.CreateTempSubdirectory($"ouzel-{purpose}-").FullName;
}
