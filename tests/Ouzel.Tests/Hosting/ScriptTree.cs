namespace Ouzel.Tests.Hosting;

/// <summary>A checkout in small around the script ./ouzel, with a compiler that makes a program in no time and leaves folders among the sources as the real one does.</summary>
internal sealed class ScriptTree : IDisposable
{
    private const UnixFileMode Runnable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _root = Directory.CreateTempSubdirectory("ouzel-tree-").FullName;

    public ScriptTree()
    {
        Write("src/Ouzel/One.cs", "one");
        Write("src/Ouzel/Two.cs", "two");
        Write("Directory.Build.props", "");
        Write("Directory.Packages.props", "");
        Write("global.json", "");
        foreach (var file in Directory.GetFiles(_root, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddYears(50));
        }

        File.Copy(Path.Combine(Checkout(), "ouzel"), Script);
        Write("sdk/dotnet", """
            #!/usr/bin/env bash
            set -e
            [ "$1" != --version ] || { echo 10.0.0; exit; }
            root=$(cd "$(dirname "$0")/.." && pwd)
            while [ "$1" != -o ]; do shift; done
            mkdir -p "$2" "$root/src/Ouzel/obj" "$root/src/Ouzel/bin"
            touch "$root/src/Ouzel/obj/made.cs"
            printf '#!/usr/bin/env bash\necho program "$@"\n' > "$2/ouzel"
            chmod +x "$2/ouzel"
            echo built >> "$root/builds"
            """);
#pragma warning disable CA1416 // A script of a POSIX shell is what is tested.
        File.SetUnixFileMode(Path.Combine(_root, "sdk", "dotnet"), Runnable);
        File.SetUnixFileMode(Script, Runnable);
#pragma warning restore CA1416
    }

    public string Script => Path.Combine(_root, "ouzel");

    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string> { ["DOTNET_ROOT"] = Path.Combine(_root, "sdk") };

    public int Builds => File.ReadAllLines(Path.Combine(_root, "builds")).Length;

    public void Change(string what)
    {
        var one = Path.Combine(_root, "src", "Ouzel", "One.cs");
        var three = Path.Combine(_root, "src", "Ouzel", "Three.cs");
        switch (what)
        {
            case "changed":
                File.AppendAllText(one, "more");
                break;
            case "added":
                File.WriteAllText(three, "three");
                break;
            case "deleted":
                File.Delete(one);
                break;
            default:
                File.Move(one, three);
                break;
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static string Checkout()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Ouzel.slnx")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("the tests do not lie in a checkout");
        }

        return root;
    }

    private void Write(string file, string text)
    {
        var path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text.ReplaceLineEndings("\n"));
    }
}
