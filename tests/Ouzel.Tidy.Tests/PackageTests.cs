using System.Text.RegularExpressions;

namespace Ouzel.Tidy.Tests;

/// <summary>docs/decisions/0002 explains every package, and nothing else.</summary>
public sealed partial class PackageTests
{
    private const string Reasons = "docs/decisions/0002-dependencies.md";

    [Fact]
    public void Every_package_has_its_reason_and_every_reason_its_package()
    {
        var packages = Projects.CentralPackages();
        List<string> explained = [.. Row().Matches(Checkout.Read(Reasons)).Select(m => m.Groups[1].Value)];
        Assert.NotEmpty(packages);
        Checkout.NothingFound([.. packages.Except(explained)], $"Say in {Reasons} why these are needed, as a table row | `Name` | reason |:");
        Checkout.NothingFound([.. explained.Except(packages)], $"{Reasons} explains packages that are gone from Directory.Packages.props:");
    }

    [GeneratedRegex(@"^\| `([^`]+)` \| \S.{15,}\|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
