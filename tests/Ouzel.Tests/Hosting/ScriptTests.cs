using Ouzel.Commands;

namespace Ouzel.Tests.Hosting;

/// <summary>The script ./ouzel on the checkout that is tested. Its first run may build, which takes a while on a busy machine.</summary>
public sealed class ScriptTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ouzel-script-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_runs_from_anywhere_and_builds_only_when_sources_changed()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Ouzel.slnx")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("the tests do not lie in a checkout");
        }

        var link = Path.Combine(_folder, "linked");
        File.CreateSymbolicLink(link, Path.Combine(root, "ouzel"));

        var first = await RunAsync(link);
        Assert.StartsWith($"ouzel {VersionCommand.Number} ", first.Output);
        var built = await File.ReadAllTextAsync(Path.Combine(root, ".build", "current"));
        var second = await RunAsync(link);
        Assert.Equal("", second.Error);
        Assert.Equal(first.Output, second.Output);
        Assert.Equal(built, await File.ReadAllTextAsync(Path.Combine(root, ".build", "current")));
    }

    [Fact]
    public async Task A_build_that_works_in_the_source_folders_is_not_repeated()
    {
        using var tree = new ScriptTree();
        Assert.Equal("program version\n", (await RunAsync(tree.Script, tree.Variables)).Output);
        Assert.Equal("", (await RunAsync(tree.Script, tree.Variables)).Error);
        Assert.Equal(1, tree.Builds);
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("added")]
    [InlineData("deleted")]
    [InlineData("renamed")]
    public async Task A_source_that_differs_is_built(string what)
    {
        using var tree = new ScriptTree();
        await RunAsync(tree.Script, tree.Variables);
        tree.Change(what);
        await RunAsync(tree.Script, tree.Variables);
        Assert.Equal(2, tree.Builds);
        await RunAsync(tree.Script, tree.Variables);
        Assert.Equal(2, tree.Builds);
    }

    private async Task<(string Output, string Error)> RunAsync(string script, IReadOnlyDictionary<string, string>? variables = null)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(15));
        using var process = new OuzelProcess(script, _folder, ["version"], variables);
        await process.Process.WaitForExitAsync(timeout.Token);
        Assert.True(process.Process.ExitCode == ExitCode.Ok, process.Error);
        return (process.Output, process.Error);
    }
}
