using System.Text.RegularExpressions;

namespace Ouzel.Tidy.Tests;

/// <summary>The folders of the broker that each may know. ARCHITECTURE.md draws the same table.</summary>
public sealed partial class FolderTests
{
    private const string Broker = "src/Ouzel.Broker";

    /// <summary>In an order in which each knows only those above it: that is what keeps circles out.</summary>
    private static readonly (string Folder, string[] Knows)[] Arrows =
    [
        ("Configs", []),
        ("Diagnostics", []),
        ("Security", []),
        ("Jobs", ["Configs"]),
        ("Memory", ["Configs", "Diagnostics"]),
        ("Requests", ["Diagnostics", "Memory", "Security"]),
        ("Net", ["Configs", "Diagnostics", "Memory", "Requests", "Security"]),
        ("Cluster", ["Configs", "Requests"]),
        ("Partitions", ["Cluster", "Configs", "Diagnostics", "Jobs", "Memory", "Requests"]),
        ("Fetching", ["Jobs", "Memory", "Partitions", "Requests"]),
        ("Coordination", ["Cluster", "Configs", "Partitions", "Requests"]),
        ("Groups", ["Cluster", "Configs", "Coordination", "Memory", "Requests", "Security"]),
        ("Apis", ["Cluster", "Configs", "Coordination", "Fetching", "Groups", "Jobs", "Memory", "Partitions", "Requests", "Security"]),
    ];

    private static readonly string[] Folders = [.. Arrows.Select(a => a.Folder)];

    [Fact]
    public void The_folders_of_the_broker_know_each_other_in_one_direction()
    {
        List<string> wrong = [.. Arrows.SelectMany((a, i) => a.Knows.Except(Folders.Take(i)).Select(known => $"{a.Folder} -> {known}"))];
        Checkout.NothingFound(wrong, "An arrow of this table points at a folder that is not above its own, which is how a circle begins:");
    }

    [Fact]
    public void A_folder_of_the_broker_knows_only_what_the_table_allows()
    {
        var known = Arrows.ToDictionary(a => a.Folder, a => a.Knows, StringComparer.Ordinal);
        var wrong = new List<string>();
        foreach (var (file, folder) in Filed())
        {
            if (!known.TryGetValue(folder, out var allowed))
            {
                wrong.Add($"{file}: {folder} is not in the table of {nameof(FolderTests)}");
                continue;
            }

            wrong.AddRange(KnownBy(file).Where(other => other != folder).Except(allowed).Select(other => $"{file} -> {other}"));
        }

        Checkout.NothingFound(wrong, "These files know a folder against the arrows. Move the type to where it belongs, or have BrokerAssembly hand over a narrow interface:");
    }

    [Fact]
    public void The_table_of_folders_has_no_arrow_that_nobody_uses()
    {
        var used = Filed().SelectMany(f => KnownBy(f.File).Select(other => (f.Folder, other))).ToHashSet();
        List<string> unused = [.. Arrows.SelectMany(a => a.Knows.Where(k => !used.Contains((a.Folder, k))).Select(k => $"{a.Folder} -> {k}"))];
        Checkout.NothingFound(unused, "Nothing goes along these arrows any more. Take them out of the table, before something does again:");
    }

    /// <summary>The files beside the folders put the node together: they know them all, and none of them knows them.</summary>
    [Fact]
    public void No_folder_of_the_broker_knows_how_the_node_is_put_together()
    {
        string[] roots = [.. Checkout.Under(Broker).Where(f => f.Count('/') == 2).Select(f => Path.GetFileNameWithoutExtension(f)).Where(t => t != "Broker")];
        Assert.Contains("BrokerAssembly", roots);
        List<string> wrong = [.. Filed().SelectMany(f => roots.Where(r => Regex.IsMatch(Code(f.File), $@"\b{r}\b")).Select(r => $"{f.File} -> {r}"))];
        Checkout.NothingFound(wrong, "Only BrokerAssembly knows everybody; what a folder needs of it comes through a constructor:");
    }

    private static IEnumerable<(string File, string Folder)> Filed() =>
        Checkout.Under(Broker).Where(f => f.Count('/') > 2).Select(f => (f, f.Split('/')[2]));

    /// <summary>Namespaces are folders, so whatever is known of another folder stands behind its name: in a using line or before a type.</summary>
    private static IEnumerable<string> KnownBy(string file)
    {
        var text = Code(file);
        return Using().Matches(text).Select(m => m.Groups[1].Value).Concat(Folders.Where(f => Regex.IsMatch(text, $@"(?<![\w.]){f}\.[A-Z]\w*\.[A-Z]"))).Distinct();
    }

    private static string Code(string file) => Comment().Replace(Checkout.Read(file), "");

    [GeneratedRegex(@"\bOuzel\.Broker\.(\w+)(?=[.;])(?<!namespace Ouzel\.Broker\.\w+)")]
    private static partial Regex Using();

    [GeneratedRegex(@"//.*")]
    private static partial Regex Comment();
}
