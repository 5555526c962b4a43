namespace Ouzel.Packages.Tests;

/// <summary>The packages, made once, and a folder outside of this tree in which projects find them.</summary>
public sealed class Packed : IAsyncLifetime
{
    private const string Version = "0.1.0-test";

    /// <summary>The folder for projects; what stands above it in the file system knows nothing of this tree.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("ouzel-packages-").FullName;

    /// <summary>The packages by name.</summary>
    public string Packages => Path.Combine(Folder, "packages");

    public static string Dotnet { get; } = Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";

    public async ValueTask InitializeAsync()
    {
        await OutsideProgram.RunAsync(CheckoutTree.Root, Path.Combine(CheckoutTree.Root, "eng", "pack"), "--output", Packages, "--version", Version);

        // Packages of this version are new with each run: they are not taken from, and not left in, what the machine has kept. All others are.
        var kept = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        await File.WriteAllTextAsync(Path.Combine(Folder, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Path.Combine(Folder, "restored")}" /></config>
              <packageSources><add key="packed" value="{Packages}" /></packageSources>
              <fallbackPackageFolders><add key="kept" value="{kept}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    public string PackageFile(string name) => Path.Combine(Packages, $"{name}.{Version}.nupkg");

    /// <summary>A program of a project of its own, built against the packages.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="sdk">Such as Microsoft.NET.Sdk.</param>
    /// <param name="package">What it refers to.</param>
    /// <param name="sources">Its files by their names.</param>
    /// <returns>The path of what runs.</returns>
    public async Task<string> BuildAsync(string name, string sdk, string package, params (string Name, string Text)[] sources)
    {
        var project = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
        await File.WriteAllTextAsync(Path.Combine(project, $"{name}.csproj"), $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <NuGetAudit>false</NuGetAudit>
                <InvariantGlobalization>true</InvariantGlobalization>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{package}" Version="{Version}" />
              </ItemGroup>
            </Project>
            """);
        foreach (var (file, text) in sources)
        {
            await File.WriteAllTextAsync(Path.Combine(project, file), text);
        }

        // A compiler that stays would keep the pipe of its output open.
        await OutsideProgram.RunAsync(project, Dotnet, "build", "-c", "Release", "-v", "quiet", "-nologo", "-p:UseSharedCompilation=false", "-o", Path.Combine(project, "out"));
        return Path.Combine(project, "out", $"{name}.dll");
    }
}
