using System.Xml.Linq;

namespace Ouzel.Tidy.Tests;

/// <summary>The project files as data.</summary>
internal static class Projects
{
    public static IEnumerable<string> Paths => Checkout.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal));

    public static string Name(string path) => Path.GetFileNameWithoutExtension(path);

    public static IEnumerable<string> ProjectReferences(string path) =>
        Elements(path, "ProjectReference").Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!.Value.Replace('\\', '/')));

    /// <summary>Package id and version, in the order of the file.</summary>
    public static IReadOnlyList<string> CentralPackages() =>
        [.. Elements("Directory.Packages.props", "PackageVersion").Select(p => p.Attribute("Include")!.Value)];

    private static IEnumerable<XElement> Elements(string path, string name) => XDocument.Parse(Checkout.Read(path)).Descendants(name);
}
