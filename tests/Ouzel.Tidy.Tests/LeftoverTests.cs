using System.Text.RegularExpressions;

namespace Ouzel.Tidy.Tests;

/// <summary>Words that must not be in a commit. The patterns are split so that this file does not find itself.</summary>
public sealed class LeftoverTests
{
    [Fact]
    public void Nothing_is_left_for_later()
    {
        var pattern = new Regex(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK|XX" + @"X)\b|NotImplemented" + "Exception");
        Checkout.NothingFound(Checkout.Matches(Checkout.Texts, pattern), "Do it, or leave it out and say so in README.md:");
    }

    [Fact]
    public void No_test_is_skipped()
    {
        var pattern = new Regex(@"\bSkip" + @"(Unless|When|Type|Exceptions)?\s*=|Assert\.Skip|Explicit" + @"\s*=\s*true");
        Checkout.NothingFound(Checkout.Matches(Checkout.Under("tests"), pattern), "A test that does not run proves nothing. Make it run or take it out:");
    }

    [Fact]
    public void No_path_of_one_machine_is_named()
    {
        var pattern = new Regex(@"(?<![A-Za-z0-9_.$}])/(work|root|home(?!/you/))" + @"/[a-z]\S*");
        Checkout.NothingFound(Checkout.Matches(Checkout.Texts, pattern), "Paths are relative to the checkout or come from a setting:");
    }

    [Fact]
    public void Nothing_looks_beside_the_checkout()
    {
        var pattern = new Regex(@"OUZEL_" + @"SHARED|\.\./" + @"shared\b|\bshared/" + @"(golden|protocol|conformance|cases|reference|design|seeds)\b|Root, ""\.\.""");
        var recorded = Checkout.Files.Where(f => Checkout.IsRecorded(f) && Path.GetExtension(f) is ".py" or ".md" or ".table");
        Checkout.NothingFound(Checkout.Matches(Checkout.Texts.Concat(recorded), pattern), "A clone has nothing beside it. What tests need lies under tests/; eng/take-golden brings it there:");
    }

    [Fact]
    public void No_registry_is_named()
    {
        var pattern = new Regex(@"\b(api|registry|deb|repo[0-9]*|proxy)\.[a-z]+\.(org|com|io)\b");
        Checkout.NothingFound(Checkout.Matches(Checkout.Texts, pattern), "Where packages come from is the machine's business, not the project's:");
    }

    [Fact]
    public void No_lock_file_of_a_package_manager_is_kept()
    {
        List<string> wrong = [.. Checkout.Files.Where(f => Path.GetFileName(f) is "package-lock.json" or "yarn.lock" or "pnpm-lock.yaml" or "packages.lock.json")];
        Checkout.NothingFound(wrong, "A lock file names the mirror of the machine that wrote it; versions are exact in package.json and Directory.Packages.props:");
    }
}
