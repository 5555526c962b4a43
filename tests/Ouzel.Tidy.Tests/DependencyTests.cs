namespace Ouzel.Tidy.Tests;

/// <summary>The projects to which each may refer. ARCHITECTURE.md draws the same table.</summary>
public sealed class DependencyTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Ouzel.Generators"] = [],
        ["Ouzel.Protocol"] = ["Ouzel.Generators"],
        ["Ouzel.Client"] = ["Ouzel.Protocol"],
        ["Ouzel.Client.Hosting"] = ["Ouzel.Protocol", "Ouzel.Client"],
        ["Ouzel.Storage"] = ["Ouzel.Protocol"],
        ["Ouzel.Broker"] = ["Ouzel.Generators", "Ouzel.Protocol", "Ouzel.Storage"],
        ["Ouzel"] = ["Ouzel.Protocol", "Ouzel.Storage", "Ouzel.Broker"],
        ["Ouzel.Testing"] = ["Ouzel.Protocol", "Ouzel.Storage", "Ouzel.Broker"],
        ["Ouzel.Aspire.Hosting"] = ["Ouzel.Testing"],
        ["AppHost"] = ["Ouzel.Aspire.Hosting", "Report"],
        ["Report"] = ["Ouzel.Client"],
        ["Shop"] = ["Ouzel.Client.Hosting"],
        ["Ouzel.ClientLoad"] = ["Ouzel.Client"],
        ["Ouzel.Load"] = ["Ouzel.Protocol"],
        ["Ouzel.Microbenchmarks"] = ["Ouzel.Protocol", "Ouzel.Storage", "Ouzel.Broker"],
        ["Ouzel.TestingCost"] = ["Ouzel.Testing"],
    };

    [Fact]
    public void Projects_refer_only_to_what_the_table_allows()
    {
        var wrong = new List<string>();
        foreach (var path in Projects.Paths.Where(p => !p.StartsWith("tests/", StringComparison.Ordinal)))
        {
            if (!Allowed.TryGetValue(Projects.Name(path), out var allowed))
            {
                wrong.Add($"{path} is not in the table of {nameof(DependencyTests)}");
                continue;
            }

            wrong.AddRange(Projects.ProjectReferences(path).Except(allowed).Select(r => $"{path} -> {r}"));
        }

        Checkout.NothingFound(wrong, "These references point against the arrows of ARCHITECTURE.md. Move the code to where it may know its neighbour:");
    }

    [Fact]
    public void Suites_refer_to_products_and_never_to_each_other()
    {
        List<string> wrong = [.. Projects.Paths.Where(p => p.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(p => Projects.ProjectReferences(p).Where(r => r.EndsWith(".Tests", StringComparison.Ordinal)).Select(r => $"{p} -> {r}"))];
        Checkout.NothingFound(wrong, "A suite that needs another suite's helper: the helper wants to live in a product or to be written where it is used:");
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Checkout.Read("Ouzel.slnx");
        List<string> missing = [.. Projects.Paths.Where(p => !solution.Contains($"\"{p}\"", StringComparison.Ordinal))];
        Checkout.NothingFound(missing, "Add to Ouzel.slnx, or ./test does not build it:");
    }

    [Fact]
    public void Every_suite_is_run_by_the_test_command()
    {
        var command = Checkout.Read("test");
        List<string> missing = [.. Projects.Paths.Select(Projects.Name)
            .Where(n => n.EndsWith(".Tests", StringComparison.Ordinal) && !command.Contains($"={n}", StringComparison.Ordinal))];
        Checkout.NothingFound(missing, "Add to the table of suites in ./test:");
    }
}
