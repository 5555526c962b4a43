using Ouzel.Commands;
using Ouzel.Protocol.Messages;
using Ouzel.Tests.Overload;

namespace Ouzel.Tests.Hosting;

/// <summary>eng/publish, and the program that it makes for the machine of this test: machine code as a whole on linux-x64, one file with the runtime elsewhere.</summary>
public sealed class PublishTests : IDisposable
{
    private const string Native = "linux-x64";
    private const long NativeBytesMax = 12_000_000;
    private const long OneFileBytesMax = 40_000_000;

    private static readonly string Script = Path.Combine(CheckoutTree.Root, "eng", "publish");

    private readonly string _folder = Directory.CreateTempSubdirectory("ouzel-publish-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Its_help_names_each_kind_of_machine_and_makes_nothing()
    {
        var (exit, output, error) = await RunAsync("--help");
        Assert.Equal(ExitCode.Ok, exit);
        Assert.Empty(error);
        foreach (var rid in new[] { "linux-x64", "linux-arm64", "linux-musl-x64", "osx-arm64", "win-x64", "all" })
        {
            Assert.Contains(rid, output);
        }
    }

    [Theory]
    [InlineData("linux-x46")]
    [InlineData("--output")]
    public async Task What_it_does_not_know_is_refused(string argument)
    {
        var (exit, _, error) = await RunAsync(argument);
        Assert.Equal(ExitCode.Usage, exit);
        Assert.NotEmpty(error);
    }

    [Fact]
    public async Task A_linker_that_is_missing_is_named_with_the_way_to_get_it()
    {
        // Everything that the script calls before it looks for gcc, and nothing else.
        var tools = Directory.CreateDirectory(Path.Combine(_folder, "tools")).FullName;
        foreach (var tool in new[] { "bash", "readlink", "dirname", "mkdir", "flock", "cat" })
        {
            File.CreateSymbolicLink(Path.Combine(tools, tool), Path.Combine("/usr/bin", tool));
        }

        await File.WriteAllTextAsync(Path.Combine(tools, "dotnet"), "#!/usr/bin/bash\n");
        await File.WriteAllTextAsync(Path.Combine(tools, "uname"), "#!/usr/bin/bash\necho Linux x86_64\n");
#pragma warning disable CA1416 // A script of a POSIX shell is what is tested.
        File.SetUnixFileMode(Path.Combine(tools, "dotnet"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.SetUnixFileMode(Path.Combine(tools, "uname"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
#pragma warning restore CA1416
        using var script = new OuzelProcess("/usr/bin/bash", _folder, [Script, Native, "--output", "made"], new Dictionary<string, string> { ["PATH"] = tools });
        Assert.Equal(ExitCode.Failure, await script.ExitAsync());
        Assert.Contains("gcc is missing, which links the native program; install", Assert.Single(script.Error.TrimEnd('\n').Split('\n')));
        Assert.False(Directory.Exists(Path.Combine(_folder, "made")));
    }

    [Fact]
    public async Task The_published_program_is_small_and_starts_and_answers_and_stops()
    {
        var program = Path.Combine(CheckoutTree.Root, "artifacts", CheckoutTree.Machine, "ouzel");
        if (!File.Exists(program))
        {
            var made = await RunAsync(CheckoutTree.Machine, "--native-only");
            Assert.True(made.Exit == ExitCode.Ok, made.Error);
        }

        Assert.InRange(new FileInfo(program).Length, 1, CheckoutTree.Machine == Native ? NativeBytesMax : OneFileBytesMax);
        var ready = Path.Combine(_folder, "ready");
        using var broker = new OuzelProcess(program, _folder, ["start", "--port", "0", "--ready-file", ready]);
        using (var client = await RawClient.OpenAsync(await broker.ReadyAsync(ready)))
        {
            var answer = await client.CallAsync(new ApiVersionsRequest { ClientSoftwareName = "test", ClientSoftwareVersion = "1" }, 3);
            Assert.Equal(Protocol.ErrorCode.None, answer.ErrorCode);
            Assert.NotEmpty(answer.ApiKeys);
        }

        Assert.Equal(ExitCode.Ok, await broker.SignalAsync("TERM"));
        Assert.Empty(broker.Error);
        Assert.Contains("Stopped", broker.Output);
    }

    private async Task<(int Exit, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(15));
        using var script = new OuzelProcess(Script, _folder, arguments);
        await script.Process.WaitForExitAsync(timeout.Token);
        return (script.Process.ExitCode, script.Output, script.Error);
    }
}
